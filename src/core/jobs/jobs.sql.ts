import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { freshId } from '../../db/fresh-ids.ts'
import { newUuid } from '../../lib/ids.ts'
import { visible } from '../tenancy/actors.sql.ts'
import type { Actor } from '../tenancy/actors.ts'
import { type Counted, countedColumns } from './figures.sql.ts'
import type { Status } from './status.ts'
import { countIn, recount } from './tallies.ts'

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

/** `job` is as it stands, here and in all that follows: what it counted for is taken back. */
export async function markStarted(tx: Tx, job: Job, status: 'transcribing' | 'analyzing'): Promise<void> {
  const startedAt = job.startedAt ?? tx.now
  await tx.run(sql`
    UPDATE jobs SET status = ${status}, stage_detail = NULL, started_at = ${startedAt}, updated_at = ${tx.now}
    WHERE id = ${job.id}`)
  recount(tx, job, { ...job, status, startedAt })
}

export const setStageDetail = (tx: Tx, id: number, detail: string) =>
  tx.run(sql`UPDATE jobs SET stage_detail = ${detail}, updated_at = ${tx.now} WHERE id = ${id}`)

export interface JobEnd {
  status: Status
  skipReason?: string
  errorCode?: string | null
  errorMessage?: string | null
  /** Deliveries and runs that were stored with it. */
  pending?: number
  failed?: number
  runsCompleted?: number
  runsFailed?: number
}

export async function markFinished(tx: Tx, job: Job, end: JobEnd): Promise<void> {
  const after = {
    ...job,
    status: end.status,
    completedAt: tx.now,
    deliveriesPending: job.deliveriesPending + (end.pending ?? 0),
    deliveriesFailed: job.deliveriesFailed + (end.failed ?? 0),
    runsCompleted: job.runsCompleted + (end.runsCompleted ?? 0),
    runsFailed: job.runsFailed + (end.runsFailed ?? 0),
  }
  await tx.run(sql`
    UPDATE jobs
    SET status = ${after.status}, stage_detail = NULL, skip_reason = ${end.skipReason ?? null},
      error_code = ${end.errorCode ?? null}, error_message = ${end.errorMessage ?? null},
      runs_completed = runs_completed + ${end.runsCompleted ?? 0}, runs_failed = runs_failed + ${end.runsFailed ?? 0},
      deliveries_pending = deliveries_pending + ${end.pending ?? 0},
      deliveries_failed = deliveries_failed + ${end.failed ?? 0}, completed_at = ${tx.now}, updated_at = ${tx.now}
    WHERE id = ${job.id}`)
  recount(tx, job, after)
}

/** Starts a new round: what was decided before does not count any more. */
export async function restart(tx: Tx, job: Job, status: 'queued' | 'analyzing'): Promise<void> {
  const startedAt = status === 'queued' ? null : tx.now
  await tx.run(sql`
    UPDATE jobs
    SET status = ${status}, stage_detail = NULL, skip_reason = NULL, error_code = NULL, error_message = NULL,
      round = round + 1, started_at = ${startedAt}, completed_at = NULL, updated_at = ${tx.now}
    WHERE id = ${job.id}`)
  recount(tx, job, { ...job, status, startedAt, completedAt: null })
}

export async function setTranscript(
  tx: Tx,
  job: Job,
  values: Pick<Job, 'transcriptId' | 'durationMs' | 'language'>,
): Promise<void> {
  await tx.run(sql`
    UPDATE jobs
    SET transcript_id = ${values.transcriptId}, duration_ms = ${values.durationMs}, language = ${values.language},
      updated_at = ${tx.now}
    WHERE id = ${job.id}`)
  recount(tx, job, { ...job, ...values })
}

export async function setDuration(tx: Tx, job: Job, durationMs: number): Promise<Job> {
  await tx.run(sql`UPDATE jobs SET duration_ms = ${durationMs}, updated_at = ${tx.now} WHERE id = ${job.id}`)
  recount(tx, job, { ...job, durationMs })
  return { ...job, durationMs }
}

/** The only change that needs no look at the row before: it tells what it was by what it has become. */
export async function moveDeliveries(
  tx: Tx,
  id: number,
  by: { pending: number; delivered: number; failed: number },
): Promise<void> {
  const after = await tx.get<Counted>(sql`
    UPDATE jobs
    SET deliveries_pending = deliveries_pending + ${by.pending},
      deliveries_delivered = deliveries_delivered + ${by.delivered},
      deliveries_failed = deliveries_failed + ${by.failed}, updated_at = ${tx.now}
    WHERE id = ${id}
    RETURNING ${countedColumns}`)
  if (!after) return
  const { deliveriesPending, deliveriesDelivered, deliveriesFailed } = after
  recount(
    tx,
    {
      ...after,
      deliveriesPending: deliveriesPending - by.pending,
      deliveriesDelivered: deliveriesDelivered - by.delivered,
      deliveriesFailed: deliveriesFailed - by.failed,
    },
    after,
  )
}

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
