/** The other side's voice leaks through at most so many frames late. */
const LATEST_FRAMES = 15
/** So much fainter than the other side, nothing is a voice of its own. */
const CERTAIN_DB = 24
/** Somewhat fainter, it is an echo when its loudness follows that of the other side closely. */
const LIKELY_DB = 10
const LIKELY_CORRELATION = 0.85
/** How many frames on both sides of one are compared. */
const REACH = 25
/** Fainter than this, loudness is noise and follows nothing. */
const FAINTEST_DBFS = -70

/** Clears those marks of `active` at which `frames` holds only what leaks over from `other`. */
export function dropEcho(active: Uint8Array, frames: Float32Array, other: Float32Array) {
  for (let at = 0; at < active.length; at++) {
    if (active[at] && isEcho(frames, other, at)) active[at] = 0
  }
}

function isEcho(frames: Float32Array, other: Float32Array, at: number) {
  const difference = loudestBefore(other, at) - frames[at]!
  if (difference > CERTAIN_DB) return true
  return difference > LIKELY_DB && followsClosely(frames, other, at)
}

function loudestBefore(frames: Float32Array, at: number) {
  let loudest = Number.NEGATIVE_INFINITY
  for (let i = Math.max(0, at - LATEST_FRAMES); i <= Math.min(at, frames.length - 1); i++) {
    if (frames[i]! > loudest) loudest = frames[i]!
  }
  return loudest
}

function followsClosely(frames: Float32Array, other: Float32Array, at: number) {
  const from = Math.max(LATEST_FRAMES, at - REACH)
  const to = Math.min(frames.length, other.length, at + REACH + 1)
  if (to - from <= REACH) return false
  for (let late = 0; late <= LATEST_FRAMES; late++) {
    if (correlate(frames, other, from, to, late) > LIKELY_CORRELATION) return true
  }
  return false
}

function correlate(frames: Float32Array, other: Float32Array, from: number, to: number, late: number) {
  let x = 0
  let y = 0
  let xx = 0
  let yy = 0
  let xy = 0
  for (let at = from; at < to; at++) {
    const a = Math.max(FAINTEST_DBFS, frames[at]!)
    const b = Math.max(FAINTEST_DBFS, other[at - late]!)
    x += a
    y += b
    xx += a * a
    yy += b * b
    xy += a * b
  }
  const count = to - from
  const spread = Math.sqrt((xx - (x * x) / count) * (yy - (y * y) / count))
  return spread > 1e-6 ? (xy - (x * y) / count) / spread : 0
}
