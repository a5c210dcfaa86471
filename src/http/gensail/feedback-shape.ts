import { z } from 'zod'
import type { App } from '../../app.ts'
import { verdicts } from '../../core/algorithms/feedback.sql.ts'
import type { FeedbackWithCorrections } from '../../core/algorithms/feedback.ts'
import { entityUuid } from '../../core/tenancy/tenants.ts'
import { Id, iso, NextCursor, Time, Uuid } from './present.ts'

const MAX_CORRECTIONS = 100
const LONGEST_FIELD = 200
const LONGEST_COMMENT = 4000
const LONGEST_VALUE = 32 * 1024

const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .nullish()
    .transform((given) => given?.trim() || null)

const isShort = (value: unknown) => (JSON.stringify(value)?.length ?? 0) <= LONGEST_VALUE

export const FeedbackBody = z
  .strictObject({
    corrections: z
      .array(
        z.strictObject({
          field: z
            .string()
            .min(1)
            .max(LONGEST_FIELD)
            .meta({ description: 'A field of the result; dots lead into it, numbers into lists' }),
          verdict: z.enum(verdicts),
          corrected_value: z
            .unknown()
            .refine(isShort, 'Must not be longer than 32 KB')
            .optional()
            .meta({ description: 'What would be right, with `incorrect` and `missing`' }),
          comment: text(LONGEST_COMMENT),
        }),
      )
      .min(1, 'Judge at least one field')
      .max(MAX_CORRECTIONS, `Judge at most ${MAX_CORRECTIONS} fields at once`),
    reviewer: text(LONGEST_FIELD),
    comment: text(LONGEST_COMMENT),
  })
  .meta({
    id: 'FeedbackSubmission',
    example: {
      corrections: [
        { field: 'patient.name', verdict: 'incorrect', corrected_value: 'Anna Keller' },
        { field: 'appointment.date', verdict: 'correct' },
      ],
      reviewer: 'dana@example.com',
    },
  })

const SupersededBy = Id.nullable().meta({ description: 'The later feedback that counts instead' })

const Value = z.unknown().meta({ description: 'Any JSON' })

export const FeedbackShape = z
  .object({
    feedback_id: Id,
    algorithm_run_id: Id,
    job_id: Id,
    workspace_id: Uuid,
    algorithm_id: z.string(),
    version: z.string().nullable(),
    revision: z.int(),
    corrections: z.array(
      z.object({
        field: z.string(),
        verdict: z.enum(verdicts),
        predicted_value: Value,
        corrected_value: Value,
        comment: z.string().nullable(),
        superseded_by: SupersededBy,
      }),
    ),
    reviewer: z.string().nullable(),
    comment: z.string().nullable(),
    superseded_by: SupersededBy,
    created_at: Time,
  })
  .meta({ id: 'Feedback', description: 'What a reviewer said about a run' })

export const FeedbackPageShape = z
  .object({ feedback: z.array(FeedbackShape), next_cursor: NextCursor })
  .meta({ id: 'FeedbackPage', description: 'A page of feedback, newest first' })

export async function presentFeedback(
  { db }: App,
  feedback: FeedbackWithCorrections,
): Promise<z.input<typeof FeedbackShape>> {
  return {
    feedback_id: feedback.id,
    algorithm_run_id: feedback.runId,
    job_id: feedback.jobId,
    workspace_id: await entityUuid(db, { type: 'workspace', id: feedback.workspaceId }),
    algorithm_id: feedback.algorithmId,
    version: feedback.version,
    revision: feedback.revision,
    corrections: feedback.corrections.map((each) => ({
      field: each.field,
      verdict: each.verdict,
      predicted_value: parsed(each.predicted),
      corrected_value: parsed(each.corrected),
      comment: each.comment,
      superseded_by: each.supersededBy,
    })),
    reviewer: feedback.reviewer,
    comment: feedback.comment,
    superseded_by: feedback.supersededBy,
    created_at: iso(feedback.createdAt),
  }
}

export const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json))
