import type { Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { isEmpty } from '../calls/originals.ts'
import { getRecording } from '../calls/recordings.sql.ts'
import { getTranscript } from '../calls/transcripts.sql.ts'
import type { Job } from './jobs.sql.ts'
import { hasRun, type Status } from './status.ts'
import { enqueueJob } from './submissions.ts'
import { finish, startRound } from './transitions.ts'

export const retryModes = ['requeue', 'redeliver', 'rerun'] as const
export type RetryMode = (typeof retryModes)[number]

const requeueable: Status[] = ['failed', 'partial', 'skipped']

/** From the beginning: today's filters, a fresh try at recording and transcript where one is still missing. */
export async function requeue(tx: Tx, job: Job, from: Status[] = requeueable): Promise<Job> {
  if (!from.includes(job.status)) throw wrongState(job, 'requeued')
  if (!(await hasInput(tx, job)))
    throw new Refusal('conflict', 'The transcript and the recording of the job are no longer kept')
  const queued = await startRound(tx, job, 'queued', {
    level: 'info',
    stage: 'queued',
    message: `Requeued, was ${job.status}`,
  })
  await enqueueJob(tx, queued)
  return queued
}

/** The algorithms again, with today's variables, on the transcript there is. */
export async function rerun(tx: Tx, job: Job): Promise<Job> {
  if (!hasRun(job.status) || !(await hasTranscript(tx, job))) throw wrongState(job, 'rerun')
  const analyzing = await startRound(tx, job, 'analyzing', {
    level: 'info',
    stage: 'analyzing',
    message: `Runs again, was ${job.status}`,
  })
  await enqueueJob(tx, analyzing)
  return analyzing
}

export async function cancel(tx: Tx, job: Job): Promise<void> {
  if (job.status !== 'queued') throw wrongState(job, 'cancelled')
  await finish(tx, job, { status: 'cancelled' }, [
    { level: 'info', stage: 'cancelled', message: 'Cancelled' },
  ])
}

/** Retention may have taken what a new round would begin with. */
async function hasInput(tx: Tx, job: Job): Promise<boolean> {
  if (job.transcriptId !== null) return true
  const recording = job.recordingId === null ? undefined : await getRecording(tx, job.recordingId)
  return recording !== undefined && (recording.file !== null || recording.url !== null)
}

/** Whether there is anything for an algorithm to read. */
export async function hasTranscript(tx: Tx, job: Job): Promise<boolean> {
  if (job.transcriptId === null) return false
  const transcript = await getTranscript(tx, job.transcriptId)
  return transcript !== undefined && !isEmpty(transcript)
}

export function wrongState(job: Job, verb: string): Refusal {
  const lacking = verb === 'rerun' && hasRun(job.status) ? ' and has no transcript' : ''
  return new Refusal('conflict', `The job is ${job.status}${lacking} and cannot be ${verb}`)
}
