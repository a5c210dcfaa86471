type Unpack = (bytes: DataView, at: number) => number

export interface Encoding {
  name: string
  bytes: number
  read: Unpack
}

const PCM = 1
const FLOAT = 3
const A_LAW = 6
const MU_LAW = 7
/** Damaged files hold values that are no numbers, or absurd ones; one would ruin every sum behind it. */
const LOUDEST = 8

const MU_LAW_VALUES = Float32Array.from({ length: 256 }, (_, code) => expandMuLaw(code) / 32768)
const A_LAW_VALUES = Float32Array.from({ length: 256 }, (_, code) => expandALaw(code) / 32768)

const ENCODINGS: [code: number, encoding: Encoding][] = [
  [PCM, { name: 'PCM 8 bit', bytes: 1, read: (bytes, at) => (bytes.getUint8(at) - 128) / 128 }],
  [PCM, { name: 'PCM 16 bit', bytes: 2, read: (bytes, at) => bytes.getInt16(at, true) / 32768 }],
  [
    PCM,
    {
      name: 'PCM 24 bit',
      bytes: 3,
      read: (bytes, at) => (bytes.getInt8(at + 2) * 65536 + bytes.getUint16(at, true)) / 8388608,
    },
  ],
  [PCM, { name: 'PCM 32 bit', bytes: 4, read: (bytes, at) => bytes.getInt32(at, true) / 2147483648 }],
  [FLOAT, { name: 'float 32 bit', bytes: 4, read: (bytes, at) => finite(bytes.getFloat32(at, true)) }],
  [FLOAT, { name: 'float 64 bit', bytes: 8, read: (bytes, at) => finite(bytes.getFloat64(at, true)) }],
  [MU_LAW, { name: 'mu-law', bytes: 1, read: (bytes, at) => MU_LAW_VALUES[bytes.getUint8(at)]! }],
  [A_LAW, { name: 'A-law', bytes: 1, read: (bytes, at) => A_LAW_VALUES[bytes.getUint8(at)]! }],
]

const OTHER_CODECS: Record<number, string> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  34: 'TrueSpeech',
  49: 'GSM 06.10',
  64: 'G.721 ADPCM',
  65: 'G.728',
  80: 'MPEG',
  85: 'MP3',
  100: 'G.726 ADPCM',
  101: 'G.722',
  131: 'G.729',
  255: 'AAC',
  655: 'G.722',
}

export function findEncoding(code: number, bytesPerSample: number): Encoding | undefined {
  return ENCODINGS.find(([each, { bytes }]) => each === code && bytes === bytesPerSample)?.[1]
}

export function nameCodec(code: number, bits: number) {
  const known = findEncoding(code, Math.ceil(bits / 8))
  return known?.name ?? OTHER_CODECS[code] ?? `codec 0x${code.toString(16)}`
}

/** The first `keep` of `channels` interleaved channels, as numbers between -1 and 1. */
export function unpack(
  bytes: Uint8Array,
  encoding: Encoding,
  channels: number,
  keep: number,
): Float32Array[] {
  const { read, bytes: width } = encoding
  const stride = width * channels
  const frames = Math.floor(bytes.length / stride)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: keep }, (_, channel) => {
    const samples = new Float32Array(frames)
    for (let frame = 0, at = channel * width; frame < frames; frame++, at += stride)
      samples[frame] = read(view, at)
    return samples
  })
}

const finite = (value: number) => (value > -LOUDEST && value < LOUDEST ? value : 0)

function expandMuLaw(code: number) {
  const inverted = ~code & 0xff
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted >> 4) & 7)
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84
}

function expandALaw(code: number) {
  const inverted = code ^ 0x55
  const exponent = (inverted >> 4) & 7
  const mantissa = ((inverted & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return inverted & 0x80 ? magnitude : -magnitude
}
