import type { Queryable, Tx } from '../../db/db.ts'
import { type FieldError, Refusal } from '../../lib/refusal.ts'
import type { Actor } from '../tenancy/actors.ts'
import { visibleWorkspaceIds } from '../tenancy/tenants.sql.ts'
import {
  type Correction,
  correctionsOf,
  type Feedback,
  type FeedbackFilter,
  findResult,
  insertCorrections,
  insertFeedback,
  listFeedback,
  type NewCorrection,
  supersede,
  supersedeWhole,
  type Verdict,
} from './feedback.sql.ts'
import { findField, valueAt } from './result-fields.ts'
import type { Run } from './runs.sql.ts'

export interface Review {
  corrections: GivenCorrection[]
  reviewer: string | null
  comment: string | null
}

export interface GivenCorrection {
  field: string
  verdict: Verdict
  /** Undefined when the reviewer does not say what would be right. */
  correctedValue?: unknown
  comment: string | null
}

export type FeedbackWithCorrections = Feedback & { corrections: Correction[] }

/** Only these two say that another value belongs there. */
const CORRECTING: Verdict[] = ['incorrect', 'missing']

/**
 * Takes in what a reviewer found; it takes the place of what was said about the same fields before. `schema` is that
 * of the algorithm's results; without the algorithm any field that the result has can be judged.
 */
export async function giveFeedback(
  tx: Tx,
  run: Run,
  schema: object | undefined,
  review: Review,
): Promise<FeedbackWithCorrections> {
  const stored = await findResult(tx, run.id)
  if (stored === undefined)
    throw new Refusal('conflict', 'The run failed, so there is no result to give feedback on')
  const corrections = judge(JSON.parse(stored), schema, review.corrections)
  const { reviewer, comment } = review
  const feedback = (await insertFeedback(tx, { ...run, runId: run.id, reviewer, comment }))!
  const fields = corrections.map(({ field }) => field)
  const before = await supersede(tx, run.id, fields, feedback.id)
  if (before.length > 0) await supersedeWhole(tx, before, feedback.id)
  await insertCorrections(tx, feedback, corrections)
  return { ...feedback, corrections: await correctionsOf(tx, [feedback.id]) }
}

function judge(result: unknown, schema: object | undefined, given: GivenCorrection[]): NewCorrection[] {
  const errors: FieldError[] = []
  const corrections = given.map((each, at) => {
    const twice = given.findIndex(({ field }) => field === each.field) < at
    const outcome = twice ? problem('field', 'Stands there twice') : judgeOne(result, schema, each)
    if (!('error' in outcome)) return outcome
    const { field, message } = outcome.error
    errors.push({ field: `corrections.${at}.${field}`, message })
    return undefined
  })
  const [first] = errors
  if (first) throw new Refusal('invalid', `${first.field}: ${first.message}`, { errors })
  return corrections as NewCorrection[]
}

function judgeOne(
  result: unknown,
  schema: object | undefined,
  { field, verdict, correctedValue, comment }: GivenCorrection,
): NewCorrection | { error: FieldError } {
  const predicted = valueAt(result, field)
  const known = schema ? findField(schema, field) : predicted === undefined ? undefined : unchecked(field)
  if (!known) return problem('field', 'No such field in the results of the algorithm')
  const isGiven = correctedValue !== undefined && (verdict === 'incorrect' || correctedValue !== null)
  if (isGiven && !CORRECTING.includes(verdict))
    return problem('corrected_value', `Only with ${CORRECTING.join(' or ')}`)
  const fault = isGiven ? known.problemOf(correctedValue) : undefined
  if (fault) return problem('corrected_value', fault)
  return {
    field,
    fieldGroup: known.group,
    verdict,
    predicted: predicted === undefined ? null : JSON.stringify(predicted),
    corrected: isGiven ? JSON.stringify(correctedValue) : null,
    comment,
  }
}

const problem = (field: string, message: string) => ({ error: { field, message } })

/** For runs of an algorithm that is not loaded any more. */
const unchecked = (field: string) => ({ group: field, problemOf: () => undefined })

/** Newest first; `before` is the id that the page before ended with. */
export async function listFeedbackPage(
  db: Queryable,
  actor: Actor,
  filter: FeedbackFilter & { workspaceId?: number },
  page: { limit: number; before: number | null },
): Promise<{ feedback: FeedbackWithCorrections[]; nextBefore: number | null }> {
  const rows = await listFeedback(
    db,
    await workspacesOf(db, actor, filter.workspaceId),
    filter,
    page.limit + 1,
    page.before,
  )
  const shown = rows.slice(0, page.limit)
  const corrections = await correctionsOf(
    db,
    shown.map(({ id }) => id),
  )
  const counting = filter.all ? corrections : corrections.filter(({ supersededBy }) => supersededBy === null)
  return {
    feedback: shown.map((row) => ({
      ...row,
      corrections: counting.filter(({ feedbackId }) => feedbackId === row.id),
    })),
    nextBefore: rows.length > page.limit ? shown.at(-1)!.id : null,
  }
}

export const workspacesOf = (db: Queryable, actor: Actor, workspaceId: number | undefined) =>
  workspaceId === undefined ? visibleWorkspaceIds(db, actor) : Promise.resolve([workspaceId])
