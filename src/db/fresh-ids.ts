import sql, { raw, type Sql } from 'sql-template-tag'
import type { Tx } from './db.ts'

/** Tables whose ids others remember: one must never name another row later. */
type Remembered = 'jobs' | 'runs'

/** The id of a new row: above all there are and all there were. Further rows of one insert take `NEXT_ID`. */
export const freshId = (table: Remembered): Sql =>
  sql`(SELECT max(id) + 1
    FROM (SELECT max(id) AS id FROM ${raw(table)} UNION ALL SELECT id FROM id_floors WHERE name = ${table}))`

export const NEXT_ID = raw('NULL')

/** Called with the highest id of rows that are about to be deleted. */
export const keepIdsFresh = (tx: Tx, table: Remembered, highest: number) =>
  tx.run(sql`UPDATE id_floors SET id = ${highest} WHERE name = ${table} AND id < ${highest}`)
