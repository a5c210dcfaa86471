import type { App } from '../app.ts'
import { getCall, setCallDuration } from '../core/calls/calls.sql.ts'
import { beforeMasking, plain } from '../core/calls/originals.ts'
import { insertTranscript } from '../core/calls/transcripts.sql.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import { setDuration, setTranscript } from '../core/jobs/changes.sql.ts'
import { getJob, type Job } from '../core/jobs/jobs.sql.ts'
import { addLogs } from '../core/jobs/logs.sql.ts'
import { enqueueJob } from '../core/jobs/submissions.ts'
import { jobInRound, start } from '../core/jobs/transitions.ts'
import type { Tx } from '../db/db.ts'
import { HOUR, SECOND } from '../lib/clock.ts'
import type { Settle, Stage } from '../queue/worker.ts'
import { beginStage } from './begin.ts'
import { filter } from './filter.ts'
import { type JobPayload, roundOf } from './orders.ts'
import { obtainRecording, RecordingFailure, withChannels } from './recordings.ts'
import { failJob } from './settle.ts'
import { type Transcript, transcribeWith } from './transcribers.ts'

const LEASE_MS = 4 * HOUR
const ATTEMPTS = 8
const CONCURRENCY = 4

/** Gets the recording, hears who speaks when, and has it transcribed, channel by channel. */
export const transcribe = (app: App): Stage<Job> => ({
  kind: 'transcribe',
  concurrency: CONCURRENCY,
  leaseMs: LEASE_MS,
  attempts: ATTEMPTS,
  retryInMs: (attempt) => 5 ** Math.min(attempt, 4) * SECOND,
  suspect: true,
  begin: (tx, payload) => beginStage(tx, app, payload as JobPayload, 'transcribing'),
  perform: (job, { attempt }) => perform(app, job, attempt),
  abandon: async (tx, payload, failure) => {
    await failJob(tx, app, payload as JobPayload, failure)
  },
})

async function perform(app: App, job: Job, attempt: number): Promise<Settle> {
  try {
    const recording = await obtainRecording(app, job, attempt)
    return await withChannels(app, job, recording, async (audio) => {
      const durationMs = job.durationMs ?? audio.duration_ms
      const known = { ...job, durationMs }
      if (await skipped(app, known)) return async () => undefined
      const call = (await getCall(app.db, job.callId))!
      const config = await resolveConfig(app.db, job.workspaceId)
      const outcome = await transcribeWith(app, { audio, call, config })
      if ('transcript' in outcome) return (tx) => settleTranscript(tx, app, known, outcome.transcript)
      return (tx) => failJob(tx, app, roundOf(job), outcome.failure, outcome.logs)
    })
  } catch (error) {
    if (!(error instanceof RecordingFailure)) throw error
    return (tx) => settleFailure(tx, app, job, error)
  }
}

/** The duration is known now, so the filter is asked again before anything costly happens. */
function skipped(app: App, job: Job): Promise<boolean> {
  return app.db.tx(async (tx) => {
    const current = await jobInRound(tx, roundOf(job), ['transcribing'])
    if (!current) return true
    return filter(tx, app, await setDuration(tx, current, job.durationMs!))
  })
}

async function settleTranscript(tx: Tx, app: App, job: Job, transcript: Transcript): Promise<undefined> {
  const standing = await jobInRound(tx, roundOf(job), ['transcribing'])
  if (!standing) return undefined
  const language = job.language ?? transcript.language
  const { redaction } = await resolveConfig(app.db, job.workspaceId)
  const transcriptId = await insertTranscript(tx, {
    callId: job.callId,
    language,
    transcriber: transcript.transcriber,
    ...(redaction.enabled
      ? beforeMasking(app.sealer, job.callId, transcript.turns)
      : plain(transcript.turns)),
  })
  await setTranscript(tx, standing, { transcriptId, durationMs: job.durationMs, language })
  await setCallDuration(tx, job.callId, job.durationMs!, language)
  await addLogs(tx, job.id, [
    ...transcript.logs,
    {
      level: 'info',
      stage: 'transcribing',
      message: `Transcribed by ${transcript.transcriber}`,
      data: { turns: transcript.turns.length },
    },
  ])
  const ready = (await getJob(tx, job.id))!
  await start(tx, ready, 'analyzing', { level: 'info', stage: 'analyzing', message: 'Analysis started' })
  await enqueueJob(tx, ready)
}

async function settleFailure(tx: Tx, app: App, job: Job, error: RecordingFailure) {
  if (error.retryInMs === undefined) {
    return failJob(tx, app, roundOf(job), error.failure)
  }
  await addLogs(tx, job.id, [
    {
      level: 'warn',
      stage: 'transcribing',
      message: `${error.failure.message}; trying again in ${error.retryInMs / SECOND} seconds`,
    },
  ])
  return { retryInMs: error.retryInMs }
}
