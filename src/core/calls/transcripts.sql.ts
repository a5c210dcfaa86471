import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export interface StoredTranscript {
  id: number
  callId: number
  language: string | null
  transcriber: string | null
  /** JSON array of turns. */
  turns: string
}

export async function insertTranscript(tx: Tx, transcript: Omit<StoredTranscript, 'id'>): Promise<number> {
  const row = await tx.get<{ id: number }>(sql`
    INSERT INTO transcripts (call_id, language, transcriber, turns, created_at)
    VALUES (${transcript.callId}, ${transcript.language}, ${transcript.transcriber}, ${transcript.turns}, ${tx.now})
    RETURNING id`)
  return row!.id
}

export const getTranscript = (db: Queryable, id: number) =>
  db.get<StoredTranscript>(sql`
    SELECT id, call_id AS "callId", language, transcriber, turns FROM transcripts WHERE id = ${id}`)
