import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export interface Recording {
  id: number
  callId: number
  /** Where it was or will be fetched from; null for uploads. */
  url: string | null
  /** Name of the file in the recordings folder; null until it was fetched. */
  file: string | null
  bytes: number | null
  format: string | null
  sampleRate: number | null
  channels: number | null
  durationMs: number | null
  /** JSON: speech segments per channel. */
  speech: string | null
}

const columns = sql`id, call_id AS "callId", url, file, bytes, format, sample_rate AS "sampleRate", channels,
  duration_ms AS "durationMs", speech`

export async function insertRecording(
  tx: Tx,
  recording: Pick<Recording, 'callId' | 'url' | 'file' | 'bytes'>,
) {
  const row = await tx.get<{ id: number }>(sql`
    INSERT INTO recordings (call_id, url, file, bytes, created_at)
    VALUES (${recording.callId}, ${recording.url}, ${recording.file}, ${recording.bytes}, ${tx.now})
    RETURNING id`)
  return row!.id
}

export const getRecording = (db: Queryable, id: number) =>
  db.get<Recording>(sql`SELECT ${columns} FROM recordings WHERE id = ${id}`)

export const setRecordingFile = (tx: Tx, id: number, file: string, bytes: number) =>
  tx.run(sql`UPDATE recordings SET file = ${file}, bytes = ${bytes} WHERE id = ${id}`)

/** So that the next attempt fetches it anew. */
export const forgetRecordingFile = (tx: Tx, id: number) =>
  tx.run(sql`UPDATE recordings SET file = NULL, bytes = NULL WHERE id = ${id}`)

export const setRecordingFacts = (
  tx: Tx,
  id: number,
  facts: Pick<Recording, 'format' | 'sampleRate' | 'channels' | 'durationMs' | 'speech'>,
) =>
  tx.run(sql`
    UPDATE recordings
    SET format = ${facts.format}, sample_rate = ${facts.sampleRate}, channels = ${facts.channels},
      duration_ms = ${facts.durationMs}, speech = ${facts.speech}
    WHERE id = ${id}`)

/** Every file that a row names: the others in the folder are left-overs. */
export const recordingFiles = (db: Queryable) =>
  db.all<{ file: string }>(sql`SELECT file FROM recordings WHERE file IS NOT NULL`)
