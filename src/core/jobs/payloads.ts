import type { Payload } from '../algorithms/runs.sql.ts'
import type { Call } from '../calls/calls.sql.ts'
import type { Recording } from '../calls/recordings.sql.ts'
import { formatTranscript, type Turn } from '../calls/transcripts.ts'
import type { Job } from './jobs.sql.ts'

/** A run as its payload needs it. */
export interface FinishedRun {
  id: number
  algorithmId: string
  /** The algorithm that this one is a copy of, else itself: its results have the same form. */
  baseId: string
  confidenceScore: number | null
  result: Record<string, unknown> | null
  error: { code: string; message: string } | null
}

/** What all payloads of a job share. */
export interface PayloadSource {
  job: Job
  call: Call
  turns: Turn[]
  recordingUrl: string | null
  runs: FinishedRun[]
}

/** Where the receiver finds the recording: where it came from, or here if the appliance's public address is known. */
export function recordingUrl(job: Job, recording: Recording | undefined, publicUrl?: string): string | null {
  if (!recording) return null
  return recording.url ?? (publicUrl ? `${publicUrl}/api/v1/jobs/${job.id}/recording` : null)
}

const APPOINTMENT = 'appointment_scheduling'

/**
 * The bytes of each run's webhook in three pieces: what the runs have in common is most of it, and is stored once.
 * `now` is the time of the event, and stays that over all attempts.
 */
export function payloadWriter(source: PayloadSource, now: number) {
  const timestamp = new Date(now).toISOString().replace('Z', '000Z')
  return {
    common: JSON.stringify(sharedFields(source)).slice(1, -1),
    write: (run: FinishedRun): Payload => ({
      runId: run.id,
      head: `${opened({ status: run.error ? 'failed' : 'completed', timestamp })},"call":${opened({
        algorithm_run_id: run.id,
        algorithm_id: run.algorithmId,
      })},`,
      tail: `,${JSON.stringify({ confidence_score: run.confidenceScore }).slice(1)},${JSON.stringify({
        data: dataOf(run),
        ...(run.error && { error: run.error }),
      }).slice(1)}`,
    }),
  }
}

/** An object whose end is yet to come. */
const opened = (value: object) => JSON.stringify(value).slice(0, -1)

function dataOf({ baseId, result }: FinishedRun): unknown[] {
  if (!result) return []
  return baseId === APPOINTMENT ? [{ patient: result.patient, appointment: result.appointment }] : [result]
}

/** Facts of the call that its runs found out go with every payload; unknown ones are null. */
function sharedFields({ job, call, turns, recordingUrl, runs }: PayloadSource) {
  const runOf = (id: string) =>
    runs.find(({ algorithmId }) => algorithmId === id) ?? runs.find(({ baseId }) => baseId === id)
  const resultOf = (id: string) => runOf(id)?.result ?? {}
  const appointment = resultOf(APPOINTMENT)
  const sentiment = resultOf('sentiment_v1')
  const summary = resultOf('summary_v1')
  return {
    job_id: job.id,
    recording_url: recordingUrl,
    recording_duration: job.durationMs === null ? null : job.durationMs / 1000,
    ...contacted(call.startedAt),
    answered_by: textOf(appointment.answered_by),
    insurance_type: textOf(appointment.insurance_type),
    extracted_source: textOf(appointment.extracted_source),
    call_sentiment: textOf(appointment.call_sentiment) ?? capitalised(textOf(sentiment.sentiment)),
    call_sentiment_reason: textOf(appointment.call_sentiment_reason) ?? textOf(sentiment.reason),
    call_summary: textOf(appointment.call_summary) ?? textOf(summary.summary),
    call_transcript: turns.length === 0 ? null : formatTranscript(turns, 'text'),
    annotated_transcript: textOf(appointment.annotated_transcript),
  }
}

/** The wall clock of the call, as its own offset has it. */
function contacted(startedAt: string | null) {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/.exec(startedAt ?? '')
  return { contacted_date: match?.[1] ?? null, contacted_time: match?.[2] ?? null }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const capitalised = (text: string | null) => text && text[0]!.toUpperCase() + text.slice(1)
