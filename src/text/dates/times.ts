import { endsSentence, type Piece, pieces } from '../language/pieces.ts'
import { type Clock, readClock, UNITS } from './clocks.ts'

export type DayPart = 'morning' | 'afternoon' | 'evening'

export interface TimeMention {
  /** `HH:MM`, 24 hours. */
  time: string
  start: number
  end: number
  /** True when morning or afternoon was said with it. */
  certain: boolean
  /** True for the second time of «between two and four». */
  until: boolean
}

export interface Opening {
  opens: number
  closes: number
}

export const usualHours: Opening = { opens: 8, closes: 19 }

const DAY_PARTS: Record<string, DayPart> = {
  morning: 'morning',
  mornings: 'morning',
  breakfast: 'morning',
  afternoon: 'afternoon',
  lunch: 'afternoon',
  evening: 'evening',
  tonight: 'evening',
  night: 'evening',
  dinner: 'evening',
  supper: 'evening',
}

const BEFORE_STRONG = new Set(['at', 'around'])

const BEFORE_WEAK = new Set(
  'do take have about or say that it by then after before until till between and to from like prefer want there'.split(
    ' ',
  ),
)

const AFTER_BARE =
  /^(?:ish|works?|is|would|will|please|then|on|tomorrow|today|tonight|instead|sounds|should|it|okay|ok|fine|if|or|in|and|to|until|this|next|eastern|central|pacific|mountain|your|my|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/

/** The times of day said in the text. Where morning or afternoon is left open, the business hours decide. */
export function timeMentions(text: string, hours: Opening = usualHours, recent?: DayPart): TimeMention[] {
  const list = pieces(text)
  const found: TimeMention[] = []
  for (let at = 0; at < list.length; ) {
    const clock = readClock(list, at)
    if (!clock || (clock.bare && !isClockContext(list, at, clock.next, found))) {
      at = clock && clock.next > at + 1 ? clock.next : at + 1
      continue
    }
    found.push(settle(list, at, clock, hours, recent, found))
    at = clock.next
  }
  return found
}

/** Greetings, turns of speech and times gone by. */
const NO_PART =
  /\b(?:good (?:morning|afternoon|evening|night)|night and day|day and night|(?:last|every|all|the other) (?:night|evening|morning|afternoon)|this morning|yesterday (?:morning|afternoon|evening)|night light|dinner party)\b/gi
const EARLY =
  /\b(?:first thing|really early|super early|pretty early|before (?:work|school|my shift)|first (?:car|one) in|when (?:you|we|i) open|(?:we|you|i) open (?:up )?at|bright and early|at opening|drop (?:it|her|him|them|the \w+) off)\b/i
const LATE = /\b(?:after (?:work|dinner|school gets out)|end of the day|tonight)\b/i

/** The last part of the day the text names. */
export function dayPart(text: string): DayPart | undefined {
  if (EARLY.test(text)) return 'morning'
  if (LATE.test(text)) return 'evening'
  const words = pieces(text.replace(NO_PART, ''))
  return words.map((word) => DAY_PARTS[word.lower]).findLast((part) => part !== undefined)
}

function isClockContext(list: Piece[], at: number, next: number, found: TimeMention[]) {
  const before = list[at - 1]?.lower ?? ''
  const after = list[next]
  if (after && !endsSentence(after) && UNITS.test(after.lower)) return false
  if (BEFORE_STRONG.has(before)) return !/^(?:a|an)$/.test(after?.lower ?? '')
  if (/^(?:or|and|to|until|till)$/.test(before)) return found.at(-1)?.end === list[at - 2]?.end
  if (opensRange(list, next)) return true
  const closed = after === undefined || /[.,?!;]/.test(after.gap) || AFTER_BARE.test(after.lower)
  if (!closed) return false
  if (BEFORE_WEAK.has(before)) return true
  return (
    at === 0 &&
    after !== undefined &&
    /^(?:works?|is|sounds|would|o|eastern|central|pacific|mountain)$/.test(after.lower)
  )
}

/** `nine to eleven`, `two till four`, `8-10`. */
function opensRange(list: Piece[], next: number): boolean {
  const joint = list[next]
  if (!joint) return false
  const dashed = /^\s*[-–]\s*$/.test(joint.gap)
  if (!dashed && !/^(?:to|till|til|until|through)$/.test(joint.lower)) return false
  const end = readClock(list, dashed ? next : next + 1)
  if (!end) return false
  const unit = list[end.next]
  return !unit || endsSentence(unit) || !UNITS.test(unit.lower)
}

function settle(
  list: Piece[],
  at: number,
  clock: Clock,
  hours: Opening,
  recent: DayPart | undefined,
  found: TimeMention[],
): TimeMention {
  const near = partBefore(list, at) ?? partAfter(list, clock.next)
  const part = near ?? (recent === 'morning' && clock.hour % 12 < hours.opens - 1 ? undefined : recent)
  const hour = clock.half ? halved(clock.hour, clock.half) : guessed(clock, part, hours)
  const joint = list[at - 1]?.lower ?? ''
  const prior = found.at(-1)
  const touches = prior !== undefined && (prior.end === list[at - 2]?.end || isDashed(list, at, prior))
  const time = `${String(hour).padStart(2, '0')}:${String(clock.minute).padStart(2, '0')}`
  const until =
    touches &&
    (isDashed(list, at, prior) ||
      /^(?:to|until|till|til|through)$/.test(joint) ||
      (joint === 'and' && isBetween(list, prior)))
  return {
    time,
    start: list[at]!.start,
    end: list[clock.next - 1]!.end,
    certain: clock.half !== undefined,
    until,
  }
}

const isDashed = (list: Piece[], at: number, prior: TimeMention) =>
  prior.end === list[at - 1]?.end && /^\s*[-–]\s*$/.test(list[at]!.gap)

const isBetween = (list: Piece[], prior: TimeMention) => {
  const index = list.findIndex((piece) => piece.start === prior.start)
  return list[index - 1]?.lower === 'between'
}

function partBefore(list: Piece[], at: number): DayPart | undefined {
  for (let back = at - 1; back >= Math.max(0, at - 6); back--) {
    const part = list[back]!.lower === 'good' ? undefined : DAY_PARTS[list[back]!.lower]
    if (part && list[back - 1]?.lower !== 'good') return part
    if (endsSentence(list[back])) return undefined
  }
  return undefined
}

function partAfter(list: Piece[], next: number): DayPart | undefined {
  for (let index = next; index < Math.min(list.length, next + 4); index++) {
    if (endsSentence(list[index])) return undefined
    const part = DAY_PARTS[list[index]!.lower]
    if (part) return part
  }
  return undefined
}

const halved = (hour: number, half: 'am' | 'pm') =>
  half === 'am' ? hour % 12 : hour > 12 ? hour : (hour % 12) + 12

function guessed(clock: Clock, part: DayPart | undefined, hours: Opening) {
  if (clock.hour > 12 || clock.hour === 0) return clock.hour % 24
  const early = clock.hour % 12
  if (part === 'morning' && early >= 5) return early
  if (part === 'evening' && early >= 4) return early + 12
  if (part === 'afternoon' && early <= 6) return early + 12
  const fits = (hour: number) => hour >= hours.opens && hour <= hours.closes
  return fits(early) ? early : early + 12
}
