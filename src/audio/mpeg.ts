/** What the four header bytes of an MPEG audio frame say. */
export interface MpegFrame {
  at: number
  sample_rate: number
  mono: boolean
  /** Samples per channel in one frame. */
  samples: number
}

const LAYERS = 4
const RATES = [44100, 48000, 32000]
/** How much the rates above are divided by: MPEG 2.5, reserved, 2, 1. */
const VERSION_DIVISORS = [4, 0, 2, 1]
const BITRATES: Record<string, number[]> = {
  '1-1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2-3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}

/** The first frame whose follower stands where its header says, so that chance matches do not count. */
export function findMpegFrame(bytes: Uint8Array): MpegFrame | undefined {
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const frame = readHeader(bytes, at)
    if (!frame) continue
    const next = readHeader(bytes, at + frame.length)
    const isConfirmed = next
      ? next.sample_rate === frame.sample_rate
      : at === 0 && at + frame.length >= bytes.length
    if (isConfirmed) return { at, sample_rate: frame.sample_rate, mono: frame.mono, samples: frame.samples }
  }
  return undefined
}

function readHeader(bytes: Uint8Array, at: number) {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined
  const divisor = VERSION_DIVISORS[(bytes[at + 1]! >> 3) & 3]!
  const layer = LAYERS - ((bytes[at + 1]! >> 1) & 3)
  const rate = RATES[(bytes[at + 2]! >> 2) & 3]
  if (!divisor || layer === LAYERS || !rate) return undefined
  const kbps = BITRATES[`${divisor === 1 ? 1 : 2}-${layer}`]![bytes[at + 2]! >> 4]
  if (!kbps) return undefined
  const padding = (bytes[at + 2]! >> 1) & 1
  const samples = layer === 1 ? 384 : layer === 3 && divisor > 1 ? 576 : 1152
  const slot = layer === 1 ? 4 : 1
  const slots = Math.floor(((samples / 8 / slot) * kbps * 1000) / (rate / divisor)) + padding
  return { length: slots * slot, samples, sample_rate: rate / divisor, mono: bytes[at + 3]! >> 6 === 3 }
}
