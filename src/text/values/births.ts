import type { Turn } from '../../plugin-host/contract.ts'
import { type Day, dayOf, isoDate, isRealDate, partsOf } from '../dates/calendar.ts'
import { monthOf } from '../dates/date-words.ts'
import { onceFor } from '../language/once.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { labelBefore } from './number-labels.ts'
import { readDigits, readNumber, readYear } from './numbers.ts'

export interface BirthDate {
  date: string
  turn: number
  start: number
  end: number
}

interface Reading {
  year: number
  month: number
  date: number
  next: number
}

interface Order {
  today: Day | null
  dayFirst: boolean
}

/** Dates of birth by what was asked or said before them, in any spoken or written form. */
export const birthDates = onceFor((turns: Turn[], today: Day | null, dayFirst?: boolean): BirthDate[] => {
  return turns.flatMap((turn, index) =>
    birthDatesOf(turns, index, { today, dayFirst: dayFirst ?? false }, turn),
  )
})

const ANOTHERS =
  /\b(?:her|his|their|my (?:\p{L}+ )?(?:daughter|son|wife|husband|mother|father|mom|dad|sister|brother|partner|spouse)(?:'s)?)\b[^.?!]*$|\b(?:her|his|their) (?:birthday|date of birth|birth ?date)(?:'s| is)?\W*$/iu

/** The last one said, as it may mend those before; a second person's counts only where there is no other. */
export function customersBirth(call: { turns: Turn[] }, births: BirthDate[]): BirthDate | undefined {
  const own = births.filter((one, at) => {
    const turn = call.turns.find((other) => other.turn === one.turn)!
    return at === 0 || !ANOTHERS.test(turn.text.slice(0, one.start))
  })
  return own.at(-1)
}

function birthDatesOf(turns: Turn[], index: number, order: Order, turn: Turn): BirthDate[] {
  if (!/\d|[a-z]/i.test(turn.text) || !mayHoldBirth(turns, index)) return []
  const list = pieces(turn.text)
  const found: BirthDate[] = []
  for (let at = 0; at < list.length; ) {
    const read = readBirth(list, at, order)
    const fits = read && isPlausible(read, order.today) && isAskedFor(turns, index, list[at]!.start)
    if (fits) {
      const end = list[read.next - 1]!.end
      found.push({
        date: isoDate(dayOf(read.year, read.month, read.date)),
        turn: turn.turn,
        start: list[at]!.start,
        end,
      })
    }
    at = fits ? read.next : at + 1
  }
  return found
}

/** The nearest label, or one of several in the same question: «your date of birth and the last four of your social». */
function isAskedFor(turns: Turn[], index: number, start: number): boolean {
  if (labelBefore(turns, index, start) === 'birth') return true
  const asked = turns
    .slice(Math.max(0, index - REACH), index)
    .findLast((turn) => turn.speaker !== turns[index]!.speaker && BIRTH.test(turn.text))
  const own = turns[index]!.text.slice(0, start)
  return asked !== undefined && BOTH.test(asked.text) && !/\d{3}/.test(own)
}

const REACH = 3
const BOTH = /\bbirth\b.{0,12}\band\b/i

const BIRTH = /\bbirth|\bborn\b|\bd\.? ?o\.? ?b\b/i

const mayHoldBirth = (turns: Turn[], index: number) =>
  turns.slice(Math.max(0, index - 4), index + 1).some((turn) => BIRTH.test(turn.text))

function isPlausible({ year, month, date }: Reading, today: Day | null) {
  if (!isRealDate(year, month, date) || year < 1890) return false
  return today === null || dayOf(year, month, date) <= today
}

function readBirth(list: Piece[], at: number, order: Order): Reading | undefined {
  return readIso(list, at) ?? readNamedMonth(list, at, order) ?? whole(list, at, readFigures(list, at, order))
}

/** Figures out of the middle of a longer dictation are no date. */
function whole(list: Piece[], at: number, read: Reading | undefined): Reading | undefined {
  if (!read) return undefined
  const before = at > 0 && isJoined(list[at]) && readDigits(list, at - 1) !== undefined
  const after = isJoined(list[read.next]) && readDigits(list, read.next) !== undefined
  return before || after ? undefined : read
}

const isJoined = (piece: Piece | undefined) => piece !== undefined && /^[\s-]*$/.test(piece.gap)

function readIso(list: Piece[], at: number): Reading | undefined {
  const [year, month, date] = [list[at], list[at + 1], list[at + 2]]
  if (!year || !month || !date || !/^(?:18|19|20)\d\d$/.test(year.lower) || !/^[-/.]$/.test(month.gap))
    return undefined
  if (!/^\d\d?$/.test(month.lower) || !/^\d\d?$/.test(date.lower)) return undefined
  return { year: Number(year.lower), month: Number(month.lower), date: Number(date.lower), next: at + 3 }
}

/** `March third nineteen eighty five`, `the third of March, 85`. */
function readNamedMonth(list: Piece[], at: number, order: Order): Reading | undefined {
  const month = monthOf(list[at])
  if (month) {
    const date = readNumber(list, skip(list, at + 1, 'the'))
    const year = date && yearAfter(list, skip(list, date.next, 'of'), order)
    return year && { year: year.value, month, date: date.value, next: year.next }
  }
  const date = readNumber(list, skip(list, at, 'the'))
  const place = date ? skip(list, date.next, 'of') : 0
  const later = monthOf(list[place])
  const year = date && later ? yearAfter(list, skip(list, place + 1, 'of'), order) : undefined
  return year && { year: year.value, month: later!, date: date!.value, next: year.next }
}

const skip = (list: Piece[], at: number, word: string) => (list[at]?.lower === word ? at + 1 : at)

function yearAfter(list: Piece[], at: number, order: Order) {
  if (!list[at] || !/^[\s,/.'’-]*$/.test(list[at].gap)) return undefined
  const year = readYear(list, at, true)
  return year && { value: bornIn(year.value, order.today), next: year.next }
}

function bornIn(year: number, today: Day | null) {
  if (year > 99) return year
  const now = today === null ? 2030 : partsOf(today).year
  return year + 2000 > now ? year + 1900 : year + 2000
}

/** `3/14/85`, `three fourteen eighty five`, `zero three, fourteen, nineteen eighty five`. */
function readFigures(list: Piece[], at: number, order: Order): Reading | undefined {
  const first = readPart(list, at)
  const second = first && readPart(list, first.next)
  if (!first || !second || !isNear(list[first.next]) || !isNear(list[second.next])) {
    return readRunTogether(list, at, order)
  }
  const year = yearAfter(list, skipSlash(list, second.next), order)
  if (!year) return undefined
  const swap = first.value > 12 || (order.dayFirst && second.value <= 12)
  const [month, date] = swap ? [second.value, first.value] : [first.value, second.value]
  return month > 12 || date > 31 ? undefined : { year: year.value, month, date, next: year.next }
}

const isNear = (piece: Piece | undefined) => piece !== undefined && /^[\s,/.-]*$/.test(piece.gap)

const skipSlash = (list: Piece[], at: number) =>
  /^(?:slash|dash)$/.test(list[at]?.lower ?? '') ? at + 1 : at

/** A month or a day: `3`, `03`, `oh three`, `fourteen`, `twenty first`. */
function readPart(list: Piece[], from: number): { value: number; next: number } | undefined {
  const at = skipSlash(list, from)
  const zero = /^(?:oh|o|zero|0)$/.test(list[at]?.lower ?? '')
  const number = readNumber(list, zero ? at + 1 : at)
  if (!number || number.value < 1 || number.value > 31 || (zero && number.value > 9)) return undefined
  if (/^\d{3,}$/.test(list[number.next - 1]!.lower)) return undefined
  return { value: number.value, next: number.next }
}

/** `03141985` and the same eight digits said one by one. */
function readRunTogether(list: Piece[], at: number, order: Order): Reading | undefined {
  let digits = ''
  let next = at
  while (digits.length < 8) {
    const read = next === at || isNear(list[next]) ? readDigits(list, next) : undefined
    if (!read) return undefined
    digits += read.digits
    next = read.next
  }
  const [first, second] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4))]
  const swap = first > 12 || (order.dayFirst && second <= 12)
  const [month, date] = swap ? [second, first] : [first, second]
  return digits.length === 8 ? { year: Number(digits.slice(4)), month, date, next } : undefined
}
