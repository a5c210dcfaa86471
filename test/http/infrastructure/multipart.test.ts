import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Multipart, readMultipart } from '../../../src/http/multipart.ts'
import { Refusal } from '../../../src/lib/refusal.ts'
import { residentOf } from '../../support/resident.ts'
import { startDemo, TOKEN } from './demo.ts'
import { sendRaw } from './tcp.ts'

const folder = mkdtempSync(join(tmpdir(), 'uploads-'))
const demo = startDemo({}, folder)
afterAll(async () => {
  await demo.server.stop({ graceMs: 100 })
  rmSync(folder, { recursive: true })
})

const BOUNDARY = 'xyz'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`

type Part = { head: string; content: Uint8Array | string }

const body = (parts: Part[], end = `--${BOUNDARY}--\r\n`) =>
  Buffer.concat([
    ...parts.flatMap(({ head, content }) => [
      Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`),
      Buffer.from(content as string),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(end),
  ])
const field = (name: string, content: string | Uint8Array): Part => ({
  head: `Content-Disposition: form-data; name="${name}"`,
  content,
})
const file = (content: string | Uint8Array, filename = 'a.wav'): Part => ({
  head: `Content-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: audio/wav`,
  content,
})

/** Keeps what is written in memory, which the reader itself never does. */
function memorySinks() {
  const files: Buffer[] = []
  const events: string[] = []
  const open = () => {
    const at = files.push(Buffer.alloc(0)) - 1
    return {
      write: async (piece: Uint8Array) => {
        files[at] = Buffer.concat([files[at]!, piece])
      },
      close: async () => void events.push('close'),
      discard: async () => void events.push('discard'),
    }
  }
  return { files, events, open }
}

function read(
  chunks: Uint8Array[],
  sinks = memorySinks(),
  type = TYPE,
  maxBytes = 10_000_000,
): Promise<Multipart> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: stream,
    headers: { 'content-type': type },
  })
  return readMultipart(request, { maxBytes, open: sinks.open })
}

const split = (bytes: Uint8Array, cuts: number[]) => {
  const at = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((one, other) => one - other), bytes.length]
  return at
    .slice(1)
    .map((end, index) => bytes.subarray(at[index]!, end))
    .filter((chunk) => chunk.length > 0)
}

test('whatever is sent arrives, however it is cut', async () => {
  // Content made of pieces of the boundary is what a careless search trips over.
  const tricky = fc
    .array(
      fc.constantFrom('\r', '\n', '-', '--', '\r\n', '\r\n-', '\r\n--', '\r\n--xy', 'x', 'xyz', 'é', '\0'),
    )
    .map((pieces) => pieces.join('').replaceAll(`\r\n--${BOUNDARY}`, ''))
    .filter((text) => !`\r\n${text}\r\n`.includes(`\r\n--${BOUNDARY}`))
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.boolean(), tricky), { maxLength: 6 }),
    fc.array(fc.nat(), { maxLength: 30 }),
    async (parts, cuts) => {
      const sinks = memorySinks()
      const sent = body(parts.map(([isFile, text], at) => (isFile ? file(text) : field(`f${at}`, text))))
      const form = await read(split(sent, cuts), sinks)
      expect(sinks.files.map(String)).toEqual(parts.filter(([isFile]) => isFile).map(([, text]) => text))
      expect(Object.values(form.fields)).toEqual(parts.filter(([isFile]) => !isFile).map(([, text]) => text))
      expect(form.files.map(({ size }) => size)).toEqual(sinks.files.map(({ length }) => length))
    },
  )
  await fc.assert(property, { numRuns: 500, verbose: 1 })
})

test('every single cut, and one byte at a time', async () => {
  const sent = body([field('a', '1'), file('\r\n--xy\r\n--'), field('b', '\r\n')])
  const cuts = Array.from({ length: sent.length }, (_, at) => [at])
  for (const cut of [...cuts, cuts.flat()]) {
    const sinks = memorySinks()
    const form = await read(split(sent, cut), sinks)
    expect({ ...form.fields }).toEqual({ a: '1', b: '\r\n' })
    expect(sinks.files.map(String)).toEqual(['\r\n--xy\r\n--'])
  }
})

