import type { App } from '../app.ts'
import { getCall } from '../core/calls/calls.sql.ts'
import { getRecording } from '../core/calls/recordings.sql.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { HOUR, SECOND } from '../lib/clock.ts'
import type { Settle, Stage } from '../queue/worker.ts'
import { beginStage } from './begin.ts'
import { callInput } from './call-input.ts'
import { type Entity, maskedFinding, withoutQuoted } from './masking.ts'
import { type JobPayload, type Order, planFor, roundOf } from './orders.ts'
import { CannotMask, MASKER, type Reading, readTranscript, type Source } from './redaction.ts'
import { type FinishedOutcome, runOrders } from './runs.ts'
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
  begin: (tx, payload) => beginStage(tx, app, payload as JobPayload, 'analyzing'),
  perform: (job) => perform(app, job),
  abandon: async (tx, payload, failure) => {
    await failJob(tx, app, payload as JobPayload, failure)
  },
})

async function perform(app: App, job: Job): Promise<Settle> {
  try {
    const analysis = await runAlgorithms(app, job)
    return (tx) => settleAnalysis(tx, app, analysis)
  } catch (error) {
    if (!(error instanceof CannotMask)) throw error
    const { code, message } = error
    return (tx) => failJob(tx, app, roundOf(job), { code, message })
  }
}

async function runAlgorithms(app: App, job: Job): Promise<Analysis> {
  const { db } = app
  const call = (await getCall(db, job.callId))!
  const recording = job.recordingId === null ? undefined : await getRecording(db, job.recordingId)
  const config = await resolveConfig(db, job.workspaceId)
  const reading = await readTranscript(app, { job, call, recording, config })
  const { orders, left } = await planFor(app, job)
  const outcomes = await runOn(app, { job, call, recording, config }, reading, orders)
  return { job, call, turns: reading.shown, stored: reading.stored, recording, outcomes, left }
}

/** The masker has run already; what the others found may not repeat what it hides. */
async function runOn(app: App, source: Source, { turns, masking }: Reading, orders: Order[]) {
  const others = masking ? orders.filter(({ algorithmId }) => algorithmId !== MASKER) : orders
  const input = callInput({ ...source, turns })
  const outcomes = others.length === 0 ? [] : await runOrders(app, input, others)
  if (!masking) return outcomes
  const found = new Map(
    outcomes.map((outcome) => [outcome.algorithmId, concealed(outcome, masking.entities)]),
  )
  const own: FinishedOutcome = {
    ...masking.outcome,
    baseId: MASKER,
    revision: masking.revision,
    degraded: false,
    usage: null,
  }
  return orders.map(({ algorithmId }) => (algorithmId === MASKER ? own : found.get(algorithmId)!))
}

function concealed(outcome: FinishedOutcome, entities: Entity[]): FinishedOutcome {
  if (outcome.status !== 'completed') return outcome
  const result = outcome.baseId === MASKER ? maskedFinding(outcome.result as Finding) : outcome.result
  return { ...outcome, result: withoutQuoted(result, entities) }
}

type Finding = Parameters<typeof maskedFinding>[0]
