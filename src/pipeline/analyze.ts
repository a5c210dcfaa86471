import type { App } from '../app.ts'
import { getCall } from '../core/calls/calls.sql.ts'
import { getRecording } from '../core/calls/recordings.sql.ts'
import { getTranscript } from '../core/calls/transcripts.sql.ts'
import type { Turn } from '../core/calls/transcripts.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { jobInRound, start } from '../core/jobs/transitions.ts'
import type { Queryable, Tx } from '../db/db.ts'
import { HOUR, SECOND } from '../lib/clock.ts'
import type { Stage } from '../queue/worker.ts'
import { callInput } from './call-input.ts'
import { filter } from './filter.ts'
import { type JobPayload, ordersFor } from './orders.ts'
import { type Analysis, failJob, settleAnalysis } from './settle.ts'

const LEASE_MS = HOUR
const ATTEMPTS = 4
const CONCURRENCY = 128

/** Runs the job's algorithms on its transcript. One algorithm's failure is its own: the others still count. */
export const analyze = (app: App): Stage<Job> => ({
  kind: 'analyze',
  concurrency: CONCURRENCY,
  leaseMs: LEASE_MS,
  attempts: ATTEMPTS,
  retryInMs: (attempt) => 5 ** attempt * SECOND,
  suspect: true,
  begin: (tx, payload) => begin(tx, app, payload as JobPayload),
  perform: async (job) => {
    const analysis = await runAlgorithms(app, job)
    return (tx) => settleAnalysis(tx, app, analysis)
  },
  abandon: async (tx, payload, failure) => {
    await failJob(tx, app, payload as JobPayload, failure)
  },
})

async function begin(tx: Tx, app: App, payload: JobPayload): Promise<Job | undefined> {
  const job = await jobInRound(tx, payload, ['queued', 'analyzing'])
  if (!job) return undefined
  if (job.status === 'analyzing') return job
  if (await filter(tx, app, job)) return undefined
  await start(tx, job, 'analyzing', { level: 'info', stage: 'analyzing', message: 'Analysis started' })
  return { ...job, status: 'analyzing' }
}

async function runAlgorithms(app: App, job: Job): Promise<Analysis> {
  const { db } = app
  const call = (await getCall(db, job.callId))!
  const turns = await turnsOf(db, job)
  const recording = job.recordingId === null ? undefined : await getRecording(db, job.recordingId)
  const config = await resolveConfig(db, job.workspaceId)
  const orders = await ordersFor(app, job)
  const outcomes = await app.plugins.analyze({
    call: callInput({ job, call, turns, recording, config }),
    runs: orders.map(({ algorithmId, variables }) => ({ algorithmId, variables })),
    timeLimitMs: app.settings.algorithm_timeout * SECOND,
  })
  return { job, call, turns, recording, outcomes, revisions: orders.map(({ revision }) => revision) }
}

async function turnsOf(db: Queryable, job: Job): Promise<Turn[]> {
  const transcript = job.transcriptId === null ? undefined : await getTranscript(db, job.transcriptId)
  return transcript ? (JSON.parse(transcript.turns) as Turn[]) : []
}
