import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export const verdicts = ['correct', 'incorrect', 'missing', 'spurious'] as const
export type Verdict = (typeof verdicts)[number]

export interface Feedback {
  id: number
  workspaceId: number
  jobId: number
  runId: number
  algorithmId: string
  version: string | null
  revision: number
  reviewer: string | null
  comment: string | null
  isFirst: number
  supersededBy: number | null
  createdAt: number
}

export interface Correction {
  feedbackId: number
  runId: number
  field: string
  fieldGroup: string
  verdict: Verdict
  /** JSON. */
  predicted: string | null
  /** JSON; null when the reviewer gave none. */
  corrected: string | null
  comment: string | null
  supersededBy: number | null
}

export type NewFeedback = Omit<Feedback, 'id' | 'isFirst' | 'supersededBy' | 'createdAt'>
export type NewCorrection = Omit<Correction, 'feedbackId' | 'runId' | 'supersededBy'>

const columns = sql`id, workspace_id AS "workspaceId", job_id AS "jobId", run_id AS "runId",
  algorithm_id AS "algorithmId", version, revision, reviewer, comment, is_first AS "isFirst",
  superseded_by AS "supersededBy", created_at AS "createdAt"`

const correctionColumns = sql`feedback_id AS "feedbackId", run_id AS "runId", field, field_group AS "fieldGroup",
  verdict, predicted, corrected, comment, superseded_by AS "supersededBy"`

export function insertFeedback(tx: Tx, feedback: NewFeedback) {
  return tx.get<Feedback>(sql`
    INSERT INTO feedback (workspace_id, job_id, run_id, algorithm_id, version, revision, reviewer, comment, is_first,
      created_at)
    VALUES (${feedback.workspaceId}, ${feedback.jobId}, ${feedback.runId}, ${feedback.algorithmId},
      ${feedback.version}, ${feedback.revision}, ${feedback.reviewer}, ${feedback.comment},
      CASE WHEN EXISTS (SELECT 1 FROM feedback WHERE run_id = ${feedback.runId}) THEN 0 ELSE 1 END, ${tx.now})
    RETURNING ${columns}`)
}

/** Resolves to the ids of the feedback that these fields had before. */
export async function supersede(tx: Tx, runId: number, fields: string[], by: number): Promise<number[]> {
  const rows = await tx.all<{ feedbackId: number }>(sql`
    UPDATE feedback_corrections SET superseded_by = ${by}
    WHERE run_id = ${runId} AND superseded_by IS NULL AND field IN (${join(fields)})
    RETURNING feedback_id AS "feedbackId"`)
  return [...new Set(rows.map(({ feedbackId }) => feedbackId))]
}

/** Marks those of which no field counts any more. */
export const supersedeWhole = (tx: Tx, ids: number[], by: number) =>
  tx.run(sql`
    UPDATE feedback SET superseded_by = ${by}
    WHERE id IN (${join(ids)}) AND NOT EXISTS (
      SELECT 1 FROM feedback_corrections c WHERE c.feedback_id = feedback.id AND c.superseded_by IS NULL)`)

export function insertCorrections(tx: Tx, { id, runId }: Feedback, corrections: NewCorrection[]) {
  const rows = corrections.map(
    (each) =>
      sql`(${id}, ${runId}, ${each.field}, ${each.fieldGroup}, ${each.verdict}, ${each.predicted}, ${each.corrected},
        ${each.comment})`,
  )
  return tx.run(sql`
    INSERT INTO feedback_corrections (feedback_id, run_id, field, field_group, verdict, predicted, corrected, comment)
    VALUES ${join(rows)}`)
}

export interface FeedbackFilter {
  algorithmId?: string
  version?: string
  jobId?: number
  runId?: number
  field?: string
  verdict?: Verdict
  reviewer?: string
  /** Milliseconds, inclusive. */
  since?: number
  /** Milliseconds, exclusive. */
  until?: number
  /** Also what later feedback has superseded. */
  all?: boolean
}

