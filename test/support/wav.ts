/** How samples are stored in the files that `makeWav` makes. */
export type WavKind = 'pcm8' | 'pcm16' | 'pcm24' | 'pcm32' | 'float32' | 'float64' | 'mulaw' | 'alaw'

interface Storage {
  code: number
  bytes: number
  write(into: Buffer, at: number, value: number): void
}

const STORAGE: Record<WavKind, Storage> = {
  pcm8: { code: 1, bytes: 1, write: (into, at, value) => into.writeUInt8(Math.round(value * 127) + 128, at) },
  pcm16: { code: 1, bytes: 2, write: (into, at, value) => into.writeInt16LE(Math.round(value * 32767), at) },
  pcm24: {
    code: 1,
    bytes: 3,
    write: (into, at, value) => into.writeIntLE(Math.round(value * 8388607), at, 3),
  },
  pcm32: {
    code: 1,
    bytes: 4,
    write: (into, at, value) => into.writeInt32LE(Math.round(value * 2147483647), at),
  },
  float32: { code: 3, bytes: 4, write: (into, at, value) => into.writeFloatLE(value, at) },
  float64: { code: 3, bytes: 8, write: (into, at, value) => into.writeDoubleLE(value, at) },
  mulaw: { code: 7, bytes: 1, write: (into, at, value) => into.writeUInt8(toMuLaw(value * 32767), at) },
  alaw: { code: 6, bytes: 1, write: (into, at, value) => into.writeUInt8(toALaw(value * 32767), at) },
}

export const WAV_KINDS = Object.keys(STORAGE) as WavKind[]

export interface WavOptions {
  rate?: number
  kind?: WavKind
  extensible?: boolean
  /** What the header claims instead of the real length. */
  dataLength?: number
  /** Whole chunks, see `chunk`. */
  beforeFormat?: Buffer[]
  beforeData?: Buffer[]
  afterData?: Buffer[]
}

/** A WAV file from one array of samples (-1 to 1) per channel. */
export function makeWav(channels: ArrayLike<number>[], options: WavOptions = {}): Buffer {
  const { rate = 8000, kind = 'pcm16', beforeFormat = [], beforeData = [], afterData = [] } = options
  const data = interleave(channels, STORAGE[kind])
  const header = chunk('data', data)
  if (options.dataLength !== undefined) header.writeUInt32LE(options.dataLength, 4)
  const format = chunk(
    'fmt ',
    formatFields(channels.length, rate, STORAGE[kind], options.extensible ?? false),
  )
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...beforeFormat,
    format,
    ...beforeData,
    header,
    ...afterData,
  ])
  return chunk('RIFF', body)
}

export function chunk(id: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.write(id, 0, 'latin1')
  header.writeUInt32LE(body.length, 4)
  return Buffer.concat([header, body, Buffer.alloc(body.length & 1)])
}

function formatFields(channels: number, rate: number, { code, bytes }: Storage, extensible: boolean) {
  const fields = Buffer.alloc(extensible ? 40 : 16)
  fields.writeUInt16LE(extensible ? 0xfffe : code, 0)
  fields.writeUInt16LE(channels, 2)
  fields.writeUInt32LE(rate, 4)
  fields.writeUInt32LE(rate * bytes * channels, 8)
  fields.writeUInt16LE(bytes * channels, 12)
  fields.writeUInt16LE(bytes * 8, 14)
  if (!extensible) return fields
  fields.writeUInt16LE(22, 16)
  fields.writeUInt16LE(bytes * 8, 18)
  fields.writeUInt16LE(code, 24)
  Buffer.from('000000001000800000aa00389b71', 'hex').copy(fields, 26)
  return fields
}

function interleave(channels: ArrayLike<number>[], { bytes, write }: Storage) {
  const frames = channels[0]?.length ?? 0
  const data = Buffer.alloc(frames * channels.length * bytes)
  for (let frame = 0, at = 0; frame < frames; frame++) {
    for (const channel of channels) {
      write(data, at, Math.max(-1, Math.min(1, channel[frame] ?? 0)))
      at += bytes
    }
  }
  return data
}

/** G.711 by its thresholds, not by tables, so that it is a second opinion on the decoder. */
function toMuLaw(sample: number) {
  const magnitude = Math.min(32635, Math.abs(Math.round(sample))) + 132
  const exponent = Math.floor(Math.log2(magnitude)) - 7
  const mantissa = (magnitude >> (exponent + 3)) & 15
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

function toALaw(sample: number) {
  const magnitude = Math.min(32767, Math.abs(Math.round(sample)))
  const exponent = magnitude < 256 ? 0 : Math.floor(Math.log2(magnitude)) - 7
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 15
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55
}

export function tone(hertz: number, rate: number, seconds: number, level = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, at) => level * Math.sin((2 * Math.PI * hertz * at) / rate),
  )
}

/** The same numbers between 0 and 1 for the same seed. */
export function makeRandom(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Syllables of a buzzing voice with small gaps, at the given times over steady noise: what speech looks like to a meter. */
export function speechLike(
  spans: [from: number, to: number][],
  rate: number,
  seconds: number,
  options: { level?: number; noise?: number; seed?: number } = {},
) {
  const { level = 0.3, noise = 0, seed = 1 } = options
  const random = makeRandom(seed)
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, at) => {
    const time = at / rate
    const isSpeaking = spans.some(([from, to]) => time >= from && time < to)
    return (isSpeaking ? level * syllable(time) * buzz(time) : 0) + noise * (random() * 2 - 1)
  })
}

/** Four syllables a second, each swelling and fading. */
const syllable = (time: number) => Math.max(0.05, Math.sin(Math.PI * ((time * 4) % 1)))

const buzz = (time: number) =>
  [3, 4, 5, 8, 12, 15].reduce(
    (sum, harmonic) => sum + Math.sin(2 * Math.PI * 120 * harmonic * time + harmonic),
    0,
  ) / 3
