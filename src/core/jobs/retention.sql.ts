import sql, { join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { type Job, jobColumns } from './jobs.sql.ts'

export const retentionKinds = ['audio', 'transcript', 'result', 'log'] as const
export type RetentionKind = (typeof retentionKinds)[number]

export const allWorkspaceIds = async (db: Queryable): Promise<number[]> =>
  (await db.all<{ id: number }>(sql`SELECT id FROM workspaces ORDER BY id`)).map(({ id }) => id)

export const markOf = async (db: Queryable, workspaceId: number, kind: RetentionKind): Promise<number> =>
  (
    await db.get<{ jobId: number }>(sql`
      SELECT job_id AS "jobId" FROM retention_marks WHERE workspace_id = ${workspaceId} AND kind = ${kind}`)
  )?.jobId ?? 0

export const setMark = (tx: Tx, workspaceId: number, kind: RetentionKind, jobId: number) =>
  tx.run(sql`
    INSERT INTO retention_marks (workspace_id, kind, job_id) VALUES (${workspaceId}, ${kind}, ${jobId})
    ON CONFLICT (workspace_id, kind) DO UPDATE SET job_id = excluded.job_id`)

/** A new round of an old job brings new things that will be due. */
export const moveMarksBefore = (tx: Tx, { workspaceId, id }: Pick<Job, 'workspaceId' | 'id'>) =>
  tx.run(sql`
    UPDATE retention_marks SET job_id = ${id - 1} WHERE workspace_id = ${workspaceId} AND job_id >= ${id}`)

/** In the order of their ids, which is that of their coming. */
export const jobsBetween = (
  db: Queryable,
  workspaceId: number,
  after: number,
  before: number,
  limit: number,
) =>
  db.all<Job>(sql`
    SELECT ${jobColumns} FROM jobs
    WHERE workspace_id = ${workspaceId} AND id > ${after} AND id < ${before}
    ORDER BY id
    LIMIT ${limit}`)

/** The first id that came at or after `time`, and one above all when none did. */
export async function firstIdFrom(db: Queryable, time: number): Promise<number> {
  const row = await db.get<{ id: number }>(sql`
    SELECT id FROM jobs WHERE created_at >= ${time} ORDER BY created_at, id LIMIT 1`)
  return row?.id ?? Number.MAX_SAFE_INTEGER
}

export const keptFiles = (db: Queryable, recordingIds: number[]) =>
  recordingIds.length === 0
    ? Promise.resolve([])
    : db.all<{ id: number; file: string }>(sql`
        SELECT id, file FROM recordings WHERE id IN (${join(recordingIds)}) AND file IS NOT NULL`)

/** Whether a job that still works, or may be sent again by itself, reads the transcript or recording. */
export const isInUse = async (db: Queryable, callId: number): Promise<boolean> =>
  (await db.get(sql`
    SELECT id FROM jobs
    WHERE call_id = ${callId} AND status IN ('queued', 'transcribing', 'analyzing', 'publishing')
    LIMIT 1`)) !== undefined

export async function deleteTranscript(tx: Tx, id: number): Promise<void> {
  await tx.run(sql`UPDATE jobs SET transcript_id = NULL WHERE transcript_id = ${id}`)
  await tx.run(sql`DELETE FROM transcripts WHERE id = ${id}`)
}

/** The bodies of deliveries have both results and transcript in them. */
export const deletePayloads = (tx: Tx, jobId: number) =>
  runAll(tx, [
    sql`DELETE FROM payload_parts WHERE id IN (SELECT id FROM runs WHERE job_id = ${jobId})`,
    sql`DELETE FROM run_payloads WHERE run_id IN (SELECT id FROM runs WHERE job_id = ${jobId})`,
  ])

/** Verdicts of reviewers stay for the statistics, without the values that they are about. */
export const deleteResults = (tx: Tx, jobId: number) =>
  runAll(tx, [
    sql`DELETE FROM run_results WHERE run_id IN (SELECT id FROM runs WHERE job_id = ${jobId})`,
    sql`UPDATE delivery_attempts SET response_excerpt = NULL
      WHERE response_excerpt IS NOT NULL
        AND delivery_id IN (SELECT id FROM deliveries WHERE job_id = ${jobId})`,
    sql`UPDATE feedback SET comment = NULL WHERE job_id = ${jobId} AND comment IS NOT NULL`,
    sql`UPDATE feedback_corrections SET predicted = NULL, corrected = NULL, comment = NULL
      WHERE feedback_id IN (SELECT id FROM feedback WHERE job_id = ${jobId})`,
  ])

export const deleteLogs = (tx: Tx, jobId: number) =>
  runAll(tx, [sql`DELETE FROM job_logs WHERE job_id = ${jobId}`])

async function runAll(tx: Tx, statements: Sql[]): Promise<void> {
  for (const statement of statements) await tx.run(statement)
}