const names: [disposition: string, filename: string][] = [
  ['filename="call.wav"', 'call.wav'],
  ['filename=call.wav', 'call.wav'],
  ['filename="a;b \\"c\\".wav"', 'a;b "c".wav'],
  ['filename="a%22b.wav"', 'a"b.wav'],
  ['filename="C:\\calls\\monday.wav"', 'monday.wav'],
  ['filename="../../etc/passwd"', 'passwd'],
  ['filename="Anruf für Zoë.wav"', 'Anruf für Zoë.wav'],
  [`filename="x.wav"; filename*=UTF-8''na%C3%AFve%20call.wav`, 'naïve call.wav'],
  [`filename*=iso-8859-1'en'%A3.wav`, '£.wav'],
  [`filename="x.wav"; filename*=UTF-8''%zz`, 'x.wav'],
  ['filename=""', ''],
]

for (const [disposition, filename] of names)
  test(`the file name of ${disposition}`, async () => {
    const head = `content-disposition: FORM-DATA; name="file"; ${disposition}`
    const form = await read([body([{ head, content: 'x' }])])
    expect(form.files).toMatchObject([{ name: 'file', filename, size: 1 }])
  })

test('a boundary in quotes, a preamble, an epilogue and a repeated name', async () => {
  const sent = Buffer.concat([
    Buffer.from('preamble\r\n'),
    body([field('a', '1'), field('a', '2'), field('a', '3')]),
    Buffer.from('epilogue'),
  ])
  const form = await read([sent], memorySinks(), `multipart/form-data; charset=utf-8; boundary="${BOUNDARY}"`)
  expect(form.fields.a).toEqual(['1', '2', '3'])
})

const broken: [name: string, bytes: Uint8Array | string, reason: string][] = [
  ['nothing', '', 'broken_multipart'],
  ['no final boundary', body([field('a', '1')], ''), 'broken_multipart'],
  ['an end inside a file', body([file('x'.repeat(1000))]).subarray(0, 500), 'broken_multipart'],
  ['an end inside a head', body([file('x')]).subarray(0, 40), 'broken_multipart'],
  ['a boundary with a tail', `--${BOUNDARY}abc\r\n\r\n--${BOUNDARY}--`, 'broken_multipart'],
  [
    'a part without a name',
    body([{ head: 'Content-Disposition: form-data', content: '' }]),
    'broken_multipart',
  ],
  ['a part without a disposition', body([{ head: 'X: y', content: '' }]), 'broken_multipart'],
  ['21 parts', body(Array.from({ length: 21 }, (_, at) => field(`f${at}`, ''))), 'broken_multipart'],
  ['a long head', body([{ head: `X: ${'x'.repeat(9000)}`, content: '' }]), 'broken_multipart'],
  ['a long name', body([field('n'.repeat(256), '')]), 'broken_multipart'],
  ['a long file name', body([file('', 'n'.repeat(256))]), 'broken_multipart'],
  ['a long field', body([field('a', 'x'.repeat(1024 * 1024 + 1))]), 'broken_multipart'],
  ['a field that is no UTF-8', body([field('a', new Uint8Array([0xff]))]), 'broken_multipart'],
  ['a long preamble', Buffer.concat([Buffer.alloc(5000, 'p'), body([])]), 'broken_multipart'],
  ['more than allowed', body([file('x'.repeat(10_000_001))]), 'too_large'],
]

for (const [name, bytes, reason] of broken)
  test(`${name} is refused, and nothing is left`, async () => {
    const sinks = memorySinks()
    const refusal = await read([Buffer.from(bytes as string)], sinks).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect((refusal as Refusal).details.reason).toBe(reason)
    expect(sinks.events.filter((event) => event === 'discard')).toHaveLength(sinks.files.length)
  })

const types: [type: string, reason: string][] = [
  ['application/json', 'unsupported_media'],
  ['multipart/mixed; boundary=x', 'unsupported_media'],
  ['multipart/form-data', 'broken_multipart'],
  [`multipart/form-data; boundary=${'b'.repeat(71)}`, 'broken_multipart'],
]

