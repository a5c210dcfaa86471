import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

interface Counted {
  day: number
  jobs: number
  lastJobId: number
}

export const findCounted = (db: Queryable, workspaceId: number) =>
  db.get<Counted>(sql`
    SELECT day, jobs, last_job_id AS "lastJobId" FROM job_quotas WHERE workspace_id = ${workspaceId}`)

export const saveCounted = (tx: Tx, workspaceId: number, { day, jobs, lastJobId }: Counted) =>
  tx.run(sql`
    INSERT INTO job_quotas (workspace_id, day, jobs, last_job_id)
    VALUES (${workspaceId}, ${day}, ${jobs}, ${lastJobId})
    ON CONFLICT (workspace_id) DO UPDATE
    SET day = excluded.day, jobs = excluded.jobs, last_job_id = excluded.last_job_id`)

/** The workspace's jobs with a higher id than `after`, and the highest of them. */
export async function countJobsAfter(db: Queryable, workspaceId: number, after: number) {
  const row = await db.get<{ jobs: number; lastId: number | null }>(sql`
    SELECT count(*) AS jobs, max(id) AS "lastId" FROM jobs WHERE workspace_id = ${workspaceId} AND id > ${after}`)
  return row!
}

/** The highest id that came before `time`. */
export async function lastIdBefore(db: Queryable, time: number): Promise<number> {
  const row = await db.get<{ id: number }>(sql`
    SELECT id FROM jobs WHERE created_at < ${time} ORDER BY created_at DESC, id DESC LIMIT 1`)
  return row?.id ?? 0
}
