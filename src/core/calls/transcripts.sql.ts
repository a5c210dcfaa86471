import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export interface StoredTranscript {
  id: number
  callId: number
  language: string | null
  transcriber: string | null
  /** JSON array of turns; under redaction the masked ones, none until it is masked. */
  turns: string
  /** Under redaction: the unmasked turns, sealed. Null once they are not kept. */
  original: string | null
  masked: number
}

export type TurnsOf = Pick<StoredTranscript, 'turns' | 'original' | 'masked'>

export async function insertTranscript(tx: Tx, transcript: Omit<StoredTranscript, 'id'>): Promise<number> {
  const row = await tx.get<{ id: number }>(sql`
    INSERT INTO transcripts (call_id, language, transcriber, turns, original, masked, created_at)
    VALUES (${transcript.callId}, ${transcript.language}, ${transcript.transcriber}, ${transcript.turns},
      ${transcript.original}, ${transcript.masked}, ${tx.now})
    RETURNING id`)
  return row!.id
}

export const getTranscript = (db: Queryable, id: number) =>
  db.get<StoredTranscript>(sql`
    SELECT id, call_id AS "callId", language, transcriber, turns, original, masked FROM transcripts
    WHERE id = ${id}`)

export const replaceTurns = (tx: Tx, id: number, { turns, original, masked }: TurnsOf) =>
  tx.run(sql`
    UPDATE transcripts SET turns = ${turns}, original = ${original}, masked = ${masked} WHERE id = ${id}`)
