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

/** Every secret that is kept, in its sealed form. */
export async function findSealed(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ sealed: string }>(sql`
    SELECT sealed FROM webhook_credentials WHERE sealed IS NOT NULL
    UNION ALL
    SELECT sealed_secret FROM webhook_endpoints WHERE sealed_secret IS NOT NULL AND removed_at IS NULL`)
  return rows.map(({ sealed }) => sealed)
}

/** Of the endpoints that deliveries may go to. */
export async function findEndpointUrls(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ url: string }>(sql`
    SELECT DISTINCT url FROM webhook_endpoints
    WHERE removed_at IS NULL AND enabled = 1 AND disabled_at IS NULL`)
  return rows.map(({ url }) => url)
}
