import { afterAll, expect, test } from 'bun:test'
import { startDemo } from './demo.ts'
import { sendRaw } from './tcp.ts'

const demo = startDemo({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
afterAll(() => demo.server.stop({ graceMs: 100 }))

test('every answer carries a request id, its own unless a plain one was given', async () => {
  const idOf = async (path: string, given?: string) =>
    (await demo.send(path, { headers: given ? { 'x-request-id': given } : {} })).headers.get('x-request-id')
  expect(await idOf('/api/v1/notes/7', 'partner-42_A')).toBe('partner-42_A')
  expect(await idOf('/nowhere', 'partner-42_A')).toBe('partner-42_A')
  for (const odd of ['a b', 'a"b', 'x'.repeat(65), '<script>'])
    expect(await idOf('/api/v1/notes/7', odd)).toMatch(/^[0-9a-f-]{36}$/)
  expect(await idOf('/api/v1/notes/7')).not.toBe(await idOf('/api/v1/notes/7'))
})

test('every answer is safe to open in a browser and says nothing about the server', async () => {
  for (const path of ['/api/v1/notes/7', '/api/v1/notes/7/break', '/nowhere', '/docs']) {
    const { headers } = await demo.send(path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
  }
})

test('the longest prefix picks the surface, by whole segments', async () => {
  expect((await demo.send('/api/v1/health')).status).toBe(200)
  expect((await demo.send('/api/v1?x=1')).status).toBe(404)
  const beside = await demo.send('/api/v1health', { headers: { authorization: '' } })
  expect(beside.status).toBe(404)
  expect((await demo.send('/api/v1', { headers: { authorization: '' } })).status).toBe(401)
})

const forwarded: [header: string | undefined, address: string][] = [
  [undefined, '127.0.0.1'],
  ['203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['203.0.113.9, junk, 10.1.2.3', '10.1.2.3'],
  ['10.1.1.1, 10.2.2.2', '10.1.1.1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['', '127.0.0.1'],
]

for (const [header, address] of forwarded)
  test(`behind trusted proxies «${header ?? 'no header'}» means ${address}`, async () => {
    const headers: Record<string, string> = header === undefined ? {} : { 'x-forwarded-for': header }
    const answer = await demo.send('/api/v1/address', { headers })
    expect(await answer.json()).toEqual({ address })
  })

test('nobody is believed where no proxy is trusted', async () => {
  const plain = startDemo()
  const answer = await plain.send('/api/v1/address', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(await answer.json()).toEqual({ address: '127.0.0.1' })
  await plain.server.stop()
})

test('answers are observed with their surface and status', async () => {
  const seen: string[] = []
  const watched = startDemo({ observe: (surface, status) => seen.push(`${surface} ${status}`) })
  await watched.send('/api/v1/notes/7')
  await watched.send('/nowhere')
  expect(seen).toEqual(['/api/v1 200', ' 404'])
  await watched.server.stop()
})

test('an error outside any surface is a plain JSON answer too', async () => {
  const broken = { prefix: '', handle: () => Promise.reject(new Error('secret')) }
  const other = startDemo({ surfaces: [broken] })
  const answer = await other.send('/')
  expect(answer.status).toBe(500)
  expect(await answer.json()).toEqual({
    detail: 'Internal error',
    request_id: answer.headers.get('x-request-id'),
  })
  expect(other.complaints).toHaveLength(1)
  await other.server.stop()
})

test('an idle server stops at once', async () => {
  const idle = startDemo()
  await idle.send('/api/v1/notes/7')
  const begun = performance.now()
  await idle.server.stop({ graceMs: 5000 })
  expect(performance.now() - begun).toBeLessThan(500)
})

test('stopping answers what is under way and hangs up on half-sent requests in time', async () => {
  const busy = startDemo()
  const halves = Array.from({ length: 50 }, () =>
    sendRaw(busy.server.port, ['POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-'], { waitMs: 5000 }),
  )
  const slow = busy.send('/api/v1/slow')
  await Bun.sleep(50)
  const begun = performance.now()
  await busy.server.stop({ graceMs: 800 })
  expect(performance.now() - begun).toBeLessThan(1500)
  expect(await (await slow).json()).toEqual({ done: true })
  for (const { status } of await Promise.all(halves)) expect(status).toBe(0)
  await expect(busy.send('/api/v1/notes/7')).rejects.toThrow()
})
