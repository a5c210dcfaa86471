import { afterAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { startDemo, TOKEN } from './demo.ts'
import { sendRaw } from './tcp.ts'

const demo = startDemo()
afterAll(() => demo.server.stop({ graceMs: 100 }))

const JSON_TYPE = { 'content-type': 'application/json' }
const post = (body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE) => ({
  method: 'POST',
  body,
  headers,
})
const endless = () =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(50_000).fill(0x20)) })

const bodies: [name: string, init: RequestInit, status: number][] = [
  ['broken JSON', post('{"title":'), 400],
  ['two values', post('{}{}'), 400],
  ['nothing', post(''), 400],
  ['only spaces', post('   '), 400],
  ['invalid UTF-8', post(new Uint8Array([0x22, 0xc3, 0x28, 0x22])), 400],
  ['a lone surrogate in UTF-8', post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), 400],
  ['arrays 100,000 deep', post('['.repeat(100_000)), 400],
  ['objects 10,000 deep', post(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 400],
  ['a string', post('"title"'), 422],
  ['null', post('null'), 422],
  ['a number too large', post('{"title":1e999}'), 422],
  ['wrong types', post('{"title":{"a":1},"kind":[],"transcript":7,"metadata":"x"}'), 422],
  ['a prototype in disguise', post('{"__proto__":{"title":"a"},"constructor":{"prototype":{}}}'), 422],
  ['too much with a length', post('x'.repeat(100_001)), 413],
  ['too much in chunks', post(endless()), 413],
  ['a form', post('title=a', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
  ['another encoding', post('{"title":"a"}', { 'content-type': 'application/json; charset=utf-16' }), 415],
  ['a multipart body', post('--x--', { 'content-type': 'multipart/form-data; boundary=x' }), 415],
]

for (const [name, init, status] of bodies)
  test(`a body of ${name} gets ${status}`, async () => {
    const answer = await demo.send('/api/v1/notes', init)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ detail: expect.any(String), request_id: expect.any(String) })
  })

test('64 levels are not too deep, whatever stands in strings', async () => {
  const metadata = JSON.parse(`${'{"a":'.repeat(61)}1${'}'.repeat(61)}`)
  const body = JSON.stringify({
    title: '[[[\\"{{{'.repeat(5),
    metadata: { ...metadata, text: '['.repeat(1000) },
  })
  expect((await demo.send('/api/v1/notes', post(body))).status).toBe(202)
})

const AUTH = `Authorization: Bearer ${TOKEN}`
const HOST = 'Host: localhost'
const get = (target: string, ...headers: string[]) =>
  `GET ${target} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`
const raw = (method: string, target: string, head: string, body = '') =>
  `${method} ${target} HTTP/1.1\r\n${HOST}\r\n${AUTH}\r\n${head}\r\n${body}`

