import { tooLarge } from './body.ts'
import { boundaryOf, brokenMultipart, type PartHead, parseHead } from './multipart-headers.ts'
import { type MarkReader, markReader } from './multipart-reader.ts'

const MAX_PARTS = 20
const MAX_HEAD = 8 * 1024
const MAX_FIELD = 1024 * 1024
const MAX_PREAMBLE = 1024

const CRLF = Buffer.from('\r\n')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

export type FilePart = PartHead & { filename: string }

/** Where a file part goes. `discard` leaves nothing behind; it may come after `close` when a later part is refused. */
export interface Sink {
  write: (piece: Uint8Array) => Promise<void> | void
  close: () => Promise<void>
  discard: () => Promise<void>
}

export interface MultipartOptions {
  maxBytes: number
  /** Opens the place for a file part, or refuses it. */
  open: (part: FilePart) => Sink | Promise<Sink>
}

export interface Multipart {
  /** A repeated name gives a list. */
  fields: Record<string, string | string[]>
  files: (FilePart & { size: number })[]
}

/** Reads a multipart body part by part; files go to their sinks as they arrive. When it is refused or broken off, every sink is discarded. */
export async function readMultipart(request: Request, options: MultipartOptions): Promise<Multipart> {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(request)}`)
  if (Number(request.headers.get('content-length') ?? 0) > options.maxBytes) throw tooLarge(options.maxBytes)
  if (request.body === null) throw brokenMultipart('it is empty')
  const reader = markReader(request.body, CRLF, options.maxBytes)
  const sinks: Sink[] = []
  try {
    return await readParts(reader, delimiter, async (part) => {
      const sink = await options.open(part)
      sinks.push(sink)
      return sink
    })
  } catch (error) {
    await Promise.all([reader.cancel(), ...sinks.map((sink) => sink.discard())])
    throw error
  }
}

async function readParts(
  reader: MarkReader,
  delimiter: Buffer,
  open: MultipartOptions['open'],
): Promise<Multipart> {
  const form: Multipart = { fields: Object.create(null), files: [] }
  await gather(reader.until(delimiter), MAX_PREAMBLE, 'it does not start with its boundary')
  for (let count = 0; await anotherPart(reader); count++) {
    if (count === MAX_PARTS) throw brokenMultipart(`it has more than ${MAX_PARTS} parts`)
    const head = parseHead(await readHead(reader))
    const pieces = reader.until(delimiter)
    if (isFile(head)) form.files.push({ ...head, size: await pour(pieces, await open(head)) })
    else addField(form.fields, head.name, await readField(pieces))
  }
  await reader.drain()
  return form
}

/** After a boundary comes a line end, or two dashes when it was the last one. */
async function anotherPart(reader: MarkReader): Promise<boolean> {
  const next = Buffer.from(await reader.take(2)).toString('latin1')
  if (next !== '\r\n' && next !== '--') throw brokenMultipart('a boundary is not followed by a line end')
  return next === '\r\n'
}

async function readHead(reader: MarkReader): Promise<string> {
  const bytes = await gather(
    reader.until(END_OF_HEAD),
    MAX_HEAD,
    `the head of a part is longer than ${MAX_HEAD} bytes`,
  )
  return bytes.toString('utf8')
}

const isFile = (head: PartHead): head is FilePart => head.filename !== undefined

async function pour(pieces: AsyncGenerator<Uint8Array>, sink: Sink): Promise<number> {
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (piece.length > 0) await sink.write(piece)
  }
  await sink.close()
  return size
}

async function readField(pieces: AsyncGenerator<Uint8Array>): Promise<string> {
  const bytes = await gather(pieces, MAX_FIELD, `a field is longer than ${MAX_FIELD} bytes`)
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw brokenMultipart('a field is not valid UTF-8')
  }
}

async function gather(pieces: AsyncGenerator<Uint8Array>, limit: number, complaint: string): Promise<Buffer> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (size > limit) throw brokenMultipart(complaint)
    kept.push(piece)
  }
  return Buffer.concat(kept)
}

function addField(fields: Multipart['fields'], name: string, value: string): void {
  const before = fields[name]
  fields[name] = before === undefined ? value : [before, value].flat()
}
