import { z } from 'zod'
import type { App } from '../../app.ts'
import { findAlgorithms, requireAlgorithm } from '../../core/algorithms/availability.ts'
import type { FeedbackFilter } from '../../core/algorithms/feedback.sql.ts'
import { listFeedbackPage } from '../../core/algorithms/feedback.ts'
import { feedbackStats, type Score } from '../../core/algorithms/feedback-stats.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { notFound } from '../../lib/refusal.ts'

const Accuracy = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: 'Share of the judged fields that were correct; null without any' })

const ScoreShape = z.object({
  reviewed_runs: z.int().meta({ description: 'Runs by their first feedback' }),
  accuracy: Accuracy,
})

export const FeedbackStatsShape = z
  .object({
    algorithm_id: z.string(),
    ...ScoreShape.shape,
    fields: z
      .record(
        z.string(),
        z.object({
          reviewed: z.int(),
          correct: z.int(),
          incorrect: z.int(),
          missing: z.int(),
          spurious: z.int(),
          accuracy: Accuracy,
          confusions: z
            .array(z.object({ predicted: z.unknown(), corrected: z.unknown(), count: z.int() }))
            .meta({ description: 'What was taken for what, the most frequent first; long texts left out' }),
        }),
      )
      .meta({ description: 'By field; places in lists count together, as in `turns.*.score`' }),
    by_version: z.array(ScoreShape.extend({ version: z.string().nullable(), revision: z.int() })),
    by_week: z.array(
      ScoreShape.extend({
        week: z.iso.date().meta({ description: 'Its Monday, UTC', example: '2026-03-02' }),
      }),
    ),
  })
  .meta({ id: 'FeedbackStats', description: 'How right an algorithm was in the eyes of its reviewers' })

export async function presentStats(
  app: App,
  actor: Actor,
  filter: FeedbackFilter & { algorithmId: string; workspaceId?: number },
): Promise<z.input<typeof FeedbackStatsShape>> {
  const { fields, byVersion, byWeek, ...whole } = await feedbackStats(app.db, actor, filter)
  return {
    algorithm_id: filter.algorithmId,
    ...scored(whole),
    fields: Object.fromEntries(fields),
    by_version: byVersion.map((each) => ({
      version: each.version,
      revision: each.revision,
      ...scored(each),
    })),
    by_week: byWeek.map((each) => ({ week: each.week, ...scored(each) })),
  }
}

const scored = ({ reviewedRuns, accuracy }: Score) => ({ reviewed_runs: reviewedRuns, accuracy })

/** One that is loaded, or that there is feedback on from when it was. */
export async function requireReviewable(app: App, actor: Actor, algorithmId: string): Promise<void> {
  const known = await findAlgorithms(app.db, app.catalogue(), [algorithmId])
  if (known.has(algorithmId))
    return void (await requireAlgorithm(app.db, app.catalogue(), actor, algorithmId))
  const { feedback } = await listFeedbackPage(
    app.db,
    actor,
    { algorithmId, all: true },
    { limit: 1, before: null },
  )
  if (feedback.length === 0) throw notFound('Algorithm')
}
