import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { freshId, NEXT_ID } from '../../db/fresh-ids.ts'
import type { DeliveryStatus } from '../webhooks/deliveries.sql.ts'

export interface Run {
  id: number
  uuid: string
  jobId: number
  workspaceId: number
  algorithmId: string
  version: string | null
  revision: number
  round: number
  status: 'completed' | 'failed'
  degraded: number
  confidenceScore: number | null
  errorCode: string | null
  errorMessage: string | null
  usage: string | null
  startedAt: number
  completedAt: number
  durationMs: number
}

export type NewRun = Omit<Run, 'id'>

const columns = sql`id, uuid, job_id AS "jobId", workspace_id AS "workspaceId", algorithm_id AS "algorithmId",
  version, revision, round, status, degraded, confidence_score AS "confidenceScore", error_code AS "errorCode",
  error_message AS "errorMessage", usage, started_at AS "startedAt", completed_at AS "completedAt",
  duration_ms AS "durationMs"`

/** Resolves to their ids, in the order of the runs. */
export async function insertRuns(tx: Tx, runs: NewRun[]): Promise<number[]> {
  if (runs.length === 0) return []
  const values = runs.map(
    (
      run,
      at,
    ) => sql`(${at === 0 ? freshId('runs') : NEXT_ID}, ${run.uuid}, ${run.jobId}, ${run.workspaceId}, ${run.algorithmId}, ${run.version}, ${run.revision},
      ${run.round}, ${run.status}, ${run.degraded}, ${run.confidenceScore}, ${run.errorCode}, ${run.errorMessage},
      ${run.usage}, ${run.startedAt}, ${run.completedAt}, ${run.durationMs})`,
  )
  const rows = await tx.all<{ id: number }>(sql`
    INSERT INTO runs (id, uuid, job_id, workspace_id, algorithm_id, version, revision, round, status, degraded,
      confidence_score, error_code, error_message, usage, started_at, completed_at, duration_ms)
    VALUES ${join(values)}
    RETURNING id`)
  return rows.map(({ id }) => id).sort((one, other) => one - other)
}

export async function insertResults(tx: Tx, results: { runId: number; result: string }[]): Promise<void> {
  if (results.length === 0) return
  const rows = results.map(({ runId, result }) => sql`(${runId}, ${result})`)
  await tx.run(sql`INSERT INTO run_results (run_id, result) VALUES ${join(rows)}`)
}

/** A payload in three pieces, of which the middle one is the same for all that are written together. */
export interface Payload {
  runId: number
  head: string
  tail: string
}

/** What was sent once stays as it was, byte for byte. */
export async function insertPayloads(tx: Tx, common: string, payloads: Payload[]): Promise<void> {
  if (payloads.length === 0) return
  const partId = payloads[0]!.runId
  const rows = payloads.map(({ runId, head, tail }) => sql`(${runId}, ${head}, ${partId}, ${tail})`)
  await tx.run(sql`INSERT INTO payload_parts (id, text) VALUES (${partId}, ${common}) ON CONFLICT DO NOTHING`)
  await tx.run(sql`
    INSERT INTO run_payloads (run_id, head, part_id, tail) VALUES ${join(rows)} ON CONFLICT DO NOTHING`)
}

export const hasPayload = async (db: Queryable, runId: number): Promise<boolean> =>
  (await db.get(sql`SELECT run_id FROM run_payloads WHERE run_id = ${runId}`)) !== undefined

export const getRun = (db: Queryable, id: number) =>
  db.get<Run>(sql`SELECT ${columns} FROM runs WHERE id = ${id}`)

export const findRunByUuid = (db: Queryable, uuid: string) =>
  db.get<Run>(sql`SELECT ${columns} FROM runs WHERE uuid = ${uuid}`)

export const runsOfJob = (db: Queryable, jobId: number) =>
  db.all<Run>(sql`SELECT ${columns} FROM runs WHERE job_id = ${jobId} ORDER BY id`)

export const resultsOfJob = (db: Queryable, jobId: number) =>
  db.all<{ runId: number; result: string }>(sql`
    SELECT r.id AS "runId", p.result FROM runs r JOIN run_results p ON p.run_id = r.id WHERE r.job_id = ${jobId}`)

export const deliveryStatusesOfJob = (db: Queryable, jobId: number) =>
  db.all<{ runId: number; status: DeliveryStatus }>(sql`
    SELECT run_id AS "runId", status FROM deliveries WHERE job_id = ${jobId}`)
