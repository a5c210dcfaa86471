import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { type AudioError, isAudioError } from '../audio/errors.ts'
import type { SplitAudio } from '../audio/scan.ts'
import { splitInThread } from '../audio/threaded.ts'
import {
  forgetRecordingFile,
  getRecording,
  type Recording,
  setRecordingFacts,
  setRecordingFile,
} from '../core/calls/recordings.sql.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { addLogs, type LogLine } from '../core/jobs/logs.sql.ts'
import { newRecordingName } from '../core/jobs/submissions.ts'
import { SECOND } from '../lib/clock.ts'
import { OutboundError } from '../lib/outbound.ts'
import type { JobError } from './settle.ts'

/** The recording cannot be had or read: for good, or until later. */
export class RecordingFailure extends Error {
  constructor(
    readonly failure: JobError,
    readonly retryInMs?: number,
  ) {
    super(failure.message)
  }
}

/** Fetches the recording unless it is here; each attempt starts over. Throws a `RecordingFailure`. */
export async function obtainRecording(
  app: App,
  job: Job,
  attempt: number,
): Promise<Recording & { file: string }> {
  const recording = (await getRecording(app.db, job.recordingId!))!
  if (recording.file !== null) return { ...recording, file: recording.file }
  const file = newRecordingName()
  const temporary = join(app.folders.temporary, file)
  const { limits } = await resolveConfig(app.db, job.workspaceId)
  const maxBytes = Math.min(app.settings.max_upload, limits.upload_bytes ?? Number.POSITIVE_INFINITY)
  const { bytes } = await download(app, recording.url!, { toPath: temporary, maxBytes }, attempt)
  await rename(temporary, join(app.folders.recordings, file))
  await app.db.tx(async (tx) => {
    await setRecordingFile(tx, recording.id, file, bytes)
    await addLogs(tx, job.id, [
      { level: 'info', stage: 'transcribing', message: 'Recording fetched', data: { bytes } },
    ])
  })
  return { ...recording, file, bytes }
}

async function download(
  { outbound, settings }: App,
  url: string,
  target: { toPath: string; maxBytes: number },
  attempt: number,
) {
  try {
    return await outbound.download(url, {
      ...target,
      timeoutMs: settings.audio_fetch_timeout * SECOND,
    })
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const failure = {
      code: 'audio_fetch_failed',
      message: `The recording cannot be fetched: ${error.message}`,
    }
    const scheduled = settings.audio_fetch_retries[attempt - 1]
    if (!error.retryable || scheduled === undefined) throw new RecordingFailure(failure)
    throw new RecordingFailure(failure, Math.max(scheduled, error.retryAfterSeconds ?? 0) * SECOND)
  }
}

/**
 * Splits the recording into a file per channel for the recogniser, and records what can be heard without one.
 * The files are gone when `use` has ended.
 */
export async function withChannels<T>(
  app: App,
  job: Job,
  recording: Recording & { file: string },
  use: (audio: SplitAudio) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(app.folders.temporary, 'channels-'))
  try {
    const audio = await split(app, recording, folder)
    await recordFacts(app, job, recording, audio)
    return await use(audio)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function split(app: App, recording: Recording & { file: string }, folder: string): Promise<SplitAudio> {
  const path = join(app.folders.recordings, recording.file)
  try {
    return await splitInThread(path, folder)
  } catch (error) {
    if (!isAudioError(error)) throw error
    if (recording.url !== null) await forget(app, recording.id, path)
    throw new RecordingFailure({ code: 'audio_unreadable', message: (error as AudioError).message })
  }
}

/** A sign-in page in place of the recording says nothing about the next attempt. */
async function forget({ db }: App, recordingId: number, path: string) {
  await db.tx((tx) => forgetRecordingFile(tx, recordingId))
  await rm(path, { force: true })
}

function recordFacts(app: App, job: Job, recording: Recording, audio: SplitAudio) {
  const losses = audio.warnings.map((message): LogLine => ({ level: 'warn', stage: 'transcribing', message }))
  return app.db.tx(async (tx) => {
    await setRecordingFacts(tx, recording.id, {
      format: audio.format,
      sampleRate: audio.sample_rate,
      channels: audio.channels,
      durationMs: audio.duration_ms,
      speech: JSON.stringify(audio.segments),
    })
    await addLogs(tx, job.id, [...losses, heard(audio)])
  })
}

const heard = (audio: SplitAudio): LogLine => ({
  level: 'info',
  stage: 'transcribing',
  message: 'Recording read',
  data: {
    format: audio.format,
    duration_seconds: audio.duration_ms / 1000,
    sample_rate: audio.sample_rate,
    speech_seconds: audio.segments.map(
      (segments) => segments.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0) / 1000,
    ),
  },
})
