import { PROCESSING_RATE } from './resample.ts'
import { FRAME_MS } from './segments.ts'

/** Speech of the telephone band: without hum and rumble below, and hiss above. */
const BAND_FROM_HZ = 250
const BAND_TO_HZ = 3600
const FRAME = (PROCESSING_RATE * FRAME_MS) / 1000
export const PEAKS_PER_SECOND = 10
const FRAMES_PER_PEAK = 1000 / PEAKS_PER_SECOND / FRAME_MS
const QUIETEST_DB = -100

export interface Level {
  rms_dbfs: number
  peak_dbfs: number
}

export interface Measured {
  /** Loudness of the speech band in dB below full scale, one value per frame. */
  frames: Float32Array
  /** The largest deflection of each tenth of a second, 0 to 255. */
  peaks: Uint8Array
  level: Level
}

/** Takes 16 kHz samples in blocks of any size and keeps only a few bytes for each 20 ms. */
export function makeMeter() {
  const frames = makeRow()
  const deflections = makeRow()
  const band = makeBandFilter()
  let [filled, bandEnergy, deflection] = [0, 0, 0]
  let [energy, samples, peak] = [0, 0, 0]

  function push(block: Float32Array) {
    const filtered = band(block)
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!
      const inBand = filtered[i]!
      energy += value * value
      bandEnergy += inBand * inBand
      const size = value < 0 ? -value : value
      if (size > deflection) deflection = size
      if (++filled === FRAME) endFrame()
    }
    samples += block.length
  }

  function endFrame() {
    frames.add(decibel(bandEnergy / filled))
    deflections.add(deflection)
    if (deflection > peak) peak = deflection
    filled = 0
    bandEnergy = 0
    deflection = 0
  }

  function finish(): Measured {
    if (filled > 0) endFrame()
    const level = {
      rms_dbfs: rounded(decibel(energy / Math.max(1, samples))),
      peak_dbfs: rounded(decibel(peak * peak)),
    }
    return { frames: frames.values(), peaks: summarize(deflections.values()), level }
  }

  return { push, finish }
}

function summarize(deflections: Float32Array) {
  const peaks = new Uint8Array(Math.ceil(deflections.length / FRAMES_PER_PEAK))
  for (let frame = 0; frame < deflections.length; frame++) {
    const at = Math.floor(frame / FRAMES_PER_PEAK)
    peaks[at] = Math.max(peaks[at]!, Math.min(255, Math.round(deflections[frame]! * 255)))
  }
  return peaks
}

/** A high pass and a low pass of second order in one loop, with the bilinear transform's coefficients. */
function makeBandFilter() {
  const high = coefficients(BAND_FROM_HZ, 'high')
  const low = coefficients(BAND_TO_HZ, 'low')
  let [h1, h2, l1, l2] = [0, 0, 0, 0]
  return (block: Float32Array) => {
    const output = new Float32Array(block.length)
    for (let i = 0; i < block.length; i++) {
      const x = block[i]!
      const y = high.b0 * x + h1
      h1 = high.b1 * x - high.a1 * y + h2
      h2 = high.b0 * x - high.a2 * y
      const z = low.b0 * y + l1
      l1 = low.b1 * y - low.a1 * z + l2
      l2 = low.b0 * y - low.a2 * z
      output[i] = z
    }
    return output
  }
}

function coefficients(hertz: number, pass: 'high' | 'low') {
  const angle = (2 * Math.PI * hertz) / PROCESSING_RATE
  const alpha = Math.sin(angle) / Math.SQRT2
  const scale = 1 + alpha
  const b1 = pass === 'high' ? -(1 + Math.cos(angle)) : 1 - Math.cos(angle)
  return {
    b0: Math.abs(b1) / 2 / scale,
    b1: b1 / scale,
    a1: (-2 * Math.cos(angle)) / scale,
    a2: (1 - alpha) / scale,
  }
}

/** A row of numbers that doubles its room when full. */
function makeRow() {
  let room = new Float32Array(4096)
  let length = 0
  return {
    add(value: number) {
      if (length === room.length) {
        const larger = new Float32Array(room.length * 2)
        larger.set(room)
        room = larger
      }
      room[length++] = value
    },
    values: () => room.subarray(0, length),
  }
}

const decibel = (power: number) => Math.max(QUIETEST_DB, 10 * Math.log10(power + 1e-12))

const rounded = (value: number) => Math.round(value * 10) / 10
