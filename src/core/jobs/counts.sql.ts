import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { HOUR } from '../../lib/clock.ts'
import type { Status } from './status.ts'

/** The row that sums up all hours. */
const ALL = 0
export const hourOf = (time: number) => Math.floor(time / HOUR)

/** `by` is 1 when a job reaches a final status and -1 when it leaves it again. */
export const countFinal = (
  tx: Tx,
  job: { workspaceId: number; createdAt: number },
  status: Status,
  by: 1 | -1,
) =>
  tx.run(sql`
    INSERT INTO job_counts (workspace_id, hour, status, count)
    VALUES (${job.workspaceId}, ${ALL}, ${status}, ${by}), (${job.workspaceId}, ${hourOf(job.createdAt)}, ${status}, ${by})
    ON CONFLICT (workspace_id, hour, status) DO UPDATE SET count = count + excluded.count`)

export async function sumAll(
  db: Queryable,
  workspaceIds: number[],
  statuses: readonly Status[],
): Promise<number> {
  const row = await db.get<{ count: number | null }>(sql`
    SELECT sum(count) AS count FROM job_counts
    WHERE workspace_id IN (${join(workspaceIds)}) AND hour = ${ALL} AND status IN (${join([...statuses])})`)
  return row?.count ?? 0
}

/** Jobs created in the whole hours from `fromHour` up to and without `toHour`. */
export async function sumHours(
  db: Queryable,
  workspaceIds: number[],
  statuses: readonly Status[],
  fromHour: number,
  toHour: number,
): Promise<number> {
  const row = await db.get<{ count: number | null }>(sql`
    SELECT sum(count) AS count FROM job_counts
    WHERE workspace_id IN (${join(workspaceIds)}) AND hour >= ${Math.max(fromHour, 1)} AND hour < ${toHour}
      AND status IN (${join([...statuses])})`)
  return row?.count ?? 0
}
