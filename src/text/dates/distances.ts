import type { Piece } from '../language/pieces.ts'
import { readNumber } from '../values/numbers.ts'
import { addMonths, type Day } from './calendar.ts'
import type { DateOptions, DateRead } from './date-words.ts'
import { readMonthFirst } from './month-days.ts'
import { readWeekday } from './weekdays.ts'

const COUNTS: Record<string, number> = { a: 1, an: 1, couple: 2, few: 3 }

const SPANS: Record<string, (day: Day, count: number) => Day> = {
  day: (day, count) => day + count,
  week: (day, count) => day + 7 * count,
  fortnight: (day, count) => day + 14 * count,
  month: addMonths,
  year: (day, count) => addMonths(day, 12 * count),
}

/** `in two weeks`, `a week from Monday`, `three days ago`, `two weeks out`. */
export function readDistance(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  if (options.today === null) return undefined
  const leads = list[at]!.lower === 'in'
  let index = leads ? at + 1 : at
  if (list[index]?.lower === 'a' && COUNTS[list[index + 1]?.lower ?? '']! > 1) index += 1
  const counted = COUNTS[list[index]?.lower ?? '']
  const number = counted ? { value: counted, next: index + 1 } : readNumber(list, index)
  if (!number) return undefined
  const unit = list[number.next + (list[number.next]?.lower === 'of' ? 1 : 0)]
  const step = SPANS[unit?.lower.replace(/s'?$/, '') ?? '']
  if (!unit || !step) return undefined
  return placeDistance(
    list,
    list.indexOf(unit) + 1,
    leads,
    (day, sign) => step(day, sign * number.value),
    options,
  )
}

function placeDistance(
  list: Piece[],
  next: number,
  leads: boolean,
  move: (day: Day, sign: number) => Day,
  options: DateOptions,
): DateRead | undefined {
  const word = list[next]?.lower ?? ''
  const today = options.today!
  if (word === 'ago') return { day: move(today, -1), next: next + 1, exact: false, past: true }
  if (word === 'from' || word === 'after' || word === 'on') {
    if (list[next + 1]?.lower === 'now') return { day: move(today, 1), next: next + 2, exact: false }
    const base =
      readWeekday(list, next + 1, options) ??
      readNamedDay(list, next + 1, options) ??
      readMonthFirst(list, next + 1, options)
    if (base) return { ...base, day: move(base.day, 1) }
  }
  if (word === 'out' && leads === false) return { day: move(today, 1), next: next + 1, exact: false }
  const measured = /^(?:time)$/.test(word) ? next + 1 : next
  return leads ? { day: move(today, 1), next: measured, exact: false } : undefined
}

const NAMED: [RegExp, number][] = [
  [/^(?:the )?day after tomorrow\b/, 2],
  [/^tomorrow(?:'s)?\b/, 1],
  [/^(?:today|tonight)(?:'s)?\b/, 0],
  [/^this (?:morning|afternoon|evening)\b/, 0],
  [/^yesterday\b/, -1],
]

export function readNamedDay(list: Piece[], at: number, { today }: DateOptions): DateRead | undefined {
  if (today === null || !/^(?:the|day|to|this|yest)/.test(list[at]?.lower ?? '')) return undefined
  const rest = list
    .slice(at, at + 4)
    .map((piece) => piece.lower)
    .join(' ')
  for (const [phrase, days] of NAMED) {
    const match = phrase.exec(rest)
    if (match)
      return { day: today + days, next: at + match[0].split(' ').length, exact: false, past: days < 0 }
  }
  return undefined
}
