import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { MINUTE } from '../../lib/clock.ts'
import { type FigureName, figureNames, figures } from './figures.sql.ts'
import type { Status } from './status.ts'

/** The smallest slot: every offset of a time zone is a multiple of it, so local days are made of whole ones. */
export const QUARTER = 15 * MINUTE
export const slotOf = (time: number) => Math.floor(time / QUARTER)

/** Quarters in the slots that tallies are kept for. */
export const widths = { quarter: 1, hour: 4, day: 96, ever: 1_000_000_000 } as const
export type Width = (typeof widths)[keyof typeof widths]

/** Sums of figures for a status, or whatever else the rows were grouped by. */
export type SumRow = { slot: number; part: string | number } & Record<FigureName, number>

export interface Question {
  /** A condition on `workspace_id`. */
  scope: Sql
  names: readonly FigureName[]
  by: 'status' | 'workspace_id'
  status?: Status
}

export const amongWorkspaces = (ids: number[]): Sql => sql`workspace_id IN (${join(ids)})`

const columns = raw(figureNames.join(', '))
const sums = (names: readonly FigureName[]) => raw(names.map((name) => `sum(${name}) AS ${name}`).join(', '))
const rowSums = (names: readonly FigureName[]) =>
  raw(names.map((name) => `sum(${figures[name].sql}) AS ${name}`).join(', '))
const added = (table: string) =>
  raw(figureNames.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', '))
const addedToChanges = added('tally_changes')
const addedToTallies = added('tallies')
const summed = sums(figureNames)

export const addChange = (
  tx: Tx,
  change: { workspaceId: number; slot: number; status: Status; amounts: number[] },
) =>
  tx.run(sql`
    INSERT INTO tally_changes (workspace_id, slot, status, ${columns})
    VALUES (${change.workspaceId}, ${change.slot}, ${change.status}, ${join(change.amounts)})
    ON CONFLICT (workspace_id, slot, status) DO UPDATE SET ${addedToChanges}`)

/** The tallies of one width from `first` up to and without `last`, slot by slot. */
export const talliesBetween = (
  db: Queryable,
  question: Question,
  width: Width,
  first: number,
  last: number,
) =>
  db.all<SumRow>(sql`
    SELECT slot, ${raw(question.by)} AS part, ${sums(question.names)} FROM tallies
    WHERE ${question.scope} AND width = ${width} AND slot >= ${first} AND slot < ${last} ${ofStatus(question)}
    GROUP BY slot, ${raw(question.by)}`)

/** The same in one sum. */
export const tallied = (db: Queryable, question: Question, width: Width, first: number, last: number) =>
  db.all<SumRow>(sql`
    SELECT ${raw(question.by)} AS part, ${sums(question.names)} FROM tallies
    WHERE ${question.scope} AND width = ${width} AND slot >= ${first} AND slot < ${last} ${ofStatus(question)}
    GROUP BY ${raw(question.by)}`)

/** What the tallies do not know yet. */
export const changesBetween = (db: Queryable, question: Question, first: number, last: number) =>
  db.all<SumRow>(sql`
    SELECT slot, ${raw(question.by)} AS part, ${sums(question.names)} FROM tally_changes
    WHERE ${question.scope} AND slot >= ${first} AND slot < ${last} ${ofStatus(question)}
    GROUP BY slot, ${raw(question.by)}`)

/** Row by row, in the order of the ids: for the few jobs that a slot does not tell apart. */
export const sumRows = (
  db: Queryable,
  question: Question,
  fromId: number,
  toId: number | null,
  conditions: Sql = empty,
) =>
  db.all<SumRow>(sql`
    SELECT ${raw(question.by)} AS part, ${rowSums(question.names)} FROM jobs
    WHERE ${question.scope} AND id >= ${fromId} AND id < ${toId ?? Number.MAX_SAFE_INTEGER} ${ofStatus(question)}
      ${conditions}
    GROUP BY ${raw(question.by)}`)

const ofStatus = ({ status }: Question) => (status === undefined ? empty : sql`AND status = ${status}`)

export const changedWorkspaces = (db: Queryable) =>
  db.all<{ workspaceId: number }>(sql`
    SELECT DISTINCT workspace_id AS "workspaceId" FROM tally_changes ORDER BY workspace_id`)

/** The quarter before which there are no more than `limit` rows of changes; undefined when that is all of them. */
export async function changesLimit(tx: Tx, workspaceId: number, limit: number): Promise<number | undefined> {
  const row = await tx.get<{ slot: number }>(sql`
    SELECT slot FROM tally_changes WHERE workspace_id = ${workspaceId} ORDER BY slot LIMIT 1 OFFSET ${limit}`)
  return row?.slot
}

/**
 * Adds the changes before a quarter to the tallies of every width, and is done with them. Widths stand in the text:
 * a bound number counts as a fraction, and a division by it gives one.
 */
export async function foldChanges(tx: Tx, workspaceId: number, before: number): Promise<void> {
  const due = sql`workspace_id = ${workspaceId} AND slot < ${before}`
  for (const width of Object.values(widths)) {
    const slot = raw(`slot / ${width}`)
    await tx.run(sql`
      INSERT INTO tallies (workspace_id, width, slot, status, ${columns})
      SELECT workspace_id, ${width}, ${slot}, status, ${summed} FROM tally_changes
      WHERE ${due}
      GROUP BY workspace_id, ${slot}, status
      ON CONFLICT (workspace_id, width, slot, status) DO UPDATE SET ${addedToTallies}`)
    await tx.run(sql`
      DELETE FROM tallies
      WHERE workspace_id = ${workspaceId} AND width = ${width} AND jobs = 0
        AND slot IN (SELECT ${slot} FROM tally_changes WHERE ${due})`)
  }
  await tx.run(sql`DELETE FROM tally_changes WHERE ${due}`)
}