/** Newest first. Each workspace is read in the order of its own index. */
export async function listFeedback(
  db: Queryable,
  workspaceIds: number[],
  filter: FeedbackFilter,
  limit: number,
  before: number | null,
): Promise<Feedback[]> {
  if (workspaceIds.length === 0) return []
  const older = before === null ? empty : sql`AND id < ${before}`
  const parts = workspaceIds.map(
    (id) => sql`
      SELECT * FROM (SELECT id FROM feedback WHERE workspace_id = ${id} ${matching(filter)} ${older}
        ORDER BY id DESC LIMIT ${limit})`,
  )
  return db.all<Feedback>(sql`
    SELECT ${columns} FROM feedback
    WHERE id IN (SELECT id FROM (${join(parts, ' UNION ALL ')}) ORDER BY id DESC LIMIT ${limit})
    ORDER BY id DESC`)
}

function matching({ field, verdict, all = false, ...filter }: FeedbackFilter): Sql {
  const parts: Sql[] = []
  if (filter.algorithmId !== undefined) parts.push(sql`AND algorithm_id = ${filter.algorithmId}`)
  if (filter.version !== undefined) parts.push(sql`AND version = ${filter.version}`)
  if (filter.jobId !== undefined) parts.push(sql`AND job_id = ${filter.jobId}`)
  if (filter.runId !== undefined) parts.push(sql`AND run_id = ${filter.runId}`)
  if (filter.reviewer !== undefined) parts.push(sql`AND reviewer = ${filter.reviewer}`)
  if (filter.since !== undefined) parts.push(sql`AND created_at >= ${filter.since}`)
  if (filter.until !== undefined) parts.push(sql`AND created_at < ${filter.until}`)
  if (!all) parts.push(sql`AND superseded_by IS NULL`)
  if (field !== undefined || verdict !== undefined)
    parts.push(sql`AND EXISTS (
      SELECT 1 FROM feedback_corrections c
      WHERE c.feedback_id = feedback.id
        ${field === undefined ? empty : sql`AND (c.field = ${field} OR c.field_group = ${field})`}
        ${verdict === undefined ? empty : sql`AND c.verdict = ${verdict}`}
        ${all ? empty : sql`AND c.superseded_by IS NULL`})`)
  return parts.length === 0 ? empty : join(parts, ' ')
}

export async function correctionsOf(db: Queryable, ids: number[]): Promise<Correction[]> {
  if (ids.length === 0) return []
  return db.all<Correction>(sql`
    SELECT ${correctionColumns} FROM feedback_corrections WHERE feedback_id IN (${join(ids)}) ORDER BY feedback_id, id`)
}

export type ReviewedField = Correction & Omit<Feedback, 'id' | 'comment' | 'supersededBy'>

/** What the next feedback of a workspace says, oldest first, without a filter that would make it read on and on. */
export function nextReviewedFields(
  db: Queryable,
  workspaceId: number,
  algorithmId: string | undefined,
  span: { after: number; upTo: number; limit: number },
): Promise<ReviewedField[]> {
  const ofAlgorithm = algorithmId === undefined ? empty : sql`AND algorithm_id = ${algorithmId}`
  return db.all<ReviewedField>(sql`
    SELECT c.feedback_id AS "feedbackId", c.field, c.field_group AS "fieldGroup", c.verdict, c.predicted, c.corrected,
      coalesce(c.comment, f.comment) AS comment, c.superseded_by AS "supersededBy", f.workspace_id AS "workspaceId",
      f.job_id AS "jobId", f.run_id AS "runId", f.algorithm_id AS "algorithmId", f.version, f.revision, f.reviewer,
      f.is_first AS "isFirst", f.created_at AS "createdAt"
    FROM (
      SELECT * FROM feedback
      WHERE workspace_id = ${workspaceId} ${ofAlgorithm} AND id > ${span.after} AND id <= ${span.upTo}
      ORDER BY id
      LIMIT ${span.limit}) f
    JOIN feedback_corrections c ON c.feedback_id = f.id
    ORDER BY f.id, c.id`)
}

export const newestFeedbackId = async (db: Queryable): Promise<number> =>
  (await db.get<{ id: number | null }>(sql`SELECT max(id) AS id FROM feedback`))?.id ?? 0

export const findResult = async (db: Queryable, runId: number): Promise<string | undefined> =>
  (await db.get<{ result: string }>(sql`SELECT result FROM run_results WHERE run_id = ${runId}`))?.result
