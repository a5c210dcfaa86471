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

export async function setRecordingFile(tx: Tx, id: number, file: string, bytes: number): Promise<void> {
  const before = await storedPart(tx, id)
  await tx.run(sql`UPDATE recordings SET file = ${file}, bytes = ${bytes} WHERE id = ${id}`)
  const { workspaceId, durationMs } = await storedPart(tx, id)
  await addStored(tx, workspaceId, durationMs - before.durationMs)
}

/** Nobody names the file any more; one that has an address can be fetched anew. */
export async function forgetRecordingFile(tx: Tx, id: number): Promise<void> {
  const { workspaceId, durationMs } = await storedPart(tx, id)
  await tx.run(sql`UPDATE recordings SET file = NULL, bytes = NULL WHERE id = ${id}`)
  await addStored(tx, workspaceId, -durationMs)
}

/** Also keeps the sum of what the workspace stores. */
export async function setRecordingFacts(
  tx: Tx,
  id: number,
  facts: Pick<Recording, 'format' | 'sampleRate' | 'channels' | 'durationMs' | 'speech'>,
): Promise<void> {
  const before = await storedPart(tx, id)
  await tx.run(sql`
    UPDATE recordings
    SET format = ${facts.format}, sample_rate = ${facts.sampleRate}, channels = ${facts.channels},
      duration_ms = ${facts.durationMs}, speech = ${facts.speech}
    WHERE id = ${id}`)
  const { workspaceId, durationMs } = await storedPart(tx, id)
  await addStored(tx, workspaceId, durationMs - before.durationMs)
}

/** Milliseconds of recordings that the workspace keeps. */
export const storedAudioMs = async (db: Queryable, workspaceId: number): Promise<number> =>
  (
    await db.get<{ durationMs: number }>(sql`
      SELECT duration_ms AS "durationMs" FROM stored_audio WHERE workspace_id = ${workspaceId}`)
  )?.durationMs ?? 0

async function storedPart(db: Queryable, id: number): Promise<{ workspaceId: number; durationMs: number }> {
  const row = await db.get<{ workspaceId: number; durationMs: number }>(sql`
    SELECT c.workspace_id AS "workspaceId",
      CASE WHEN r.file IS NULL THEN 0 ELSE coalesce(r.duration_ms, 0) END AS "durationMs"
    FROM recordings r JOIN calls c ON c.id = r.call_id
    WHERE r.id = ${id}`)
  return row!
}

async function addStored(tx: Tx, workspaceId: number, durationMs: number): Promise<void> {
  if (durationMs === 0) return
  await tx.run(sql`
    INSERT INTO stored_audio (workspace_id, duration_ms) VALUES (${workspaceId}, ${durationMs})
    ON CONFLICT (workspace_id) DO UPDATE SET duration_ms = duration_ms + excluded.duration_ms`)
}

/** Every file that a row names: the others in the folder are left-overs. */
export const recordingFiles = (db: Queryable) =>
  db.all<{ file: string }>(sql`SELECT file FROM recordings WHERE file IS NOT NULL`)