for (const [type, reason] of types)
  test(`content type ${type.slice(0, 40)} is refused as ${reason}`, () =>
    expect(read([body([])], memorySinks(), type)).rejects.toMatchObject({ details: { reason } }))

test('a sink that fails takes the others with it', async () => {
  const sinks = memorySinks()
  const open = () => {
    if (sinks.files.length === 1) throw new Refusal('invalid', 'One file is enough')
    return sinks.open()
  }
  await expect(read([body([file('1'), file('2')])], { ...sinks, open })).rejects.toThrow('One file is enough')
  expect(sinks.events).toEqual(['close', 'discard'])
})

const upload = (content: RequestInit['body']) =>
  demo.send('/api/v1/files', { method: 'POST', body: content, headers: { 'content-type': TYPE } })

/** The server is in a process of its own, since the garbage of other tests would be measured here, and a warm one. */
test('an upload of 300 MB is never held in memory', async () => {
  const [warming, size] = [64 * 1024 * 1024, 300 * 1024 * 1024]
  const uploads = join(folder, 'large')
  mkdirSync(uploads)
  const server = Bun.spawn([process.execPath, '-e', serving(uploads)], { stdout: 'pipe', stderr: 'inherit' })
  try {
    const { value } = await server.stdout.getReader().read()
    const url = new TextDecoder().decode(value).trim()
    const send = (bytes: number) =>
      Bun.spawn([process.execPath, '-e', sending(url, bytes)], { stdout: 'pipe' }).stdout.text()
    expect(await send(warming)).toContain(`"size":${warming}`)
    const before = residentOf(server.pid)
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, residentOf(server.pid) - before)
    }, 20)
    expect(await send(size)).toContain(`"size":${size}`)
    clearInterval(watch)
    expect(peak).toBeLessThan(80 * 1024 * 1024)
    const stored = readdirSync(uploads).map((name) => statSync(join(uploads, name)).size)
    expect(new Set(stored)).toEqual(new Set([warming, size]))
  } finally {
    server.kill()
    await server.exited
    rmSync(uploads, { recursive: true })
  }
}, 30_000)

const serving = (uploads: string) => `
  const { startDemo } = await import(${JSON.stringify(join(import.meta.dir, 'demo.ts'))})
  console.log(startDemo({}, ${JSON.stringify(uploads)}).server.url)`

const sending = (url: string, size: number) => `
  const piece = new Uint8Array(256 * 1024)
  let left = ${size}
  const head = '--xyz\\r\\nContent-Disposition: form-data; name="file"; filename="a"\\r\\n\\r\\n'
  async function* parts() {
    yield Buffer.from(head)
    for (; left > 0; left -= piece.length) yield piece
    yield Buffer.from('\\r\\n--xyz--\\r\\n')
  }
  const headers = { authorization: 'Bearer ${TOKEN}', 'content-type': '${TYPE}' }
  const answer = await fetch('${url}/api/v1/files', { method: 'POST', body: parts(), headers })
  console.log(answer.status, await answer.text())`

test('an upload that is broken off leaves no file', async () => {
  const before = readdirSync(folder).length
  const whole = body([file('x'.repeat(200_000))])
  const head = `POST /api/v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: ${TYPE}\r\nContent-Length: ${whole.length}\r\n\r\n`
  await sendRaw(demo.server.port, [head, whole.subarray(0, 100_000)], { waitMs: 200 })
  for (let tries = 0; tries < 50 && readdirSync(folder).length > before; tries++) await Bun.sleep(20)
  expect(readdirSync(folder)).toHaveLength(before)
  expect(demo.complaints).toEqual([])
})

test('an upload announced too large is refused before it is sent', async () => {
  const head = `POST /api/v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: ${TYPE}\r\nContent-Length: 419430401\r\n\r\n`
  const answer = await sendRaw(demo.server.port, [head])
  expect(answer.status).toBe(413)
  expect(JSON.parse(answer.body)).toMatchObject({ detail: 'The body is larger than 419430400 bytes' })
})

test('a broken upload is answered in the envelope', async () => {
  const answer = await upload('--xyz\r\n')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('multipart/form-data') })
})
