import type { Queryable } from '../../db/db.ts'
import type { Actor } from '../tenancy/actors.ts'
import {
  type FeedbackFilter,
  newestFeedbackId,
  nextReviewedFields,
  type ReviewedField,
} from './feedback.sql.ts'
import { workspacesOf } from './feedback.ts'

/** Bounds how long one read keeps the event loop, and how much is held at once. */
const SLICE = 200

/**
 * All reviewed fields of a filter in slices, workspace by workspace and oldest first, as they counted when the first
 * slice was read: what is given or superseded meanwhile changes nothing. Others get their turn between two slices.
 */
export async function* feedbackSlices(
  db: Queryable,
  actor: Actor,
  filter: FeedbackFilter & { workspaceId?: number },
): AsyncGenerator<ReviewedField[]> {
  const upTo = await newestFeedbackId(db)
  const isWanted = matcher(filter, upTo)
  for (const workspaceId of await workspacesOf(db, actor, filter.workspaceId)) {
    for (let after = 0; ; ) {
      const rows = await nextReviewedFields(db, workspaceId, filter.algorithmId, {
        after,
        upTo,
        limit: SLICE,
      })
      if (rows.length === 0) break
      after = rows.at(-1)!.feedbackId
      yield rows.map((row) => asOf(row, upTo)).filter(isWanted)
      await new Promise(setImmediate)
    }
  }
}

const asOf = (row: ReviewedField, upTo: number): ReviewedField =>
  row.supersededBy !== null && row.supersededBy > upTo ? { ...row, supersededBy: null } : row

function matcher(filter: FeedbackFilter, upTo: number) {
  const { since = 0, until = Number.POSITIVE_INFINITY } = filter
  const fits = <T>(wanted: T | undefined, found: T) => wanted === undefined || wanted === found
  return (row: ReviewedField) =>
    row.feedbackId <= upTo &&
    (filter.all === true || row.supersededBy === null) &&
    row.createdAt >= since &&
    row.createdAt < until &&
    fits(filter.version, row.version) &&
    fits(filter.jobId, row.jobId) &&
    fits(filter.runId, row.runId) &&
    fits(filter.reviewer, row.reviewer) &&
    fits(filter.verdict, row.verdict) &&
    (fits(filter.field, row.field) || fits(filter.field, row.fieldGroup))
}
