import { randomUUID } from 'node:crypto'
import type { Db, Tx } from '../../db/db.ts'
import { DAY } from '../../lib/clock.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Sealer } from '../../lib/sealed.ts'
import { enqueue } from '../../queue/tasks.ts'
import { requireAvailable } from '../algorithms/availability.ts'
import type { Catalogue } from '../algorithms/catalogue.ts'
import { type Call, insertCall } from '../calls/calls.sql.ts'
import { beforeMasking, plain } from '../calls/originals.ts'
import { insertRecording } from '../calls/recordings.sql.ts'
import { insertTranscript } from '../calls/transcripts.sql.ts'
import { lastEnd, type Turn } from '../calls/transcripts.ts'
import { resolveConfig } from '../config/resolve.ts'
import type { ResolvedConfig } from '../config/schema.ts'
import { requireEnabled } from '../tenancy/tenant-changes.ts'
import { findIdempotent, findJobBySource, getJob, insertJob, type Job, saveIdempotent } from './jobs.sql.ts'
import { addLogs } from './logs.sql.ts'
import { requireRoom } from './quotas.ts'

/** Where configuration is read as it was committed last, and what seals transcripts that are to be masked. */
export interface House {
  db: Db
  sealer: Sealer
}

export const IDEMPOTENCY_KEPT_MS = 7 * DAY

/** A call as any surface takes it in: with its transcript, the address of its recording, or the recording itself. */
export interface Submission extends Omit<Call, 'id' | 'uuid' | 'source' | 'metadata'> {
  sourceCallId: string | null
  sourceCompanyId: string | null
  metadata: Record<string, unknown>
  algorithmIds: string[] | null
  analyticsOnly: boolean
  content:
    | { source: 'transcript'; turns: Turn[] }
    | { source: 'audio_url'; url: string }
    | { source: 'audio_file'; file: string; bytes: number }
  idempotency?: { key: string; bodyHash: string }
}

/** `created` is false when the call was submitted before: then the first job is the answer. */
export async function submit(
  tx: Tx,
  catalogue: Catalogue,
  submission: Submission,
  house: House,
): Promise<{ job: Job; created: boolean }> {
  const earlier = (await findByKey(tx, submission)) ?? (await findBySource(tx, submission))
  if (earlier) return { job: earlier, created: false }
  const config = await requireOpen(tx, house, submission)
  if (submission.algorithmIds) await requireForWorkspace(tx, catalogue, submission)
  const job = await insert(tx, house, config, submission)
  await remember(tx, submission, job)
  await addLogs(tx, job.id, [
    { level: 'info', stage: 'queued', message: received[job.source], status: 'queued' },
  ])
  await enqueueJob(tx, job)
  return { job, created: true }
}

/** A disabled workspace and one without room take nothing. Resolves to the workspace's configuration. */
async function requireOpen(tx: Tx, { db }: House, { workspaceId, durationMs, content }: Submission) {
  await requireEnabled(db, workspaceId)
  const config = await resolveConfig(db, workspaceId)
  const hasAudio = content.source !== 'transcript'
  const bytes = content.source === 'audio_file' ? content.bytes : null
  await requireRoom(tx, config, { workspaceId, hasAudio, bytes, durationMs })
  return config
}

const requireForWorkspace = (tx: Tx, catalogue: Catalogue, { workspaceId, algorithmIds }: Submission) =>
  requireAvailable(tx, catalogue, { type: 'workspace', id: workspaceId }, algorithmIds ?? [])

const received: Record<Job['source'], string> = {
  transcript: 'Received with its transcript',
  audio_url: 'Received with the address of its recording',
  audio_file: 'Received with its recording',
  on_demand: 'Created to run algorithms on the transcript of another job',
}

/** The task that the job's way begins with; lanes by workspace keep one tenant's flood from the others. */
export function enqueueJob(tx: Tx, job: Job): Promise<void> {
  const kind = job.transcriptId === null ? 'transcribe' : 'analyze'
  return enqueue(tx, { kind, lane: job.workspaceId, payload: { jobId: job.id, round: job.round } })
}

async function findByKey(tx: Tx, { workspaceId, idempotency }: Submission): Promise<Job | undefined> {
  if (!idempotency) return undefined
  const known = await findIdempotent(tx, workspaceId, idempotency.key)
  if (!known || known.createdAt < tx.now - IDEMPOTENCY_KEPT_MS) return undefined
  if (known.bodyHash !== idempotency.bodyHash)
    throw new Refusal('conflict', 'This Idempotency-Key was used with another body')
  return getJob(tx, known.jobId)
}

async function findBySource(tx: Tx, submission: Submission): Promise<Job | undefined> {
  if (submission.sourceCallId === null) return undefined
  const job = await findJobBySource(
    tx,
    submission.workspaceId,
    submission.sourceCallId,
    submission.sourceCompanyId,
  )
  if (job) await remember(tx, submission, job)
  return job
}

async function remember(tx: Tx, { workspaceId, idempotency }: Submission, job: Job) {
  if (idempotency) await saveIdempotent(tx, workspaceId, idempotency.key, idempotency.bodyHash, job.id)
}

async function insert(
  tx: Tx,
  { sealer }: House,
  { redaction }: ResolvedConfig,
  submission: Submission,
): Promise<Job> {
  const { content } = submission
  const durationMs =
    submission.durationMs ?? (content.source === 'transcript' ? lastEnd(content.turns) : null)
  const callId = await insertCall(tx, {
    ...submission,
    source: content.source,
    durationMs,
    metadata: JSON.stringify(submission.metadata),
  })
  const job = await insertJob(tx, {
    ...submission,
    callId,
    durationMs,
    parentJobId: null,
    status: 'queued',
    source: content.source,
    algorithmIds: submission.algorithmIds && JSON.stringify(submission.algorithmIds),
    analyticsOnly: submission.analyticsOnly ? 1 : 0,
    callStartedAt: submission.startedAt,
    ...(await insertContent(tx, callId, submission, redaction.enabled ? sealer : undefined)),
  })
  return job!
}

async function insertContent(
  tx: Tx,
  callId: number,
  { content, language }: Submission,
  sealer: Sealer | undefined,
) {
  if (content.source === 'transcript') {
    const turns = sealer ? beforeMasking(sealer, callId, content.turns) : plain(content.turns)
    return {
      transcriptId: await insertTranscript(tx, { callId, language, transcriber: null, ...turns }),
      recordingId: null,
    }
  }
  const recording =
    content.source === 'audio_url'
      ? { callId, url: content.url, file: null, bytes: null }
      : { callId, url: null, file: content.file, bytes: content.bytes }
  return { transcriptId: null, recordingId: await insertRecording(tx, recording) }
}

/** A fresh name for a file in the recordings folder. */
export const newRecordingName = () => randomUUID()
