import { afterAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { createOutbound, OutboundError, type PostOptions } from '../../src/lib/outbound.ts'
import { certificateFor } from './certificate.ts'
import { rawServer, writeForever } from './servers.ts'

const NETWORKS = ['127.0.0.0/8']
const MB = 1024 * 1024
const outbound = createOutbound({ allowNetworks: NETWORKS })

const servers: Bun.Server<undefined>[] = []
afterAll(() => Promise.all(servers.map((server) => server.stop(true))))

function serve(fetch: (request: Request) => Response | Promise<Response>, tls?: Bun.TLSOptions) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch, tls })
  servers.push(server)
  return server
}

const post = (url: string, options: Partial<PostOptions> = {}) =>
  outbound.post(url, { headers: {}, body: '{}', timeoutMs: 2000, ...options })

/** Runs a program with an `outbound` of its own under another environment; answers what it printed. */
async function inChild(program: string, env: Record<string, string>) {
  const source = `
    const { createOutbound } = await import(${JSON.stringify(import.meta.resolve('../../src/lib/outbound.ts'))})
    const outbound = createOutbound({ allowNetworks: ['127.0.0.0/8'] })
    ${program}`
  const child = Bun.spawn([process.execPath, '-e', source], {
    env: { ...process.env, ...env },
    stdout: 'pipe',
  })
  return (await new Response(child.stdout).text()).trim()
}

