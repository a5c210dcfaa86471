import type { Piece } from '../language/pieces.ts'
import type { Day } from './calendar.ts'

export interface DateOptions {
  /** The day of the call; without it only dates with a year can be told. */
  today: Day | null
  /** `3/4` is the third of April. */
  dayFirst?: boolean
  /** The day the talk is about: «what about the Friday» is the one beside it. */
  near?: Day
  /** Days named just before: «Wednesday, please» takes up one of them. */
  recent?: readonly Day[]
}

export interface DateRead {
  day: Day
  next: number
  exact: boolean
  past?: boolean
}

const DAY_NAMES = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')

const SHORT_DAYS = { mon: 0, tue: 1, tues: 1, wed: 2, thu: 3, thur: 3, thurs: 3, fri: 4 }

export const WEEKDAYS = new Map<string, number>([
  ...DAY_NAMES.flatMap((name, index) => [[name, index] as const, [`${name}s`, index] as const]),
  ...Object.entries(SHORT_DAYS),
])

const MONTH_NAMES =
  'january february march april may june july august september october november december'.split(' ')

export const MONTHS = new Map<string, number>([
  ...MONTH_NAMES.flatMap((name, index) => [
    [name, index + 1] as const,
    [name.slice(0, 3), index + 1] as const,
  ]),
  ['sept', 9],
])

export const monthOf = (piece: Piece | undefined) => (piece ? MONTHS.get(piece.lower) : undefined)
