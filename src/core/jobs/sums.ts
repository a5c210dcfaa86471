import type { Queryable } from '../../db/db.ts'
import { DAY, HOUR } from '../../lib/clock.ts'
import type { FigureName } from './figures.sql.ts'
import { firstIdSince } from './lists.sql.ts'
import {
  changesBetween,
  QUARTER,
  type Question,
  type SumRow,
  slotOf,
  sumRows,
  tallied,
  talliesBetween,
  widths,
} from './tallies.sql.ts'

/** By status, or whatever else the question groups by. */
export type Sums = Map<string | number, Record<FigureName, number>>

const HOURS_PER_DAY = DAY / HOUR
const QUARTERS_PER_HOUR = HOUR / QUARTER

/**
 * What the jobs add up to that were created between one boundary and the next, for each of these spans. Boundaries
 * are milliseconds and grow; the last one may be infinite. A span is the days that begin in it, without what lies
 * before its own beginning on the first of them, and with what lies before its end on the day of that.
 *
 * All is read within one turn of the event loop, and commits have turns of their own: so tallies and changes fit.
 */
export async function sumSpans(db: Queryable, question: Question, boundaries: number[]): Promise<Sums[]> {
  const spans = boundaries.slice(1).map((): Sums => new Map())
  const days = boundaries.map((time) => Math.floor(time / DAY))
  const slots = boundaries.map(slotOf)
  spread(spans, days, await talliesBetween(db, question, widths.day, days[0]!, limit(days)), question)
  spread(spans, slots, await changesBetween(db, question, slots[0]!, limit(slots)), question)
  for (const [at, time] of boundaries.entries()) {
    if (time % DAY === 0 || time === Number.POSITIVE_INFINITY) continue
    for (const rows of await sinceMidnight(db, question, time)) {
      if (at > 0) addRows(spans[at - 1]!, rows, question, 1)
      if (at < spans.length) addRows(spans[at]!, rows, question, -1)
    }
  }
  return spans
}

/** Of all time. */
export async function sumEver(db: Queryable, question: Question): Promise<Sums> {
  const sums: Sums = new Map()
  addRows(sums, await tallied(db, question, widths.ever, 0, 1), question, 1)
  addRows(sums, await changesBetween(db, question, 0, Number.MAX_SAFE_INTEGER), question, 1)
  return sums
}

const limit = (slots: number[]) => Math.min(slots.at(-1)!, Number.MAX_SAFE_INTEGER)

/** Each row to the span in which its slot begins. */
function spread(spans: Sums[], starts: number[], rows: SumRow[], question: Question) {
  rows.sort((one, other) => one.slot - other.slot)
  let at = 0
  for (const row of rows) {
    while (at + 1 < spans.length && row.slot >= starts[at + 1]!) at++
    addRows(spans[at]!, [row], question, 1)
  }
}

/** What was created on the day (UTC) of `time` before it: whole hours, whole quarters, and the rest row by row. */
async function sinceMidnight(db: Queryable, question: Question, time: number): Promise<SumRow[][]> {
  const [day, hour, quarter] = [Math.floor(time / DAY), Math.floor(time / HOUR), slotOf(time)]
  const found: SumRow[][] = []
  if (hour > day * HOURS_PER_DAY)
    found.push(await tallied(db, question, widths.hour, day * HOURS_PER_DAY, hour))
  if (quarter > hour * QUARTERS_PER_HOUR)
    found.push(await tallied(db, question, widths.quarter, hour * QUARTERS_PER_HOUR, quarter))
  if (time > quarter * QUARTER) found.push(await rowsBetween(db, question, quarter * QUARTER, time))
  return found
}

async function rowsBetween(db: Queryable, question: Question, from: number, to: number): Promise<SumRow[]> {
  const fromId = await firstIdSince(db, from)
  return fromId === null ? [] : sumRows(db, question, fromId, await firstIdSince(db, to))
}

function addRows(sums: Sums, rows: SumRow[], { names }: Question, by: 1 | -1) {
  for (const row of rows) {
    const known = sums.get(row.part)
    if (!known) sums.set(row.part, signed(row, names, by))
    else for (const name of names) known[name] += by * row[name]
  }
}

const signed = (row: SumRow, names: readonly FigureName[], by: 1 | -1) =>
  Object.fromEntries(names.map((name) => [name, by * row[name]])) as Record<FigureName, number>
