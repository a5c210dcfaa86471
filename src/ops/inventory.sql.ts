import sql, { raw } from 'sql-template-tag'
import type { Queryable } from '../db/db.ts'

const COUNTED = ['workspaces', 'calls', 'transcripts', 'recordings', 'jobs', 'runs', 'deliveries', 'tasks']

/** Rows of the tables whose loss somebody would notice. */
export async function countRows(db: Queryable): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of COUNTED) {
    const row = await db.get<{ count: number }>(sql`SELECT count(*) AS count FROM ${raw(table)}`)
    counts[table] = row!.count
  }
  return counts
}
