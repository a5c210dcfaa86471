import { dropEcho } from './echo.ts'

export interface SpeechSegment {
  start_ms: number
  end_ms: number
}

export const FRAME_MS = 20
/** Decibels above the noise floor that start speech, and that keep it going. */
const ONSET_DB = 8
const SUSTAIN_DB = 5
/** Below this nothing is speech: the idle noise of telephone codecs lies under it. */
const FAINTEST_DBFS = -56
/** Speech on one channel spans about this much between its loudest and its faintest sounds. */
const SPEECH_RANGE_DB = 40
/** The noise floor is what a tenth of the frames within five seconds either way do not exceed. */
const FLOOR_FRAMES = 250
const FLOOR_STEP = 25
const FLOOR_SHARE = 0.1
/** What is louder than this for a while is no noise floor, unless the whole recording is. */
const LOUDEST_FLOOR_DBFS = -35
/** Pauses up to this long belong to the speech around them. */
const BRIDGED_FRAMES = 17
const LEAST_SPEECH_FRAMES = 6
/** Clicks in a row also get bridged, but are mostly gaps. */
const LEAST_SPEECH_SHARE = 0.25
const LEAD_FRAMES = 1
const TAIL_FRAMES = 3
/** Tones, ringing and noise that sets in abruptly keep their level; speech never does for so long. */
const STEADY_FRAMES = 40
const STEADY_DB = 1.2
const STEADY_SMOOTHING = 2
/** Finds speech by the loudness of 20 ms frames. `other` is the other side of the call, whose echo is no speech here. */
export function findSpeech(frames: Float32Array, other?: Float32Array): SpeechSegment[] {
  const levels = smooth(frames, 1)
  const active = markActive(levels, findFloor(levels))
  if (other) dropEcho(active, frames, other)
  const runs = bridge(active).filter((run) => isDense(run, active))
  return dropSteady(runs, frames).map((run, at, kept) => toSegment(run, kept[at - 1], frames.length))
}

/** The mean of each frame and `reach` neighbours on both sides. */
function smooth(frames: Float32Array, reach: number) {
  return frames.map((_, at) => {
    const from = Math.max(0, at - reach)
    const to = Math.min(frames.length, at + reach + 1)
    let sum = 0
    for (let i = from; i < to; i++) sum += frames[i]!
    return sum / (to - from)
  })
}

/** One value per `FLOOR_STEP` frames, from a histogram in whole decibels that slides along. */
function findFloor(levels: Float32Array) {
  const bin = (at: number) => Math.max(0, Math.round(levels[at]! + 100))
  const highest = Math.max(LOUDEST_FLOOR_DBFS, overallFloor(levels, bin))
  const histogram = new Uint32Array(128)
  const floors = new Float32Array(Math.ceil(levels.length / FLOOR_STEP))
  let [from, to] = [0, 0]
  for (let step = 0; step < floors.length; step++) {
    const middle = step * FLOOR_STEP
    while (to < Math.min(levels.length, middle + FLOOR_FRAMES)) histogram[bin(to++)]!++
    while (from < middle - FLOOR_FRAMES) histogram[bin(from++)]!--
    floors[step] = Math.min(highest, percentile(histogram, (to - from) * FLOOR_SHARE) - 100)
  }
  return floors
}

function overallFloor(levels: Float32Array, bin: (at: number) => number) {
  const histogram = new Uint32Array(128)
  for (let at = 0; at < levels.length; at++) histogram[bin(at)]!++
  return percentile(histogram, levels.length * FLOOR_SHARE) - 100
}

function percentile(histogram: Uint32Array, count: number) {
  let [seen, at] = [0, 0]
  while (at < histogram.length - 1 && seen + histogram[at]! <= count) seen += histogram[at++]!
  return at
}

function markActive(levels: Float32Array, floors: Float32Array) {
  const least = Math.max(FAINTEST_DBFS, loudLevel(levels) - SPEECH_RANGE_DB)
  const active = new Uint8Array(levels.length)
  let isOn = false
  for (let at = 0; at < levels.length; at++) {
    const floor = floors[Math.floor(at / FLOOR_STEP)]!
    isOn = levels[at]! >= (isOn ? Math.max(floor + SUSTAIN_DB, least - 3) : Math.max(floor + ONSET_DB, least))
    active[at] = isOn ? 1 : 0
  }
  return active
}

/** What the loudest fiftieth of the frames that are not silent exceed. */
function loudLevel(levels: Float32Array) {
  const heard = levels.filter((level) => level > FAINTEST_DBFS).sort()
  return heard[Math.floor(heard.length * 0.98)] ?? FAINTEST_DBFS
}

interface Run {
  from: number
  to: number
}

function bridge(active: Uint8Array): Run[] {
  const runs: Run[] = []
  for (let at = 0; at < active.length; at++) {
    if (!active[at]) continue
    const last = runs.at(-1)
    if (last && at - last.to <= BRIDGED_FRAMES) last.to = at + 1
    else runs.push({ from: at, to: at + 1 })
  }
  return runs
}

function isDense({ from, to }: Run, active: Uint8Array) {
  const heard = active.subarray(from, to).reduce((sum, each) => sum + each, 0)
  return heard >= LEAST_SPEECH_FRAMES && heard >= (to - from) * LEAST_SPEECH_SHARE
}

/** Only where livelier speech outweighs them: a recording of nothing but steady sounds has nothing to judge them by. */
function dropSteady(runs: Run[], frames: Float32Array) {
  const isLong = ({ from, to }: Run) => to - from >= STEADY_FRAMES
  const isSteady = (run: Run) => isLong(run) && spread(frames.subarray(run.from, run.to)) <= STEADY_DB
  const steady = new Set(runs.filter(isSteady))
  const lively = runs.filter((run) => isLong(run) && !steady.has(run))
  return totalLength(lively) > totalLength([...steady]) ? runs.filter((run) => !steady.has(run)) : runs
}

const totalLength = (runs: Run[]) => runs.reduce((sum, { from, to }) => sum + to - from, 0)

/** Standard deviation of the loudness, without the edges and smoothed enough to hide the beat of two tones. */
function spread(frames: Float32Array) {
  const edge = STEADY_SMOOTHING * 3
  const inner = smooth(frames, STEADY_SMOOTHING).subarray(edge, frames.length - edge)
  const mean = inner.reduce((sum, each) => sum + each, 0) / inner.length
  return Math.sqrt(inner.reduce((sum, each) => sum + (each - mean) ** 2, 0) / inner.length)
}

function toSegment({ from, to }: Run, before: Run | undefined, length: number): SpeechSegment {
  const start = Math.max(from - LEAD_FRAMES, before ? before.to + TAIL_FRAMES : 0)
  return { start_ms: start * FRAME_MS, end_ms: Math.min(to + TAIL_FRAMES, length) * FRAME_MS }
}
