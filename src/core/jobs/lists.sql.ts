import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Queryable } from '../../db/db.ts'
import { type Job, jobColumns } from './jobs.sql.ts'
import type { Status } from './status.ts'

export interface JobConditions {
  workspaceIds: number[]
  /** One, or any of several. */
  status?: Status | readonly Status[]
  sourceCallId?: string
  sourceCompanyId?: string
  algorithmId?: string
  parentJobId?: number
  /** Inclusive; null when no job is as new as that. */
  fromId?: number | null
  /** Exclusive; null when every job is older. */
  toId?: number | null
}

/** Up to this many workspaces each is read in its own index order and merged; beyond, one scan by id is quicker. */
const MAX_MERGED = 50

export async function listJobs(
  db: Queryable,
  conditions: JobConditions,
  limit: number,
  before: number | null,
): Promise<Job[]> {
  const { workspaceIds } = conditions
  if (workspaceIds.length === 0 || conditions.fromId === null) return []
  const older = before === null ? empty : sql`AND id < ${before}`
  if (workspaceIds.length > MAX_MERGED)
    return db.all<Job>(sql`
      SELECT ${jobColumns} FROM jobs
      WHERE +workspace_id IN (${join(workspaceIds)}) ${matching(conditions)} ${older}
      ORDER BY id DESC LIMIT ${limit}`)
  const parts = workspaceIds.map(
    (id) => sql`
      SELECT * FROM (SELECT id FROM jobs WHERE ${hint(conditions)} workspace_id = ${id} ${matching(conditions)} ${older}
        ORDER BY id DESC LIMIT ${limit})`,
  )
  return db.all<Job>(sql`
    SELECT ${jobColumns} FROM jobs
    WHERE id IN (SELECT id FROM (${join(parts, ' UNION ALL ')}) ORDER BY id DESC LIMIT ${limit})
    ORDER BY id DESC`)
}

/** Counts no further than `limit`. */
export async function countJobs(db: Queryable, conditions: JobConditions, limit: number): Promise<number> {
  const { workspaceIds } = conditions
  if (workspaceIds.length === 0 || conditions.fromId === null) return 0
  const row = await db.get<{ count: number }>(sql`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM jobs WHERE ${hint(conditions)} workspace_id IN (${join(workspaceIds)}) ${matching(conditions)}
      LIMIT ${limit})`)
  return row!.count
}

/** Keeps the workspace's own index out of the way where another one finds the few rows that can match at all. */
const hint = ({ sourceCallId, parentJobId }: JobConditions) =>
  raw(sourceCallId !== undefined || parentJobId !== undefined ? '+' : '')

function matching(conditions: JobConditions): Sql {
  const { status, sourceCompanyId, algorithmId, parentJobId, fromId, toId } = conditions
  const parts: Sql[] = []
  if (Array.isArray(status)) parts.push(sql`AND status IN (${join(status)})`)
  else if (status !== undefined) parts.push(sql`AND status = ${status as Status}`)
  if (conditions.sourceCallId !== undefined) parts.push(ofSourceCall(conditions))
  if (sourceCompanyId !== undefined)
    parts.push(sql`AND source_company_id = ${sourceCompanyId} AND source_company_id <> ''`)
  if (parentJobId !== undefined) parts.push(sql`AND parent_job_id = ${parentJobId}`)
  if (algorithmId !== undefined)
    parts.push(
      sql`AND EXISTS (SELECT 1 FROM runs WHERE runs.job_id = jobs.id AND runs.algorithm_id = ${algorithmId})`,
    )
  if (fromId != null) parts.push(sql`AND id >= ${fromId}`)
  if (toId != null) parts.push(sql`AND id < ${toId}`)
  return parts.length === 0 ? empty : join(parts, ' ')
}

/** Children show their parent's source ids and share its call, and only the parents stand in the index. */
function ofSourceCall({ workspaceIds, sourceCallId }: JobConditions): Sql {
  return sql`AND call_id IN (
    SELECT call_id FROM jobs
    WHERE workspace_id IN (${join(workspaceIds)}) AND source_call_id = ${sourceCallId} AND parent_job_id IS NULL)`
}

/** Null when there is none. */
export async function firstIdSince(db: Queryable, time: number): Promise<number | null> {
  const row = await db.get<{ id: number }>(sql`
    SELECT id FROM jobs WHERE created_at >= ${time} ORDER BY created_at, id LIMIT 1`)
  return row?.id ?? null
}
