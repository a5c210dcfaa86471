import type { ByteSource } from './bytes.ts'
import { audioError } from './errors.ts'
import { type Encoding, findEncoding, nameCodec } from './samples.ts'

const MAX_CHUNKS = 1000
const MAX_FMT_BYTES = 64
const EXTENSIBLE = 0xfffe
const UNKNOWN_LENGTH = 0xffffffff
/** Programs that write to a pipe put lengths from here on into the header, because they cannot come back to it. */
const PLACEHOLDER_LENGTH = 0x7ff00000
/** Less than this behind the samples is padding, not sound that the header forgot. */
const PADDING_BYTES = 4096
/** A chunk's id and length. */
const CHUNK_HEADER = 8

export interface WavHeader {
  /** Undefined when the codec needs another decoder. */
  encoding: Encoding | undefined
  codec: string
  channels: number
  sample_rate: number
  bytes_per_frame: number
  data_start: number
  /** Infinity when reading from a pipe whose length nobody knows. */
  data_end: number
  warnings: string[]
}

interface Chunk {
  id: string
  start: number
  length: number
}

/** Reads a RIFF header as recorders really write it: chunks in any order, lengths missing or wrong. */
export async function readWavHeader(source: ByteSource): Promise<WavHeader> {
  const { fmt, data, rf64Length } = await findChunks(source)
  if (!fmt)
    throw audioError('corrupt', 'The WAV file does not say how its samples are stored (no fmt chunk).')
  if (!data) throw audioError('corrupt', 'The WAV file holds no samples (no data chunk).')
  const format = readFormat(await source.peek(fmt.start, Math.min(fmt.length, MAX_FMT_BYTES)))
  const { end, warnings } = await findDataEnd(source, data, rf64Length, format)
  return { ...format, data_start: data.start, data_end: end, warnings }
}

async function findChunks(source: ByteSource) {
  let fmt: Chunk | undefined
  let data: Chunk | undefined
  let rf64Length: number | undefined
  let at = 12
  for (let count = 0; count < MAX_CHUNKS && !(fmt && data); count++) {
    const chunk = await readChunk(source, at)
    if (!chunk) break
    if (chunk.id === 'fmt ') fmt ??= chunk
    if (chunk.id === 'data') data ??= chunk
    if (chunk.id === 'ds64')
      rf64Length = Number(view(await source.peek(chunk.start, 16)).getBigUint64(8, true))
    at = chunk.start + chunk.length + (chunk.length & 1)
  }
  return { fmt, data, rf64Length }
}

async function readChunk(source: ByteSource, at: number): Promise<Chunk | undefined> {
  const bytes = await source.peek(at, CHUNK_HEADER)
  if (bytes.length < CHUNK_HEADER) return undefined
  const id = String.fromCharCode(...bytes.subarray(0, 4))
  return { id, start: at + CHUNK_HEADER, length: view(bytes).getUint32(4, true) }
}

function readFormat(bytes: Uint8Array) {
  if (bytes.length < 16) throw audioError('corrupt', 'The WAV file is cut off inside its header.')
  const fields = view(bytes)
  const tag = fields.getUint16(0, true)
  const code = tag === EXTENSIBLE && bytes.length >= 26 ? fields.getUint16(24, true) : tag
  const channels = fields.getUint16(2, true)
  const bits = fields.getUint16(14, true)
  const bytesPerSample = sampleBytes(fields.getUint16(12, true), channels, bits)
  return {
    encoding: findEncoding(code, bytesPerSample),
    codec: nameCodec(code, bits),
    channels,
    sample_rate: fields.getUint32(4, true),
    bytes_per_frame: bytesPerSample * channels,
  }
}

/** The block size tells the container of odd widths (20 bits in 3 or 4 bytes); when it makes no sense, the bits do. */
function sampleBytes(blockSize: number, channels: number, bits: number) {
  const least = Math.max(1, Math.ceil(bits / 8))
  const container = blockSize / Math.max(1, channels)
  return Number.isInteger(container) && container >= least && container <= 8 ? container : least
}

type Format = ReturnType<typeof readFormat>

async function findDataEnd(source: ByteSource, data: Chunk, rf64Length: number | undefined, format: Format) {
  const isUnknown = data.length === UNKNOWN_LENGTH && rf64Length === undefined
  const declared = data.length === UNKNOWN_LENGTH ? (rf64Length ?? 0) : data.length
  if (source.size === Number.POSITIVE_INFINITY) return { end: source.size, warnings: [] }
  const whole = { end: source.size, warnings: [] as string[] }
  if (isUnknown) return whole
  if (declared === 0)
    return (await isChunkRow(source, data.start)) ? { end: data.start, warnings: [] } : whole
  const end = data.start + declared
  if (end > source.size && declared >= PLACEHOLDER_LENGTH && rf64Length === undefined) return whole
  if (end > source.size)
    return { end: source.size, warnings: [cutOff(declared, source.size - data.start, format)] }
  if (source.size - end < PADDING_BYTES) return { end, warnings: [] }
  if ((await isChunkRow(source, end)) || (await isChunkRow(source, end + (declared & 1))))
    return { end, warnings: [] }
  return {
    end: source.size,
    warnings: ['The header gives a length shorter than the file; the samples behind it were read as well.'],
  }
}

/** Nothing but proper chunks (or a byte or so of padding) up to the end of the file. */
async function isChunkRow(source: ByteSource, from: number) {
  let at = from
  for (let count = 0; count < MAX_CHUNKS; count++) {
    if (source.size - at < CHUNK_HEADER) return true
    const chunk = await readChunk(source, at)
    if (!chunk || !/^[\x20-\x7e]{4}$/.test(chunk.id) || chunk.start + chunk.length > source.size) return false
    at = chunk.start + chunk.length + (chunk.length & 1)
  }
  return false
}

function cutOff(declared: number, there: number, { bytes_per_frame, sample_rate }: Format) {
  const seconds = (bytes: number) => (bytes / bytes_per_frame / sample_rate).toFixed(1)
  return `The recording is cut off: ${seconds(there)} of ${seconds(declared)} seconds are there.`
}

const view = (bytes: Uint8Array) => {
  const padded = bytes.length < 16 ? Uint8Array.from({ length: 16 }, (_, at) => bytes[at] ?? 0) : bytes
  return new DataView(padded.buffer, padded.byteOffset, padded.length)
}
