import type { Queryable } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { FigureName } from '../jobs/figures.sql.ts'
import { firstIdSince } from '../jobs/lists.sql.ts'
import type { Status } from '../jobs/status.ts'
import { type Sums, sumEver, sumSpans } from '../jobs/sums.ts'
import { type Question, type SumRow, sumRows } from '../jobs/tallies.sql.ts'
import { countRows, matching, type RowConditions, type Scope, within } from './reports.sql.ts'

/** Which jobs a report is about, but for when they were created. */
export interface Selection extends Scope, RowConditions {
  status?: Status
}

/** What no tally tells apart is looked up job by job, and so many take a moment in which nothing else happens. */
const MOST_ROWS = 50_000

export const BEGINNING = 0
export const END = Number.POSITIVE_INFINITY

/** What the selected jobs add up to between one boundary (ms) and the next, by status or by workspace. */
export async function sumSelected(
  db: Queryable,
  selection: Selection,
  names: readonly FigureName[],
  boundaries: number[],
  by: Question['by'] = 'status',
): Promise<Sums[]> {
  const question: Question = { scope: within(selection), names, by, status: selection.status }
  if (selection.sourceCompanyId !== undefined || selection.algorithmId !== undefined)
    return sumByRows(db, selection, question, boundaries)
  const isEver = boundaries.length === 2 && boundaries[0] === BEGINNING && boundaries[1] === END
  return isEver ? [await sumEver(db, question)] : sumSpans(db, question, boundaries)
}

async function sumByRows(
  db: Queryable,
  selection: Selection,
  question: Question,
  boundaries: number[],
): Promise<Sums[]> {
  const ids = []
  for (const time of boundaries) ids.push(time === END ? null : await firstIdSince(db, time))
  const [first, last] = [ids[0] ?? null, ids.at(-1) ?? null]
  if (first === null) return boundaries.slice(1).map(() => new Map())
  await requireFew(db, selection, { fromId: first, toId: last })
  const spans: Sums[] = []
  for (const [at, from] of ids.slice(0, -1).entries())
    spans.push(
      from === null ? new Map() : bySum(await sumRows(db, question, from, ids[at + 1]!, matching(selection))),
    )
  return spans
}

async function requireFew(
  db: Queryable,
  selection: Selection,
  span: { fromId: number; toId: number | null },
): Promise<void> {
  const rows = await countRows(db, selection, selection, span, MOST_ROWS + 1)
  if (rows <= MOST_ROWS) return
  const message = `More than ${MOST_ROWS} jobs would have to be looked at for this filter: choose a shorter time`
  throw new Refusal('invalid', `since: ${message}`, { errors: [{ field: 'since', message }] })
}

const bySum = (rows: SumRow[]): Sums => new Map(rows.map((row) => [row.part, row]))
