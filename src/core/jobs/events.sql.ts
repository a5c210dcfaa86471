import sql, { empty } from 'sql-template-tag'
import type { Queryable } from '../../db/db.ts'
import type { NewAttempt } from '../webhooks/deliveries.sql.ts'
import type { Status } from './status.ts'

interface Told {
  /** Of the row that tells it. */
  id: number
  at: number
  jobId: number
  jobUuid: string
  sourceCallId: string | null
  workspaceId: number
}

/** A line of a job's log with which the job took a status or a run ended. */
export interface ToldByLog extends Told {
  status: Status | null
  runId: number | null
  algorithmId: string | null
  runStatus: 'completed' | 'failed' | null
  errorCode: string | null
}

export interface ToldByAttempt extends Told {
  deliveryId: number
  runId: number
  endpointUuid: string
  outcome: NewAttempt['outcome']
  statusCode: number | null
  errorKind: string | null
  durationMs: number
}

interface Span {
  after: number
  limit: number
  /** Of this job alone. */
  jobId?: number
}

const ofJob = sql`j.id AS "jobId", j.uuid AS "jobUuid", j.source_call_id AS "sourceCallId",
  j.workspace_id AS "workspaceId"`

export const toldByLogs = (db: Queryable, { after, limit, jobId }: Span) =>
  db.all<ToldByLog>(sql`
    SELECT l.id, l.time AS at, ${ofJob}, l.status, l.run_id AS "runId", r.algorithm_id AS "algorithmId",
      r.status AS "runStatus", coalesce(r.error_code, j.error_code) AS "errorCode"
    FROM job_logs l JOIN jobs j ON j.id = l.job_id LEFT JOIN runs r ON r.id = l.run_id
    WHERE l.id > ${after} ${jobId === undefined ? empty : sql`AND l.job_id = ${jobId}`}
      AND (l.status IS NOT NULL OR l.run_id IS NOT NULL)
    ORDER BY l.id
    LIMIT ${limit}`)

/** At the end of the attempt, which is when it was written. */
export const toldByAttempts = (db: Queryable, { after, limit, jobId }: Span) =>
  db.all<ToldByAttempt>(sql`
    SELECT a.id, a.at + a.duration_ms AS at, ${ofJob}, d.id AS "deliveryId", d.run_id AS "runId",
      e.uuid AS "endpointUuid", a.outcome, a.status_code AS "statusCode", a.error_kind AS "errorKind",
      a.duration_ms AS "durationMs"
    FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id JOIN jobs j ON j.id = d.job_id
      JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE a.id > ${after} ${jobId === undefined ? empty : sql`AND d.job_id = ${jobId}`} AND a.outcome IS NOT NULL
    ORDER BY a.id
    LIMIT ${limit}`)

export async function newestTold(db: Queryable): Promise<{ log: number; attempt: number }> {
  const row = await db.get<{ log: number | null; attempt: number | null }>(sql`
    SELECT (SELECT max(id) FROM job_logs) AS log, (SELECT max(id) FROM delivery_attempts) AS attempt`)
  return { log: row?.log ?? 0, attempt: row?.attempt ?? 0 }
}

/** The time of the first row at or above an id. */
export const logTimeFrom = (db: Queryable, id: number) =>
  db.get<{ at: number }>(sql`SELECT time AS at FROM job_logs WHERE id >= ${id} ORDER BY id LIMIT 1`)

export const attemptTimeFrom = (db: Queryable, id: number) =>
  db.get<{ at: number }>(sql`
    SELECT at + duration_ms AS at FROM delivery_attempts WHERE id >= ${id} ORDER BY id LIMIT 1`)
