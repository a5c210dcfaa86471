import sql, { join, raw } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { type FigureName, figureNames, figures } from '../jobs/figures.sql.ts'
import type { Status } from '../jobs/status.ts'
import { QUARTER, type Width, widths } from '../jobs/tallies.sql.ts'

export type Tally = { workspaceId: number; slot: number; status: Status } & Record<FigureName, number>

const columns = raw(figureNames.join(', '))
const sums = raw(figureNames.map((name) => `sum(${name}) AS ${name}`).join(', '))
const rowSums = raw(figureNames.map((name) => `sum(${figures[name].sql}) AS ${name}`).join(', '))
const added = raw(figureNames.map((name) => `${name} = tallies.${name} + excluded.${name}`).join(', '))
// Divisors stand in the text: a bound number counts as a fraction, and a division by it gives one.
const quarter = raw(String(QUARTER))
const quarterOf = raw(`created_at / ${QUARTER}`)
const everyWorkspace = raw('workspace_id IN (SELECT id FROM workspaces)')

/** What the tallies of the quarters from `first` up to and without `last` must be. */
export const countedByRows = (db: Queryable, first: number, last: number) =>
  db.all<Tally>(sql`
    SELECT workspace_id AS "workspaceId", ${quarterOf} AS slot, status, ${rowSums} FROM jobs
    WHERE created_at >= ${first * QUARTER} AND created_at < ${last * QUARTER}
    GROUP BY workspace_id, ${quarterOf}, status`)

/** What they are, changes included. */
export const known = (db: Queryable, first: number, last: number) =>
  db.all<Tally>(sql`
    SELECT workspace_id AS "workspaceId", slot, status, ${sums} FROM (
      SELECT workspace_id, slot, status, ${columns} FROM tallies
      WHERE ${everyWorkspace} AND width = ${widths.quarter} AND slot >= ${first} AND slot < ${last}
      UNION ALL
      SELECT workspace_id, slot, status, ${columns} FROM tally_changes
      WHERE ${everyWorkspace} AND slot >= ${first} AND slot < ${last}
    ) AS both_together
    GROUP BY workspace_id, slot, status`)

/** The tallies of one width, added up to slots that are `by` times as wide. */
export const widened = (db: Queryable, width: Width, first: number, last: number, by: number) =>
  db.all<Tally>(sql`
    SELECT workspace_id AS "workspaceId", slot / ${raw(String(by))} AS slot, status, ${sums} FROM tallies
    WHERE ${everyWorkspace} AND width = ${width} AND slot >= ${first} AND slot < ${last}
    GROUP BY workspace_id, slot / ${raw(String(by))}, status`)

export const addTally = (tx: Tx, width: Width, { workspaceId, slot, status, ...amounts }: Tally) =>
  tx.run(sql`
    INSERT INTO tallies (workspace_id, width, slot, status, ${columns})
    VALUES (${workspaceId}, ${width}, ${slot}, ${status}, ${join(figureNames.map((name) => amounts[name]))})
    ON CONFLICT (workspace_id, width, slot, status) DO UPDATE SET ${added}`)

/** The quarters between which there are jobs, tallies or changes; nulls where there is nothing at all. */
export async function extent(db: Queryable): Promise<{ first: number | null; last: number | null }> {
  const row = await db.get<{ first: number | null; last: number | null }>(sql`
    SELECT min(first) AS first, max(last) AS last FROM (
      SELECT min(created_at) / ${quarter} AS first, NULL AS last FROM jobs
      UNION ALL SELECT NULL, max(created_at) / ${quarter} + 1 FROM jobs
      UNION ALL SELECT min(slot) * ${widths.day}, (max(slot) + 1) * ${widths.day} FROM tallies
      WHERE ${everyWorkspace} AND width = ${widths.day}
      UNION ALL SELECT min(slot), max(slot) + 1 FROM tally_changes
    ) AS bounds`)
  return row!
}

/** The quarter of the job that comes `jobs` after the first of quarter `first`; undefined when there are not as many. */
export async function quarterAfter(db: Queryable, first: number, jobs: number): Promise<number | undefined> {
  const row = await db.get<{ slot: number }>(sql`
    SELECT ${quarterOf} AS slot FROM jobs
    WHERE created_at >= ${first * QUARTER}
    ORDER BY created_at, id LIMIT 1 OFFSET ${jobs}`)
  return row?.slot
}

export const checkedUpTo = async (db: Queryable) =>
  (await db.get<{ slot: number }>(sql`SELECT slot FROM tally_check WHERE id = 1`))!.slot

export const setCheckedUpTo = (tx: Tx, slot: number) =>
  tx.run(sql`UPDATE tally_check SET slot = ${slot} WHERE id = 1`)
