import type { App } from '../app.ts'
import { insertResults, insertRuns, type NewRun } from '../core/algorithms/runs.sql.ts'
import { type Call, getCall } from '../core/calls/calls.sql.ts'
import { getRecording, type Recording } from '../core/calls/recordings.sql.ts'
import { replaceTurns, type TurnsOf } from '../core/calls/transcripts.sql.ts'
import type { Turn } from '../core/calls/transcripts.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { deliverable } from '../core/jobs/jobs.ts'
import { addLogs, type LogLine } from '../core/jobs/logs.sql.ts'
import { type FinishedRun, recordingUrl } from '../core/jobs/payloads.ts'
import { publish } from '../core/jobs/publishing.ts'
import { type Ending, finish, jobInRound } from '../core/jobs/transitions.ts'
import type { Tx } from '../db/db.ts'
import { newUuid } from '../lib/ids.ts'
import { type JobPayload, type Plan, planFor, roundOf } from './orders.ts'
import { readableTurns } from './redaction.ts'
import type { FinishedOutcome } from './runs.ts'

export interface Analysis {
  job: Job
  call: Call
  /** As they may be shown. */
  turns: Turn[]
  /** How the transcript is kept from now on, when that changes. */
  stored?: TurnsOf
  recording: Recording | undefined
  outcomes: Outcome[]
  left: Plan['left']
}

/** A run of the plugin host, or one that could not even start for a reason of the job's. */
type Outcome =
  | FinishedOutcome
  | (Omit<Extract<FinishedOutcome, { status: 'failed' }>, 'error' | 'version'> & {
      version: string | null
      error: { code: string; message: string }
    })

export interface JobError {
  code: string
  message: string
}

/** Stores the runs, publishes them, and ends the job: `publishing` is over when its deliveries are stored. */
export async function settleAnalysis(
  tx: Tx,
  app: App,
  analysis: Analysis,
  error?: JobError,
): Promise<undefined> {
  const { job, call, turns, recording } = analysis
  const standing = await jobInRound(tx, roundOf(job), ['queued', 'transcribing', 'analyzing'])
  if (!standing) return undefined
  if (analysis.stored && job.transcriptId !== null) await replaceTurns(tx, job.transcriptId, analysis.stored)
  const runs = await saveRuns(tx, analysis)
  const source = {
    job,
    call,
    turns,
    recordingUrl: recordingUrl(job, recording, app.settings.public_url),
    runs,
  }
  const published = deliverable(job)
    ? await publish(tx, app.db, source)
    : { pending: 0, failed: 0, logs: [analyticsOnly] }
  const ending = endingOf(runs, error ?? nothingLeft(analysis))
  const runsFailed = runs.filter((run) => run.error !== null).length
  const counts = { ...published, runsCompleted: runs.length - runsFailed, runsFailed }
  await finish(tx, standing, { ...ending, ...counts }, [
    ...analysis.left.map(leftOut),
    ...analysis.outcomes.flatMap((outcome, at) => runLogs(outcome, runs[at]!.id)),
    ...published.logs,
    endLog(ending),
  ])
  return undefined
}

const analyticsOnly: LogLine = {
  level: 'info',
  stage: 'publishing',
  message: 'Nothing to deliver: the job is for analytics only',
}

/** A job that ends without a word where somebody waits for results would never be noticed. */
function nothingLeft({ outcomes, left }: Analysis): JobError | undefined {
  if (outcomes.length > 0 || left.length === 0) return undefined
  return {
    code: 'no_algorithms',
    message: `All algorithms of the job are deprecated: ${left.map(({ id }) => id).join(', ')}`,
  }
}

const leftOut = ({ id, successor }: Plan['left'][number]): LogLine => ({
  level: 'warn',
  stage: 'analyzing',
  message: `${id} is deprecated and does not run any more${successor ? `; its successor is ${successor}` : ''}`,
  data: { algorithm_id: id, successor },
})

async function saveRuns(tx: Tx, { job, outcomes }: Analysis): Promise<FinishedRun[]> {
  const found = outcomes.map(findingOf)
  const ids = await insertRuns(
    tx,
    outcomes.map((outcome, at) => newRun(job, outcome, found[at]!)),
  )
  const runs = found.map((finding, at) => ({ id: ids[at]!, ...finding }))
  const results = runs.filter(({ result }) => result !== null)
  await insertResults(
    tx,
    results.map(({ id, result }) => ({ runId: id, result: JSON.stringify(result) })),
  )
  return runs
}

