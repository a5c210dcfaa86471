import sql, { join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { type Job, jobColumns } from './jobs.sql.ts'

export const jobsOfCall = (db: Queryable, callId: number) =>
  db.all<Job>(sql`SELECT ${jobColumns} FROM jobs WHERE call_id = ${callId} ORDER BY id`)

/** Whether an attempt of one of the jobs' deliveries is under way: only few tasks ever run at once. */
export async function isDelivering(db: Queryable, jobIds: number[]): Promise<boolean> {
  const running = await db.all<{ payload: string }>(sql`
    SELECT payload FROM tasks WHERE state = 'running' AND kind = 'deliver'`)
  if (running.length === 0) return false
  const ids = running.map(({ payload }) => (JSON.parse(payload) as { deliveryId: number }).deliveryId)
  const found = await db.get(sql`
    SELECT id FROM deliveries WHERE id IN (${join(ids)}) AND job_id IN (${join(jobIds)}) LIMIT 1`)
  return found !== undefined
}

export const highestRunId = async (db: Queryable, jobIds: number[]): Promise<number> =>
  (await db.get<{ id: number | null }>(
    sql`SELECT max(id) AS id FROM runs WHERE job_id IN (${join(jobIds)})`,
  ))!.id ?? 0

export const recordingsOfCall = (db: Queryable, callId: number) =>
  db.all<{ id: number; file: string | null }>(sql`SELECT id, file FROM recordings WHERE call_id = ${callId}`)

/** Every row about the call and its jobs; those that refer to others go first. */
export async function deleteRows(tx: Tx, callId: number, jobIds: number[]): Promise<void> {
  const jobs = join(jobIds)
  const runs = sql`SELECT id FROM runs WHERE job_id IN (${jobs})`
  const statements: Sql[] = [
    sql`DELETE FROM feedback_corrections
      WHERE feedback_id IN (SELECT id FROM feedback WHERE job_id IN (${jobs}))`,
    sql`DELETE FROM feedback WHERE job_id IN (${jobs})`,
    sql`DELETE FROM delivery_attempts
      WHERE delivery_id IN (SELECT id FROM deliveries WHERE job_id IN (${jobs}))`,
    sql`DELETE FROM deliveries WHERE job_id IN (${jobs})`,
    sql`DELETE FROM payload_parts WHERE id IN (${runs})`,
    sql`DELETE FROM run_payloads WHERE run_id IN (${runs})`,
    sql`DELETE FROM run_results WHERE run_id IN (${runs})`,
    sql`DELETE FROM runs WHERE job_id IN (${jobs})`,
    sql`DELETE FROM job_logs WHERE job_id IN (${jobs})`,
    sql`DELETE FROM idempotency_keys WHERE job_id IN (${jobs})`,
    sql`DELETE FROM jobs WHERE call_id = ${callId}`,
    sql`DELETE FROM transcripts WHERE call_id = ${callId}`,
    sql`DELETE FROM recordings WHERE call_id = ${callId}`,
    sql`DELETE FROM calls WHERE id = ${callId}`,
  ]
  for (const statement of statements) await tx.run(statement)
}