const requests: [name: string, text: string, status: number][] = [
  ['a one-letter host', get('/api/v1/notes/7', 'Host: x', AUTH), 200],
  ['an empty host', get('/api/v1/notes/7', 'Host: ', AUTH), 200],
  ['a junk host', get('/api/v1/notes/7', 'Host: <bad> [::', AUTH), 200],
  ['two hosts', get('/api/v1/notes/7', 'Host: a', 'Host: b', AUTH), 200],
  ['no host', get('/api/v1/notes/7', AUTH), 400],
  ['a short host without a token', get('/api/v1/notes/7', 'Host: x'), 401],
  ['HTTP/1.0', `GET /api/v1/notes/7 HTTP/1.0\r\n${AUTH}\r\n\r\n`, 200],
  ['HTTP/3.7', `GET /api/v1/notes/7 HTTP/3.7\r\n${HOST}\r\n${AUTH}\r\n\r\n`, 505],
  ['an absolute target', get('http://elsewhere.example/api/v1/notes/7', HOST, AUTH), 200],
  ['a target without a slash', get('api/v1/notes/7', HOST, AUTH), 400],
  ['doubled slashes', get('//api/v1/notes/7', HOST, AUTH), 404],
  ['a doubled slash inside', get('/api/v1//notes/7', HOST, AUTH), 404],
  ['a way up', get('/api/v1/notes/../../../etc/passwd', HOST, AUTH), 404],
  ['an encoded prefix', get('/%61pi/v1/notes/7', HOST), 404],
  ['an encoded slash', get('/api/v1/notes/a%2fb%00', HOST, AUTH), 404],
  ['a NUL in an id', get('/api/v1/notes/%00', HOST, AUTH), 404],
  ['a broken escape in an id', get('/api/v1/notes/%zz', HOST, AUTH), 404],
  ['a line end in an id', get('/api/v1/notes/a%0d%0aX-Evil:%201', HOST, AUTH), 404],
  ['broken escapes in a query', get('/api/v1/notes?limit=%zz%00', HOST, AUTH), 422],
  ['a long address', get(`/api/v1/notes?q=${'x'.repeat(9000)}`, HOST, AUTH), 414],
  ['a very long address', get(`/api/v1/${'x'.repeat(60_000)}`, HOST, AUTH), 414],
  ['an endless address', get(`/api/v1/${'x'.repeat(70_000)}`, HOST, AUTH), 431],
  [
    '300 headers',
    get('/api/v1/notes/7', HOST, AUTH, ...Array.from({ length: 300 }, (_, at) => `X-${at}: 1`)),
    431,
  ],
  ['two tokens', get('/api/v1/notes/7', HOST, AUTH, AUTH), 400],
  ['two keys', get('/api/v1/notes/7', HOST, 'X-Api-Key: a', 'x-api-key: b'), 400],
  ['another scheme', get('/api/v1/notes/7', HOST, 'Authorization: Basic YTpi'), 401],
  ['a token of nothing', get('/api/v1/notes/7', HOST, 'Authorization: Bearer'), 401],
  ['PROPFIND', raw('PROPFIND', '/api/v1/notes/7', ''), 405],
  ['TRACE', raw('TRACE', '/api/v1/notes/7', ''), 405],
  ['CONNECT', `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n\r\n`, 404],
  ['PROPFIND with a junk host', `PROPFIND /api/v1/notes/7 HTTP/1.1\r\nHost: x\r\n${AUTH}\r\n\r\n`, 405],
  ['a negative length', raw('POST', '/api/v1/notes', 'Content-Length: -5\r\n'), 400],
  ['two lengths', raw('POST', '/api/v1/notes', 'Content-Length: 2\r\nContent-Length: 3\r\n', '{}'), 400],
  [
    'length and chunks',
    raw('POST', '/api/v1/notes', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
  ],
  [
    'broken chunks',
    raw(
      'POST',
      '/api/v1/notes',
      'Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n',
      'zz\r\n',
    ),
    400,
  ],
  ['garbage', 'garbage\r\n\r\n', 400],
]

for (const [name, text, status] of requests)
  test(`${name} gets ${status}`, async () => {
    const answer = await sendRaw(demo.server.port, [text])
    expect(answer.status).toBe(status)
    expect(answer.head).not.toMatch(/^(server|x-powered-by|x-evil):/im)
  })

test('what no parser understands is hung up on, and nobody else notices', async () => {
  for (const junk of [
    'FOO / HTTP/1.1\r\nHost: a\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
  ])
    expect((await sendRaw(demo.server.port, [junk], { waitMs: 500 })).status).toBeOneOf([0, 400])
  expect((await demo.send('/api/v1/notes/7')).status).toBe(200)
})

test('a request in drops is read whole', async () => {
  const body = '{"title":"slow"}'
  const text = raw(
    'POST',
    '/api/v1/notes',
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
    body,
  )
  const answer = await sendRaw(demo.server.port, text.match(/.{1,8}/gs)!, { gapMs: 3 })
  expect(answer.status).toBe(202)
})

test('a body that nobody read is not taken for the next request', async () => {
  const inside = get('/api/v1/notes/smuggled', HOST, AUTH)
  const refused = `POST /api/v1/notes HTTP/1.1\r\n${HOST}\r\nContent-Length: ${inside.length}\r\n\r\n${inside}`
  const { text } = await sendRaw(demo.server.port, [refused + get('/api/v1/notes/7', HOST, AUTH)], {
    answers: 2,
  })
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200'])
  expect(text).toContain('"id":"7"')
  expect(text).not.toContain('smuggled')
})

test('random requests are answered in the envelope, never with a fault', async () => {
  const segment = fc.constantFrom(
    'notes',
    'files',
    '7',
    '%00',
    '%zz',
    '..',
    'a b',
    '💣',
    'retry',
    '*',
    ':id',
    '',
  )
  const target = fc.array(segment, { maxLength: 5 }).map((parts) => `/api/v1/${parts.join('/')}`)
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
  const type = fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', 'x')
  const content = fc.oneof(
    fc.json(),
    fc.string(),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
  )
  const property = fc.asyncProperty(
    target,
    fc.webQueryParameters(),
    method,
    type,
    content,
    async (path, query, ...rest) => {
      const [method, type, content] = rest
      const body = method === 'GET' ? undefined : content
      const answer = await demo.send(`${path}?${query}`, { method, body, headers: { 'content-type': type } })
      expect(answer.status).toBeLessThan(500)
      const text = await answer.text()
      if (answer.status >= 400) expect(JSON.parse(text)).toMatchObject({ detail: expect.any(String) })
    },
  )
  await fc.assert(property, { numRuns: 1000 })
}, 20_000)

test('many half-sent requests keep nobody waiting', async () => {
  const half = raw(
    'POST',
    '/api/v1/notes',
    'Content-Type: application/json\r\nContent-Length: 50\r\n',
    '{"tit',
  )
  const waiting = Array.from({ length: 100 }, () => sendRaw(demo.server.port, [half], { waitMs: 600 }))
  await Bun.sleep(50)
  const begun = performance.now()
  expect((await demo.send('/api/v1/notes/7')).status).toBe(200)
  expect(performance.now() - begun).toBeLessThan(400)
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(0)
})

test('none of all this was a fault of ours', () => {
  expect(demo.complaints).toEqual([])
})