function findingOf(outcome: Outcome): Omit<FinishedRun, 'id'> {
  const result = outcome.status === 'completed' ? (outcome.result as Record<string, unknown>) : null
  const error = outcome.status === 'failed' ? outcome.error : null
  const confidenceScore = typeof result?.confidence_score === 'number' ? result.confidence_score : null
  return { algorithmId: outcome.algorithmId, baseId: outcome.baseId, confidenceScore, result, error }
}

function newRun(job: Job, outcome: Outcome, { confidenceScore, error }: Omit<FinishedRun, 'id'>): NewRun {
  const durationMs = Math.round(outcome.durationMs)
  return {
    uuid: newUuid(),
    jobId: job.id,
    workspaceId: job.workspaceId,
    algorithmId: outcome.algorithmId,
    version: outcome.version,
    revision: outcome.revision,
    round: job.round,
    status: outcome.status,
    degraded: outcome.degraded ? 1 : 0,
    confidenceScore,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    usage: outcome.usage && JSON.stringify(outcome.usage),
    startedAt: Math.round(outcome.startedAt),
    completedAt: Math.round(outcome.startedAt) + durationMs,
    durationMs,
  }
}

function endingOf(runs: FinishedRun[], error: JobError | undefined): Ending {
  if (error) return { status: 'failed', errorCode: error.code, errorMessage: error.message }
  const failed = runs.filter((run) => run.error !== null)
  if (failed.length === 0) return { status: 'completed' }
  if (failed.length < runs.length) return { status: 'partial' }
  return {
    status: 'failed',
    errorCode: 'all_runs_failed',
    errorMessage: runs.length === 1 ? failed[0]!.error!.message : `All ${runs.length} algorithm runs failed`,
  }
}

function runLogs(outcome: Outcome, runId: number): LogLine[] {
  const data = { algorithm_id: outcome.algorithmId, duration_ms: Math.round(outcome.durationMs) }
  const said = outcome.logs.map(
    (line): LogLine => ({
      level: line.level,
      stage: 'analyzing',
      message: line.message,
      data: { ...line.data, algorithm_id: outcome.algorithmId },
    }),
  )
  const end: LogLine =
    outcome.status === 'completed'
      ? { level: 'info', stage: 'analyzing', message: `${outcome.algorithmId} completed`, data }
      : {
          level: 'error',
          stage: 'analyzing',
          message: `${outcome.algorithmId} failed: ${outcome.error.message}`,
          data: { ...data, code: outcome.error.code },
        }
  return [...said, { ...end, runId }]
}

const endLog = ({ status, errorMessage }: Ending): LogLine => ({
  level: status === 'failed' ? 'error' : status === 'partial' ? 'warn' : 'info',
  stage: status,
  message: errorMessage ?? `Ended ${status}`,
})

/** Ends a job that cannot go on: each of its algorithms gets a failed run with the reason, and is delivered. */
export async function failJob(
  tx: Tx,
  app: App,
  payload: JobPayload,
  error: JobError,
  logs: LogLine[] = [],
): Promise<undefined> {
  const job = await jobInRound(tx, payload, ['queued', 'transcribing', 'analyzing'])
  if (!job) return undefined
  const call = (await getCall(tx, job.callId))!
  const recording = job.recordingId === null ? undefined : await getRecording(tx, job.recordingId)
  const { orders, left } = await planFor(app, job)
  const outcomes = orders.map(
    ({ algorithmId, baseId, version, revision }): Outcome => ({
      algorithmId,
      baseId,
      version,
      revision,
      degraded: false,
      status: 'failed',
      error,
      durationMs: 0,
      startedAt: tx.now,
      logs: [],
      usage: null,
    }),
  )
  if (logs.length > 0) await addLogs(tx, job.id, logs)
  return settleAnalysis(
    tx,
    app,
    { job, call, turns: await readableTurns(app, tx, job), recording, outcomes, left },
    error,
  )
}
