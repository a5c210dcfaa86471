import { continues, type Piece } from '../language/pieces.ts'
import { readNumber, readYear } from '../values/numbers.ts'
import { addMonths, type Day, dayOf, isRealDate, partsOf } from './calendar.ts'
import { type DateOptions, type DateRead, monthOf, WEEKDAYS } from './date-words.ts'

export function readIso(list: Piece[], at: number): DateRead | undefined {
  const [year, month, date] = [list[at], list[at + 1], list[at + 2]]
  if (
    !year ||
    !month ||
    !date ||
    !/^(?:19|20)\d\d$/.test(year.lower) ||
    month.gap !== '-' ||
    date.gap !== '-'
  )
    return undefined
  return real(Number(year.lower), Number(month.lower), Number(date.lower), at + 3)
}

export function readSlashed(
  list: Piece[],
  at: number,
  { today, dayFirst }: DateOptions,
): DateRead | undefined {
  const [first, second, third] = [list[at], list[at + 1], list[at + 2]]
  if (!first || !second || !/^\d{1,2}$/.test(first.lower) || !/^\d{1,2}$/.test(second.lower)) return undefined
  if (!/^[/.-]$/.test(second.gap)) return undefined
  const swap = dayFirst || second.gap === '.' || Number(first.lower) > 12
  const swapped = swap && Number(second.lower) <= 12
  const [month, date] = swapped ? [second, first] : [first, second]
  if (third && third.gap === second.gap && /^(?:\d\d|\d{4})$/.test(third.lower))
    return real(fullYear(Number(third.lower), today), Number(month.lower), Number(date.lower), at + 3)
  if (second.gap !== '/' || today === null || third?.gap === '/') return undefined
  const leads =
    WEEKDAYS.has(list[at - 1]?.lower ?? '') || /^(?:on|for|by|until|from)$/.test(list[at - 1]?.lower ?? '')
  return leads ? upcoming(today, Number(month.lower), Number(date.lower), at + 2) : undefined
}

/** A two-digit year lies in the past hundred years or in the ten to come. */
function fullYear(year: number, today: Day | null) {
  if (year > 99) return year
  const now = today === null ? 2030 : partsOf(today).year
  const century = Math.floor(now / 100) * 100
  return century + year > now + 10 ? century - 100 + year : century + year
}

function real(year: number, month: number, date: number, next: number): DateRead | undefined {
  return isRealDate(year, month, date) ? { day: dayOf(year, month, date), next, exact: true } : undefined
}

function upcoming(today: Day, month: number, date: number, next: number): DateRead | undefined {
  const { year } = partsOf(today)
  const years = [year, year + 1].filter((candidate) => isRealDate(candidate, month, date))
  const day = years.map((candidate) => dayOf(candidate, month, date)).find((candidate) => candidate >= today)
  return day === undefined ? undefined : { day, next, exact: true }
}

function withYear(
  list: Piece[],
  month: number,
  date: number,
  next: number,
  options: DateOptions,
): DateRead | undefined {
  const of = /^(?:of|in)$/.test(list[next]?.lower ?? '') ? 1 : 0
  const near = /^[\s,]*$/.test(list[next + of]?.gap ?? '.')
  const year = near ? readYear(list, next + of) : undefined
  const clock = year && list[next + of]?.lower.length === 4 && /^[:]/.test(list[year.next]?.gap ?? '')
  if (year && !clock) return real(year.value, month, date, year.next)
  if (options.today === null) return undefined
  const plain = upcoming(options.today, month, date, next)
  return plain && isPastContext(list, next) ? { ...plain, past: true } : plain
}

const isPastContext = (list: Piece[], next: number) =>
  list[next]?.lower === 'last' && list[next + 1]?.lower === 'year'

export function readMonthFirst(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const month = monthOf(list[at])
  if (!month) return undefined
  const the = list[at + 1]?.lower === 'the' ? 1 : 0
  const date = readNumber(list, at + 1 + the)
  if (!date || date.value < 1 || date.value > 31 || !/^[\s.,]*$/.test(list[at + 1]!.gap)) return undefined
  if (list[date.next]?.gap === ':') return undefined
  return withYear(list, month, date.value, date.next, options)
}

export function readDayFirst(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const the = list[at]!.lower === 'the' ? 1 : 0
  const date = readNumber(list, at + the)
  if (!date || date.value < 1 || date.value > 31) return undefined
  const of = list[date.next]?.lower === 'of' ? 1 : 0
  const month = monthOf(list[date.next + of])
  if (month) return withYear(list, month, date.value, date.next + of + 1, options)
  if (!of || options.today === null) return undefined
  const which = list
    .slice(date.next + 1, date.next + 3)
    .map((piece) => piece.lower)
    .join(' ')
  if (which !== 'this month' && which !== 'next month') return undefined
  const { year, month: now } = partsOf(options.today)
  const first = addMonths(dayOf(year, now, 1), which === 'next month' ? 1 : 0)
  return real(partsOf(first).year, partsOf(first).month, date.value, date.next + 3)
}

const NOT_DAYS =
  /^(?:one|time|thing|opening|available|slot|appointment|option|half|visit|floor|name|choice|street|avenue|ave|st|grade|class|place|person|part|week|month|year|day|quarter|of|is|was|two|three|few|couple|molar|tooth|gear|birthday|anniversary)$/

/** `the 14th`, `the twenty third`: the coming one. */
export function readDayAlone(list: Piece[], at: number, { today, near }: DateOptions): DateRead | undefined {
  if (today === null || list[at]?.lower !== 'the') return undefined
  const date = readNumber(list, at + 1)
  if (!date?.ordinal || date.value > 31 || date.value < 1) return undefined
  const after = list[date.next]
  const small = date.value < 4 && !/^\d/.test(list[at + 1]!.lower)
  if (after && continues(after) && NOT_DAYS.test(after.lower)) {
    const verb = /^(?:is|was)$/.test(after.lower)
    if (!verb || small) return undefined
  }
  if (small && !/^(?:on|for|by)$/.test(list[at - 1]?.lower ?? '')) return undefined
  return besideNear(today, near, date.value, date.next) ?? comingDate(today, date.value, date.next)
}

/** After «December eleventh», «the tenth» is in December too. */
function besideNear(today: Day, near: Day | undefined, date: number, next: number): DateRead | undefined {
  if (near === undefined) return undefined
  const { year, month } = partsOf(near)
  const day = dayOf(year, month, date)
  const fits = isRealDate(year, month, date) && day >= today && Math.abs(day - near) <= SAME_MONTH_TALK
  return fits ? { day, next, exact: true } : undefined
}

const SAME_MONTH_TALK = 16

function comingDate(today: Day, date: number, next: number): DateRead | undefined {
  const { year, month } = partsOf(today)
  for (let ahead = 0; ahead < 3; ahead++) {
    const first = partsOf(addMonths(dayOf(year, month, 1), ahead))
    const day = dayOf(first.year, first.month, date)
    if (isRealDate(first.year, first.month, date) && day >= today) return { day, next, exact: true }
  }
  return undefined
}
