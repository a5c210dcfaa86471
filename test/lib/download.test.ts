import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { createOutbound, type DownloadOptions } from '../../src/lib/outbound.ts'
import { rawServer, writeForever } from './servers.ts'

const MB = 1024 * 1024
const NOW = Date.UTC(2026, 0, 1, 12)
const folder = mkdtempSync(join(tmpdir(), 'earshot-download-'))
const toPath = join(folder, 'recording')
const outbound = createOutbound({ allowNetworks: ['127.0.0.0/8'], clock: () => NOW })
const AUDIO = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251))

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

const site = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const [, what = '', detail = ''] = pathname.split('/')
    if (what === 'audio') return new Response(AUDIO, { headers: { 'content-type': 'audio/wav' } })
    if (what === 'to') return Response.redirect(searchParams.get('url') ?? '', 302)
    if (what === 'key') return new Response(request.headers.get('authorization'))
    if (what === 'encoded') {
      const encode = encoders[detail as keyof typeof encoders]
      return new Response(encode(AUDIO), { headers: { 'content-encoding': detail } })
    }
    if (what === 'bomb') {
      return new Response(gzipSync(Buffer.alloc(50 * MB)), { headers: { 'content-encoding': 'gzip' } })
    }
    const retryAfter = searchParams.get('after')
    const headers = retryAfter ? { 'retry-after': retryAfter } : undefined
    return new Response('no', { status: Number(detail), headers })
  },
})
const base = `http://127.0.0.1:${site.port}`

beforeEach(() => rmSync(toPath, { force: true }))
afterAll(async () => {
  await site.stop(true)
  rmSync(folder, { recursive: true })
})

const download = (url: string, options: Partial<DownloadOptions> = {}) =>
  outbound.download(url, { toPath, maxBytes: 10 * MB, timeoutMs: 5000, ...options })

async function failure(url: string, options: Partial<DownloadOptions> = {}) {
  const error: unknown = await download(url, options).then(
    () => 'no failure',
    (error) => error,
  )
  expect(existsSync(toPath)).toBe(false)
  return error
}

describe('download', () => {
  test('writes what came, readable for the owner only', async () => {
    const result = await download(`${base}/audio`)
    const finalUrl = `${base}/audio`
    expect(result).toEqual({ status: 200, bytes: AUDIO.length, contentType: 'audio/wav', finalUrl })
    expect(Buffer.from(await Bun.file(toPath).bytes()).equals(AUDIO)).toBe(true)
    expect(statSync(toPath).mode & 0o777).toBe(0o600)
  })

  test('follows redirects and keeps headers for the same origin only', async () => {
    const headers = { authorization: 'Bearer x' }
    const near = `${base}/to?url=${encodeURIComponent(`${base}/key`)}`
    expect((await download(near, { headers })).finalUrl).toBe(`${base}/key`)
    expect(await Bun.file(toPath).text()).toBe('Bearer x')
    const far = `${base}/to?url=${encodeURIComponent(`http://localhost:${site.port}/key`)}`
    expect((await download(far, { headers })).bytes).toBe(0)
  })

  test.each(Object.keys(encoders))('a store that sends %s unasked', async (encoding) => {
    expect((await download(`${base}/encoded/${encoding}`)).bytes).toBe(AUDIO.length)
    expect(Buffer.from(await Bun.file(toPath).bytes()).equals(AUDIO)).toBe(true)
  })

  test('a body without a length is complete when the connection ends', async () => {
    const { url } = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'))
    expect((await download(url)).bytes).toBe(9)
  })
})

describe('a download that fails leaves no file', () => {
  test.each([
    ['http://169.254.169.254/', 'blocked', false],
    ['http://10.0.0.1/a.wav', 'blocked', false],
    ['not a url', 'invalid_url', false],
    ['http://127.0.0.1:1/', 'refused', true],
    [`${base}/to?url=http://192.168.0.1/`, 'blocked', false],
    [`${base}/to?url=file:///etc/passwd`, 'invalid_url', false],
  ])('%s: %s', async (url, kind, retryable) => {
    expect(await failure(url)).toMatchObject({ name: 'OutboundError', kind, retryable })
  })

  test.each([
    [304, 'http_3xx', false],
    [400, 'http_4xx', false],
    [403, 'http_4xx', false],
    [404, 'http_4xx', false],
    [408, 'http_4xx', true],
    [410, 'http_4xx', false],
    [429, 'http_4xx', true],
    [500, 'http_5xx', true],
    [503, 'http_5xx', true],
  ])('status %d is %s, retryable: %p', async (status, kind, retryable) => {
    expect(await failure(`${base}/status/${status}`)).toMatchObject({ kind, status, retryable })
  })

  test.each([
    ['120', 120],
    ['0', 0],
    ['Thu, 01 Jan 2026 12:01:30 GMT', 90],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ])('Retry-After %p is %p seconds', async (after, retryAfterSeconds) => {
    const error = await failure(`${base}/status/503?after=${encodeURIComponent(after)}`)
    expect(error).toMatchObject({ status: 503 })
    expect((error as { retryAfterSeconds?: number }).retryAfterSeconds).toBe(retryAfterSeconds)
  })

  test.each([
    ['a declared length', `${base}/audio`],
    ['a bomb', `${base}/bomb`],
  ])('too large by %s', async (_, url) => {
    expect(await failure(url, { maxBytes: 100_000 })).toMatchObject({ kind: 'too_large', retryable: false })
  })

  test('an endless body is given up at the limit, and its connection closed', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      writeForever(socket, 'z'.repeat(65_536))
    })
    expect(await failure(server.url, { maxBytes: MB })).toMatchObject({ kind: 'too_large' })
    await Bun.sleep(50)
    expect(server.seen.closed).toBe(1)
  })

  test.each([
    ['shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'],
    ['cut within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc'],
    ['cut between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('a body %s is a broken connection', async (_, answer) => {
    const { url } = await rawServer((socket) => socket.end(answer))
    expect(await failure(url)).toMatchObject({ kind: 'reset', retryable: true })
  })

  test('a connection reset halfway', async () => {
    const { url } = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    expect(await failure(url)).toMatchObject({ kind: 'reset', retryable: true })
  })

  test('a drip is cut off by the time limit', async () => {
    const { url } = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n')
      writeForever(socket, 'z', 10)
    })
    const started = performance.now()
    expect(await failure(url, { timeoutMs: 200 })).toMatchObject({ kind: 'timeout', retryable: true })
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('given up by the caller', async () => {
    const { url } = await rawServer(() => {})
    const signal = AbortSignal.timeout(30)
    expect(await failure(url, { signal })).toMatchObject({ kind: 'aborted', retryable: false })
  })

  test('a disk that cannot be written is not the other side’s failure', async () => {
    const error = await failure(`${base}/audio`, { toPath: join(folder, 'missing', 'recording') })
    expect(error).toMatchObject({ code: 'ENOENT' })
    expect(error).not.toHaveProperty('kind')
  })
})
