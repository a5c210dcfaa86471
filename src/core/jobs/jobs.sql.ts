import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { freshId } from '../../db/fresh-ids.ts'
import { newUuid } from '../../lib/ids.ts'
import { visible } from '../tenancy/actors.sql.ts'
import type { Actor } from '../tenancy/actors.ts'
import type { Status } from './status.ts'
import { countIn } from './tallies.ts'

export type JobSource = 'transcript' | 'audio_url' | 'audio_file' | 'on_demand'

export interface Job {
  id: number
  uuid: string
  workspaceId: number
  callId: number
  parentJobId: number | null
  status: Status
  stageDetail: string | null
  source: JobSource
  sourceCallId: string | null
  sourceCompanyId: string | null
  /** JSON array, or null for the workspace's algorithms. */
  algorithmIds: string | null
  analyticsOnly: number
  callStartedAt: string | null
  durationMs: number | null
  language: string | null
  transcriptId: number | null
  recordingId: number | null
  round: number
  skipReason: string | null
  errorCode: string | null
  errorMessage: string | null
  /** Runs of all rounds. */
  runsCompleted: number
  runsFailed: number
  deliveriesPending: number
  deliveriesDelivered: number
  deliveriesFailed: number
  createdAt: number
  startedAt: number | null
  completedAt: number | null
  updatedAt: number
}

export type NewJob = Pick<
  Job,
  | 'workspaceId'
  | 'callId'
  | 'parentJobId'
  | 'status'
  | 'source'
  | 'sourceCallId'
  | 'sourceCompanyId'
  | 'algorithmIds'
  | 'analyticsOnly'
  | 'callStartedAt'
  | 'durationMs'
  | 'language'
  | 'transcriptId'
  | 'recordingId'
>

export const jobColumns = sql`id, uuid, workspace_id AS "workspaceId", call_id AS "callId",
  parent_job_id AS "parentJobId", status, stage_detail AS "stageDetail", source, source_call_id AS "sourceCallId",
  source_company_id AS "sourceCompanyId", algorithm_ids AS "algorithmIds", analytics_only AS "analyticsOnly",
  call_started_at AS "callStartedAt", duration_ms AS "durationMs", language, transcript_id AS "transcriptId",
  recording_id AS "recordingId", round, skip_reason AS "skipReason", error_code AS "errorCode",
  error_message AS "errorMessage", runs_completed AS "runsCompleted", runs_failed AS "runsFailed", deliveries_pending AS "deliveriesPending",
  deliveries_delivered AS "deliveriesDelivered", deliveries_failed AS "deliveriesFailed", created_at AS "createdAt",
  started_at AS "startedAt", completed_at AS "completedAt", updated_at AS "updatedAt"`

/** Absent source ids count as empty when looking for the job that was submitted before. */
export async function insertJob(tx: Tx, job: NewJob): Promise<Job> {
  const inserted = await tx.get<Job>(sql`
    INSERT INTO jobs (id, uuid, workspace_id, call_id, parent_job_id, status, source, source_call_id, source_company_id,
      algorithm_ids, analytics_only, call_started_at, duration_ms, language, transcript_id, recording_id, created_at,
      started_at, updated_at)
    VALUES (${freshId('jobs')}, ${newUuid()}, ${job.workspaceId}, ${job.callId}, ${job.parentJobId}, ${job.status}, ${job.source},
      ${job.sourceCallId}, ${job.sourceCompanyId ?? (job.sourceCallId === null ? null : '')}, ${job.algorithmIds},
      ${job.analyticsOnly}, ${job.callStartedAt}, ${job.durationMs}, ${job.language}, ${job.transcriptId},
      ${job.recordingId}, ${tx.now}, ${job.status === 'queued' ? null : tx.now}, ${tx.now})
    RETURNING ${jobColumns}`)
  countIn(tx, inserted!)
  return inserted!
}

export const getJob = (db: Queryable, id: number) =>
  db.get<Job>(sql`SELECT ${jobColumns} FROM jobs WHERE id = ${id}`)

export const findJobByUuid = (db: Queryable, uuid: string) =>
  db.get<Job>(sql`SELECT ${jobColumns} FROM jobs WHERE uuid = ${uuid}`)

export const findJobBySource = (
  db: Queryable,
  workspaceId: number,
  callId: string,
  companyId: string | null,
) =>
  db.get<Job>(sql`
    SELECT ${jobColumns} FROM jobs
    WHERE workspace_id = ${workspaceId} AND source_call_id = ${callId} AND source_company_id = ${companyId ?? ''}
      AND parent_job_id IS NULL`)

export interface SourceIds {
  sourceCallId: string
  /** Absent counts as empty, as in a submission. */
  sourceCompanyId: string | null
  /** Within the actor's own. */
  workspaceId?: number
}

/** Newest first, at most two: whether there is another one is all that a caller may need to know. */
export function findJobsBySource(db: Queryable, actor: Actor, ids: SourceIds) {
  const within = ids.workspaceId === undefined ? visible(actor, 'id') : sql`id = ${ids.workspaceId}`
  return db.all<Job>(sql`
    SELECT ${jobColumns} FROM jobs
    WHERE workspace_id IN (SELECT id FROM workspaces WHERE ${within}) AND source_call_id = ${ids.sourceCallId}
      AND source_company_id = ${ids.sourceCompanyId ?? ''} AND parent_job_id IS NULL
    ORDER BY id DESC
    LIMIT 2`)
}

export const newestCreatedAt = async (db: Queryable) =>
  (await db.get<{ at: number | null }>(sql`SELECT max(created_at) AS at FROM jobs`))?.at ?? 0

export const findIdempotent = (db: Queryable, workspaceId: number, key: string) =>
  db.get<{ jobId: number; bodyHash: string; createdAt: number }>(sql`
    SELECT job_id AS "jobId", body_hash AS "bodyHash", created_at AS "createdAt" FROM idempotency_keys
    WHERE workspace_id = ${workspaceId} AND key = ${key}`)

export const saveIdempotent = (tx: Tx, workspaceId: number, key: string, bodyHash: string, jobId: number) =>
  tx.run(sql`
    INSERT INTO idempotency_keys (workspace_id, key, body_hash, job_id, created_at)
    VALUES (${workspaceId}, ${key}, ${bodyHash}, ${jobId}, ${tx.now})
    ON CONFLICT (workspace_id, key) DO UPDATE
    SET body_hash = excluded.body_hash, job_id = excluded.job_id, created_at = excluded.created_at`)

export const forgetIdempotent = (tx: Tx, before: number) =>
  tx.run(sql`DELETE FROM idempotency_keys WHERE created_at < ${before}`)
