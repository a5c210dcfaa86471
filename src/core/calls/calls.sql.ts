import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'

export type Direction = 'inbound' | 'outbound'

export interface Call {
  id: number
  uuid: string
  workspaceId: number
  source: string
  /** ISO 8601 as it came, with its offset. */
  startedAt: string | null
  timeZone: string | null
  direction: Direction | null
  fromNumber: string | null
  toNumber: string | null
  agentName: string | null
  agentChannel: number | null
  language: string | null
  durationMs: number | null
  /** JSON object. */
  metadata: string
}

const columns = sql`id, uuid, workspace_id AS "workspaceId", source, started_at AS "startedAt",
  time_zone AS "timeZone", direction, from_number AS "fromNumber", to_number AS "toNumber",
  agent_name AS "agentName", agent_channel AS "agentChannel", language, duration_ms AS "durationMs", metadata`

export async function insertCall(tx: Tx, call: Omit<Call, 'id' | 'uuid'>): Promise<number> {
  const row = await tx.get<{ id: number }>(sql`
    INSERT INTO calls (uuid, workspace_id, source, started_at, time_zone, direction, from_number, to_number,
      agent_name, agent_channel, language, duration_ms, metadata, created_at)
    VALUES (${newUuid()}, ${call.workspaceId}, ${call.source}, ${call.startedAt}, ${call.timeZone}, ${call.direction},
      ${call.fromNumber}, ${call.toNumber}, ${call.agentName}, ${call.agentChannel}, ${call.language},
      ${call.durationMs}, ${call.metadata}, ${tx.now})
    RETURNING id`)
  return row!.id
}

export const getCall = (db: Queryable, id: number) =>
  db.get<Call>(sql`SELECT ${columns} FROM calls WHERE id = ${id}`)

export const setCallDuration = (tx: Tx, id: number, durationMs: number, language: string | null) =>
  tx.run(sql`
    UPDATE calls SET duration_ms = ${durationMs}, language = coalesce(language, ${language}) WHERE id = ${id}`)