describe('post', () => {
  test('sends body and headers as given, under the name that was asked for', async () => {
    let seen: { body: string; headers: Headers; method: string } | undefined
    const { port } = serve(async (request) => {
      seen = { body: await request.text(), headers: request.headers, method: request.method }
      return new Response('thanks', { status: 202, headers: { 'retry-after': '3' } })
    })
    const body = '{"name":"Zoë 👋","n":1.0}'
    const headers = { 'content-type': 'application/json', 'X-Signature': 't=1,v1=ab' }
    const answer = await post(`http://localhost:${port}/hook?x=1`, { body, headers })

    expect(answer).toMatchObject({ status: 202, excerpt: 'thanks' })
    expect('headers' in answer && answer.headers.get('retry-after')).toBe('3')
    expect(seen).toMatchObject({ body, method: 'POST' })
    expect(seen?.headers.get('x-signature')).toBe('t=1,v1=ab')
    expect(seen?.headers.get('host')).toBe(`localhost:${port}`)
    expect(seen?.headers.get('user-agent')).toBe('Earshot')
  })

  test('headers of the connection are not the caller’s to set', async () => {
    let seen: Record<string, string> = {}
    const { port } = serve(async (request) => {
      seen = { ...Object.fromEntries(request.headers), body: await request.text() }
      return new Response()
    })
    const headers = { Host: 'internal', 'Content-Length': '1', 'Transfer-Encoding': 'x', Upgrade: 'h2c' }
    expect(await post(`http://127.0.0.1:${port}/`, { headers, body: 'whole' })).toMatchObject({ status: 200 })
    expect(seen).toMatchObject({ host: `127.0.0.1:${port}`, body: 'whole', 'content-length': '5' })
    expect(Object.keys(seen)).not.toContainAnyValues(['upgrade', 'transfer-encoding'])
  })

  test('a redirect is only a status', async () => {
    const { port } = serve((request) =>
      request.url.endsWith('/next') ? new Response('followed') : Response.redirect('/next', 302),
    )
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 302, excerpt: '' })
  })

  test.each<[string, () => Promise<string>, string]>([
    ['nobody listens', async () => 'http://127.0.0.1:1/', 'refused'],
    ['a reset', async () => (await rawServer((socket) => socket.resetAndDestroy())).url, 'reset'],
    ['an end without an answer', async () => (await rawServer((socket) => socket.end())).url, 'reset'],
    ['silence', async () => (await rawServer(() => {})).url, 'timeout'],
    [
      'a head that drips',
      async () => {
        const server = await rawServer((socket) => {
          socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
          writeForever(socket, 'z', 20)
        })
        return server.url
      },
      'timeout',
    ],
    [
      'a head without end',
      async () => {
        const server = await rawServer((socket) => {
          socket.write('HTTP/1.1 200 OK\r\n')
          writeForever(socket, `X-More: ${'z'.repeat(8000)}\r\n`)
        })
        return server.url
      },
      'network',
    ],
    [
      'TLS asked of a plain server',
      async () => `https://127.0.0.1:${serve(() => new Response()).port}/`,
      'tls',
    ],
  ])('%s', async (_, url, errorKind) => {
    const started = performance.now()
    const answer = await post(await url(), { timeoutMs: 300 })
    expect(answer).toMatchObject({ errorKind, message: expect.any(String), durationMs: expect.any(Number) })
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('a header that cannot be sent is an answer too, not an exception', async () => {
    const { port } = serve(() => new Response())
    const headers = { 'x-bad': 'a\r\nx-injected: 1' }
    expect(await post(`http://127.0.0.1:${port}/`, { headers })).toMatchObject({ errorKind: 'network' })
  })

  test.each([
    ['drips', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 20],
    ['never ends', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n', 0],
  ])('a body that %s: the status counts, within the time limit', async (_, head, pace) => {
    const server = await rawServer((socket) => {
      socket.write(head)
      writeForever(socket, pace ? 'z' : 'z'.repeat(65_536), pace)
    })
    const started = performance.now()
    expect(await post(server.url, { timeoutMs: 300 })).toMatchObject({ status: 200 })
    expect(performance.now() - started).toBeLessThan(1500)
    await Bun.sleep(50)
    expect(server.seen.closed).toBe(1)
  })

  test('a body that is cut off still leaves the status and what came', async () => {
    const { url } = await rawServer((socket) => {
      socket.write('HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nabc')
      setTimeout(() => socket.end(), 50)
    })
    expect(await post(url)).toMatchObject({ status: 500, excerpt: 'abc' })
  })

  test('reads no more than it keeps and drains', async () => {
    const { port } = serve(() => new Response('ab'.repeat(50_000)))
    const answer = await post(`http://127.0.0.1:${port}/`)
    expect(answer).toMatchObject({ status: 200, excerpt: 'ab'.repeat(512) })
    expect(await post(`http://127.0.0.1:${port}/`, { maxBytes: 5 })).toMatchObject({ excerpt: 'ababa' })
  })

  test('a gzip bomb is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MB))
    const { port } = serve(() => new Response(bomb, { headers: { 'content-encoding': 'gzip' } }))
    const before = process.memoryUsage.rss()
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`http://127.0.0.1:${port}/`)))
    expect(answers[0]).toMatchObject({ status: 200, excerpt: '(compressed data)' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MB)
  })

  test.each([
    ['text', 'fine\r\n\tNaïve', 'fine\n\tNaïve'],
    ['steering characters', 'a\u001b[31mred\u0007\u202eevil', 'a\ufffd[31mred\ufffd\ufffdevil'],
    ['binary data', new Uint8Array([0, 1, 2, 255, 254, 0, 0, 7, 65]), '(binary data)'],
    ['a split character', 'x'.repeat(1535) + 'é', 'x'.repeat(1024)],
    ['an echoed credential', 'you sent Bearer tok-4711-secret', 'you sent Bearer ***'],
    ['an echoed key', 'k=key-0815', 'k=***'],
    ['a credential on the edge', '-'.repeat(1018) + 'tok-4711-secret', '-'.repeat(1018) + '***'],
  ])('the excerpt of %s', async (_, body, excerpt) => {
    const { port } = serve(() => new Response(body))
    const headers = { authorization: 'Bearer tok-4711-secret' }
    const answer = await post(`http://127.0.0.1:${port}/`, { headers, conceal: ['key-0815', ''] })
    expect(answer).toMatchObject({ excerpt })
  })

  test('connections are used again', async () => {
    const ports = new Set<number>()
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(request, self) {
        ports.add(self.requestIP(request)?.port ?? 0)
        return new Response('x'.repeat(10_000))
      },
    })
    servers.push(server)
    for (let i = 0; i < 20; i++) await post(`http://127.0.0.1:${server.port}/`)
    expect(ports.size).toBe(1)
  })

  test('a proxy of the environment is not asked', async () => {
    let asked = 0
    const proxy = serve(() => {
      asked++
      return new Response('by proxy')
    })
    const { port } = serve(() => new Response('direct'))
    const url = `http://127.0.0.1:${proxy.port}`
    const env = { HTTP_PROXY: url, http_proxy: url, NO_PROXY: '', no_proxy: '' }
    const program = `
      const answer = await outbound.post('http://127.0.0.1:${port}/', { headers: {}, body: '' })
      console.log(answer.excerpt)`
    expect(await inChild(program, env)).toBe('direct')
    expect(asked).toBe(0)
  })
})

