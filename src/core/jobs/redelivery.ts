import type { Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { findCopies } from '../algorithms/copies.sql.ts'
import { hasPayload, type Run, resultsOfJob, runsOfJob } from '../algorithms/runs.sql.ts'
import { getCall } from '../calls/calls.sql.ts'
import { getRecording } from '../calls/recordings.sql.ts'
import { getTranscript } from '../calls/transcripts.sql.ts'
import type { Turn } from '../calls/transcripts.ts'
import {
  type Delivery,
  deliveriesToPresent,
  exhaustedOfEndpoint,
  restartDelivery,
} from '../webhooks/deliveries.sql.ts'
import { moveDeliveries } from './changes.sql.ts'
import { getJob, type Job } from './jobs.sql.ts'
import { addLogs } from './logs.sql.ts'
import { type FinishedRun, type PayloadSource, recordingUrl } from './payloads.ts'
import { enqueueDelivery, hastenDelivery, publish } from './publishing.ts'
import { wrongState } from './retries.ts'
import { hasRun } from './status.ts'

/** Most that one request to replay a disabled endpoint puts back at once. */
const REPLAY_LIMIT = 10_000

/** What a payload is made of that the transaction does not hold: `db` has the configuration as committed last. */
export interface Sources {
  db: Queryable
  publicUrl: string | undefined
}

/** All deliveries of the job again: same bytes, same ids, a schedule from the start. */
export async function redeliverJob(tx: Tx, from: Sources, job: Job): Promise<void> {
  if (!hasRun(job.status)) throw wrongState(job, 'redelivered')
  const runs = (await runsOfJob(tx, job.id)).filter(({ round }) => round === job.round)
  for (const run of runs) await redeliverOrPublish(tx, from, job, run)
  await addLogs(tx, job.id, [{ level: 'info', stage: 'publishing', message: 'Redelivery requested' }])
}

/** A run that was never delivered goes to today's endpoints. */
export async function redeliverRun(tx: Tx, from: Sources, run: Run): Promise<number[]> {
  const job = (await getJob(tx, run.jobId))!
  const ids = await redeliverOrPublish(tx, from, job, run)
  if (ids.length === 0) throw new Refusal('conflict', 'No webhook endpoint is configured for this run')
  await addLogs(tx, job.id, [
    {
      level: 'info',
      stage: 'publishing',
      message: 'Redelivery requested',
      data: { algorithm_id: run.algorithmId },
    },
  ])
  return ids
}

/** To the endpoints it went to, as far as they are still there; else to today's. */
async function redeliverOrPublish(tx: Tx, { db, publicUrl }: Sources, job: Job, run: Run): Promise<number[]> {
  const earlier = await deliveriesToPresent(tx, run.id)
  if (earlier.length > 0 && !(await hasPayload(tx, run.id))) throw notKept()
  for (const delivery of earlier) await restartOne(tx, delivery)
  if (earlier.length > 0) return earlier.map(({ id }) => id)
  const source = await payloadSource(tx, job, publicUrl)
  if (source.runs.some(({ id, result, error }) => id === run.id && !result && !error)) throw notKept()
  const published = await publish(
    tx,
    db,
    source,
    source.runs.filter(({ id }) => id === run.id),
  )
  await moveDeliveries(tx, job.id, { pending: published.pending, delivered: 0, failed: published.failed })
  return published.deliveryIds
}

const notKept = () =>
  new Refusal('conflict', 'What was delivered is no longer kept: the retention of the workspace has ended')

async function restartOne(tx: Tx, delivery: Delivery) {
  if (delivery.status === 'pending') return
  if (delivery.status === 'retrying') return hastenDelivery(tx, delivery.endpointId, delivery.id)
  await restartDelivery(tx, delivery.id)
  await moveDeliveries(tx, delivery.jobId, {
    pending: 1,
    delivered: delivery.status === 'delivered' ? -1 : 0,
    failed: delivery.status === 'exhausted' ? -1 : 0,
  })
  await enqueueDelivery(tx, delivery.endpointId, delivery.id)
}

/** Sends what an endpoint missed; resolves to how many deliveries that are. */
export async function replayEndpoint(tx: Tx, endpointId: number): Promise<number> {
  const missed = await exhaustedOfEndpoint(tx, endpointId, REPLAY_LIMIT)
  for (const delivery of missed) await restartOne(tx, delivery)
  return missed.length
}

export async function payloadSource(tx: Tx, job: Job, publicUrl?: string): Promise<PayloadSource> {
  const transcript = job.transcriptId === null ? undefined : await getTranscript(tx, job.transcriptId)
  const recording = job.recordingId === null ? undefined : await getRecording(tx, job.recordingId)
  return {
    job,
    call: (await getCall(tx, job.callId))!,
    turns: transcript ? (JSON.parse(transcript.turns) as Turn[]) : [],
    recordingUrl: recordingUrl(job, recording, publicUrl),
    runs: await finishedRuns(tx, job),
  }
}

async function finishedRuns(tx: Tx, job: Job): Promise<FinishedRun[]> {
  const results = new Map((await resultsOfJob(tx, job.id)).map(({ runId, result }) => [runId, result]))
  const runs = (await runsOfJob(tx, job.id)).filter(({ round }) => round === job.round)
  const copies = await findCopies(tx, [...new Set(runs.map(({ algorithmId }) => algorithmId))])
  const baseOf = new Map(copies.map(({ algorithmId, baseId }) => [algorithmId, baseId]))
  return runs.map((run) => ({
    id: run.id,
    algorithmId: run.algorithmId,
    baseId: baseOf.get(run.algorithmId) ?? run.algorithmId,
    confidenceScore: run.confidenceScore,
    result: results.has(run.id) ? (JSON.parse(results.get(run.id)!) as Record<string, unknown>) : null,
    error: run.errorCode === null ? null : { code: run.errorCode, message: run.errorMessage ?? '' },
  }))
}
