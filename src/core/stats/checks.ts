import type { Tx } from '../../db/db.ts'
import { figureNames } from '../jobs/figures.sql.ts'
import { addChange, type Width, widths } from '../jobs/tallies.sql.ts'
import {
  addTally,
  countedByRows,
  extent,
  known,
  quarterAfter,
  setCheckedUpTo,
  type Tally,
  widened,
} from './checks.sql.ts'

/** Bounds how long one step keeps the database; the jobs of one quarter are never split. */
const JOBS_PER_STEP = 2000

export interface Checked {
  /** The quarter to go on with; undefined when this was the last step. */
  next: number | undefined
  /** Quarters from the first to the last that there is anything of. */
  first: number
  last: number
  /** What was wrong, as it was added to put it right; `width` is in quarters. */
  repaired: (Tally & { width: Width })[]
}

/**
 * Compares what the tallies say of a few quarters, from `from` on, with the jobs themselves, and puts right what
 * differs. What is asked meanwhile is answered from the one or the other, never from something in between.
 */
export async function checkStep(tx: Tx, from: number): Promise<Checked> {
  const { first, last } = await extent(tx)
  if (first === null || last === null) return { next: undefined, first: 0, last: 0, repaired: [] }
  const begin = Math.max(from, first)
  const end = Math.max(begin + 1, (await quarterAfter(tx, begin, JOBS_PER_STEP)) ?? last)
  const repaired = [...(await checkQuarters(tx, begin, end)), ...(await checkWidths(tx, begin, end))]
  const next = end < last ? end : undefined
  if (next === undefined) repaired.push(...(await checkEver(tx)))
  await setCheckedUpTo(tx, next ?? 0)
  return { next, first, last, repaired }
}

/** The difference goes the way of all changes, so that it reaches the wider slots too. */
async function checkQuarters(tx: Tx, first: number, last: number): Promise<Checked['repaired']> {
  const wrong = differences(await countedByRows(tx, first, last), await known(tx, first, last))
  for (const tally of wrong)
    await addChange(tx, { ...tally, amounts: figureNames.map((name) => tally[name]) })
  return wrong.map((tally) => ({ width: widths.quarter, ...tally }))
}

/** Hours and days of the same time against their quarters. */
async function checkWidths(tx: Tx, first: number, last: number): Promise<Checked['repaired']> {
  const firstDay = Math.floor(first / widths.day)
  const lastDay = Math.ceil(last / widths.day)
  const repaired: Checked['repaired'] = []
  for (const width of [widths.hour, widths.day]) {
    const [from, to] = [firstDay * widths.day, lastDay * widths.day]
    const right = await widened(tx, widths.quarter, from, to, width)
    repaired.push(...(await repair(tx, width, right, await widened(tx, width, from / width, to / width, 1))))
  }
  return repaired
}

async function checkEver(tx: Tx): Promise<Checked['repaired']> {
  const right = await widened(tx, widths.day, 0, widths.ever, widths.ever)
  return repair(tx, widths.ever, right, await widened(tx, widths.ever, 0, 1, 1))
}

async function repair(tx: Tx, width: Width, right: Tally[], found: Tally[]): Promise<Checked['repaired']> {
  const wrong = differences(right, found)
  for (const tally of wrong) await addTally(tx, width, tally)
  return wrong.map((tally) => ({ width, ...tally }))
}

/** What has to be added to `found` to make it `right`. */
function differences(right: Tally[], found: Tally[]): Tally[] {
  const missing = new Map(right.map((tally) => [keyOf(tally), { ...tally }]))
  for (const tally of found) {
    const difference = missing.get(keyOf(tally)) ?? { ...tally, ...nothing }
    for (const name of figureNames) difference[name] -= tally[name]
    missing.set(keyOf(tally), difference)
  }
  return [...missing.values()].filter((tally) => figureNames.some((name) => tally[name] !== 0))
}

const nothing = Object.fromEntries(figureNames.map((name) => [name, 0]))
const keyOf = ({ workspaceId, slot, status }: Tally) => `${workspaceId} ${slot} ${status}`
