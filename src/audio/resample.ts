/** What recognisers want, and what speech is looked for in. */
export const PROCESSING_RATE = 16_000

/** Input samples that one output sample looks at when the rate rises; more in proportion when it falls. */
const TAPS = 24
const KAISER_BETA = 6
/** Rates without a small common ratio share this many filters, each the nearest one. */
const MAX_PHASES = 1024

export interface Resampler {
  push(input: Float32Array): Float32Array
  /** What is still owed for the samples pushed. */
  finish(): Float32Array
}

/** A windowed-sinc filter bank that keeps its place between blocks; the output starts when the input does. */
export function makeResampler(from: number, to: number): Resampler {
  if (from === to) return { push: (input) => input, finish: () => new Float32Array(0) }
  const common = greatestDivisor(from, to)
  const [up, down] = [to / common, from / common]
  const { filters, phases, taps } = makeFilters(up, down)
  let window = new Float32Array(taps / 2 - 1)
  let position = 0
  let owed = 0
  let phase = 0

  function push(input: Float32Array) {
    owed += input.length * up
    const joined = new Float32Array(window.length - position + input.length)
    joined.set(window.subarray(position))
    joined.set(input, window.length - position)
    window = joined
    position = 0
    return produce(Number.POSITIVE_INFINITY)
  }

  function produce(limit: number) {
    const room = Math.ceil(((window.length - position + 1) * up) / down) + 1
    const output = new Float32Array(Math.max(0, Math.min(room, limit)))
    const last = window.length - taps
    let count = 0
    while (position <= last && count < output.length) {
      const filter = up === phases ? phase : Math.round((phase * (phases - 1)) / up)
      output[count++] = convolve(window, position, filters, filter * taps, taps)
      phase += down
      const whole = Math.floor(phase / up)
      position += whole
      phase -= whole * up
    }
    owed -= count * down
    return output.subarray(0, count)
  }

  function finish() {
    const left = Math.max(0, Math.round(owed / down))
    const padded = new Float32Array(window.length - position + taps + Math.ceil((left * down) / up))
    padded.set(window.subarray(position))
    window = padded
    position = 0
    return produce(left)
  }

  return { push, finish }
}

/** Four sums side by side, because one alone waits for itself at every step. */
function convolve(input: Float32Array, at: number, filters: Float32Array, from: number, taps: number) {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let tap = 0; tap < taps; tap += 4) {
    a += input[at + tap]! * filters[from + tap]!
    b += input[at + tap + 1]! * filters[from + tap + 1]!
    c += input[at + tap + 2]! * filters[from + tap + 2]!
    d += input[at + tap + 3]! * filters[from + tap + 3]!
  }
  return a + b + c + d
}

function makeFilters(up: number, down: number) {
  const cutoff = Math.min(1, up / down)
  const taps = Math.ceil(TAPS / cutoff / 4) * 4
  const phases = Math.min(up, MAX_PHASES)
  const filters = new Float32Array(phases * taps)
  for (let phase = 0; phase < phases; phase++) {
    const shift = phases === up ? phase / up : phase / (phases - 1)
    fillFilter(filters.subarray(phase * taps, (phase + 1) * taps), shift, cutoff * 0.95)
  }
  return { filters, phases, taps }
}

/** Scaled to a sum of one, so that the level stays the same in every phase. */
function fillFilter(filter: Float32Array, shift: number, cutoff: number) {
  const half = filter.length / 2
  let sum = 0
  for (let tap = 0; tap < filter.length; tap++) {
    const distance = tap - (half - 1) - shift
    filter[tap] = sinc(distance * cutoff) * kaiser(distance / half)
    sum += filter[tap]!
  }
  for (let tap = 0; tap < filter.length; tap++) filter[tap]! /= sum
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const kaiser = (x: number) =>
  Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA)

/** The modified Bessel function of order zero, by its series. */
function bessel(x: number) {
  let [term, sum] = [1, 1]
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / 2 / k) ** 2
    sum += term
  }
  return sum
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