describe('TLS', () => {
  const certificate = certificateFor('good.test')
  const { port } = serve((request) => new Response(request.headers.get('host')), certificate)
  const lookup = async () => ['127.0.0.1']
  const trusting = createOutbound({ allowNetworks: NETWORKS, lookup, ca: certificate.cert })
  const send = (from: typeof outbound, url: string) => from.post(url, { headers: {}, body: '' })

  test('a trusted certificate for the asked name is accepted at the checked address', async () => {
    const answer = await send(trusting, `https://good.test:${port}/`)
    expect(answer).toMatchObject({ status: 200, excerpt: `good.test:${port}` })
    expect(await send(trusting, `https://good.test.:${port}/`)).toMatchObject({ status: 200 })
  })

  test('a wrong name is refused, also when a connection to the same address is open', async () => {
    await send(trusting, `https://good.test:${port}/`)
    expect(await send(trusting, `https://bad.test:${port}/`)).toMatchObject({ errorKind: 'tls' })
    expect(await send(trusting, `https://127.0.0.1:${port}/`)).toMatchObject({ errorKind: 'tls' })
  })

  test('a certificate for an address is accepted at that address', async () => {
    const ofAddress = certificateFor('127.0.0.1')
    const server = serve(() => new Response('by address'), ofAddress)
    const from = createOutbound({ allowNetworks: NETWORKS, lookup, ca: ofAddress.cert })
    expect(await send(from, `https://127.0.0.1:${server.port}/`)).toMatchObject({ excerpt: 'by address' })
    expect(await send(from, `https://good.test:${server.port}/`)).toMatchObject({ errorKind: 'tls' })
  })

  test('the environment cannot switch the check off', async () => {
    const program = `
      const answer = await outbound.post('https://127.0.0.1:${port}/', { headers: {}, body: '' })
      console.log(answer.errorKind)`
    expect(await inChild(program, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe('tls')
  })

  test('a self-signed certificate that nobody vouches for is refused', async () => {
    const doubting = createOutbound({ allowNetworks: NETWORKS, lookup })
    expect(await send(doubting, `https://good.test:${port}/`)).toMatchObject({ errorKind: 'tls' })
  })
})

describe('fetch', () => {
  const seen: { method: string; path: string; headers: Headers; body: string }[] = []
  const site = serve(async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    seen.push({
      method: request.method,
      path: pathname,
      headers: request.headers,
      body: await request.text(),
    })
    const to = searchParams.get('to')
    if (to === null) return new Response('end')
    return new Response('moved', { status: Number(pathname.slice(1)), headers: { location: to } })
  })
  const base = `http://127.0.0.1:${site.port}`
  const otherOrigin = `http://localhost:${site.port}/end`
  const credentials = { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'k', accept: 'text/x' }
  const through = (status: number, to: string) => `${base}/${status}?to=${encodeURIComponent(to)}`

  test('follows redirects and tells where it ended', async () => {
    const response = await outbound.fetch(through(302, through(301, '/end')))
    expect(await response.text()).toBe('end')
    expect(response.url).toBe(`${base}/end`)
    expect(response.redirected).toBe(true)
  })

  test.each([
    ['http://10.0.0.1/', 'blocked'],
    ['http://169.254.169.254/latest/meta-data/', 'blocked'],
    ['http://[::ffff:169.254.169.254]/', 'blocked'],
    ['file:///etc/passwd', 'invalid_url'],
    ['http://user:pass@127.0.0.1/', 'invalid_url'],
    ['http://[', 'invalid_url'],
  ])('a redirect to %s is refused', async (to, kind) => {
    await expect(outbound.fetch(through(302, to))).rejects.toMatchObject({ kind, name: 'OutboundError' })
  })

  test('five redirects are followed, six are not', async () => {
    const chain = (length: number): string => (length === 0 ? '/end' : through(302, chain(length - 1)))
    expect((await outbound.fetch(new URL(chain(5), base))).status).toBe(200)
    await expect(outbound.fetch(chain(6))).rejects.toMatchObject({ kind: 'redirects' })
  })

  test.each([
    ['POST', 301, 'GET', ''],
    ['POST', 302, 'GET', ''],
    ['POST', 303, 'GET', ''],
    ['PUT', 303, 'GET', ''],
    ['PUT', 302, 'PUT', 'body'],
    ['POST', 307, 'POST', 'body'],
    ['POST', 308, 'POST', 'body'],
  ])('%s with %d becomes %s', async (method, status, expected, body) => {
    const headers = { 'content-type': 'text/plain' }
    await outbound.fetch(through(status, '/end'), { method, body: 'body', headers })
    expect(seen.at(-1)).toMatchObject({ method: expected, body, path: '/end' })
    expect(seen.at(-1)?.headers.get('content-type')).toBe(body ? 'text/plain' : null)
  })

  test('credentials stay with their origin', async () => {
    await outbound.fetch(through(307, '/end'), { headers: credentials })
    expect(Object.fromEntries(seen.at(-1)!.headers)).toMatchObject(credentials)
    await outbound.fetch(through(307, otherOrigin), { headers: credentials })
    const kept = Object.fromEntries(seen.at(-1)!.headers)
    expect(kept).toMatchObject({ accept: 'text/x', host: `localhost:${site.port}` })
    expect(Object.keys(kept)).not.toContainAnyValues(['authorization', 'cookie', 'x-api-key'])
  })

  test('redirect modes', async () => {
    const response = await outbound.fetch(through(302, '/end'), { redirect: 'manual' })
    expect([response.status, response.url]).toEqual([302, through(302, '/end')])
    await expect(outbound.fetch(through(302, '/end'), { redirect: 'error' })).rejects.toThrow(OutboundError)
  })

  test('a stream is sent once, and not again for a redirect', async () => {
    const stream = () => new Blob(['streamed']).stream()
    await outbound.fetch(`${base}/end`, { method: 'POST', body: stream() })
    expect(seen.at(-1)?.body).toBe('streamed')
    const again = outbound.fetch(through(307, '/end'), { method: 'POST', body: stream() })
    await expect(again).rejects.toMatchObject({ kind: 'redirects' })
  })

  test('options that would lead around the guard have no effect', async () => {
    const init = { unix: '/nowhere.sock', proxy: 'http://127.0.0.1:1', tls: { rejectUnauthorized: false } }
    expect((await outbound.fetch(`${base}/end`, init as RequestInit)).status).toBe(200)
  })

  test('decompresses, unless told otherwise', async () => {
    const zipped = gzipSync('plain text')
    const { port } = serve(() => new Response(zipped, { headers: { 'content-encoding': 'gzip' } }))
    const url = `http://127.0.0.1:${port}/`
    expect(await (await outbound.fetch(url)).text()).toBe('plain text')
    const raw = await outbound.fetch(url, { decompress: false })
    expect(Buffer.from(await raw.arrayBuffer()).equals(zipped)).toBe(true)
  })

  test('an abort is the caller’s own reason, everything else an OutboundError', async () => {
    const silent = await rawServer(() => {})
    const waiting = outbound.fetch(silent.url, { signal: AbortSignal.timeout(30) })
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
    const reason = new Error('changed my mind')
    await expect(outbound.fetch(silent.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(outbound.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({
      kind: 'refused',
      retryable: true,
    })
    await expect(outbound.request('http://10.0.0.1/')).rejects.toMatchObject({ kind: 'blocked' })
  })
})
