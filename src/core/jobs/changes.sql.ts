import sql from 'sql-template-tag'
import type { Tx } from '../../db/db.ts'
import { type Counted, countedColumns } from './figures.sql.ts'
import type { Job } from './jobs.sql.ts'
import type { Status } from './status.ts'
import { recount } from './tallies.ts'

/** `job` is as it stands, here and in all that follows: what it counted for is taken back. */
export async function markStarted(tx: Tx, job: Job, status: 'transcribing' | 'analyzing'): Promise<void> {
  const startedAt = job.startedAt ?? tx.now
  await tx.run(sql`
    UPDATE jobs SET status = ${status}, stage_detail = NULL, started_at = ${startedAt}, updated_at = ${tx.now}
    WHERE id = ${job.id}`)
  recount(tx, job, { ...job, status, startedAt })
}

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
