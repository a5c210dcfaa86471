import { type Piece, pieces } from '../language/pieces.ts'
import { isNumberWord } from '../values/numbers.ts'
import { isoDate } from './calendar.ts'
import type { DateOptions, DateRead } from './date-words.ts'
import { MONTHS, WEEKDAYS } from './date-words.ts'
import { readDistance, readNamedDay } from './distances.ts'
import { readDayAlone, readDayFirst, readIso, readMonthFirst, readSlashed } from './month-days.ts'
import { readWeekday } from './weekdays.ts'

export interface DateMention {
  /** `YYYY-MM-DD`. */
  date: string
  start: number
  end: number
  /** A day before the call: «last Tuesday», «two weeks ago», a year gone by. */
  past: boolean
  /** True when a day of the month was named, so that only month or year had to be found. */
  exact: boolean
}

type Reader = (list: Piece[], at: number, options: DateOptions) => DateRead | undefined

const READERS: Reader[] = [
  readIso,
  readSlashed,
  readMonthFirst,
  readDayFirst,
  readDistance,
  readWeekday,
  readNamedDay,
  readDayAlone,
]

/** The dates said in the text, resolved against the day of the call. */
export function dateMentions(text: string, options: DateOptions): DateMention[] {
  const list = pieces(text)
  const found: DateMention[] = []
  for (let at = 0; at < list.length; ) {
    const read = mayBegin(list[at]!) ? readDate(list, at, options) : undefined
    if (read) found.push(mention(list, at, read))
    at = read?.next ?? at + 1
  }
  return found
}

const BEGINNINGS = new Set([
  ...WEEKDAYS.keys(),
  ...MONTHS.keys(),
  ...'the in a an couple few next this coming following last past previous tomorrow today tonight yesterday day'.split(
    ' ',
  ),
])

const mayBegin = ({ lower }: Piece) =>
  BEGINNINGS.has(lower.replace(/'s$/, '')) || /^\d/.test(lower) || isNumberWord(lower)

function readDate(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  for (const reader of READERS) {
    const read = reader(list, at, options)
    if (read) return read
  }
  return undefined
}

const mention = (list: Piece[], at: number, read: DateRead): DateMention => ({
  date: isoDate(read.day),
  start: list[at]!.start,
  end: list[read.next - 1]!.end,
  past: read.past ?? false,
  exact: read.exact,
})
