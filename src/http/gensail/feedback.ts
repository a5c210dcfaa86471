import { z } from 'zod'
import type { App } from '../../app.ts'
import { type FeedbackFilter, verdicts } from '../../core/algorithms/feedback.sql.ts'
import { giveFeedback, listFeedbackPage } from '../../core/algorithms/feedback.ts'
import { findResultSchema } from '../../core/algorithms/result-schemas.ts'
import type { Run } from '../../core/algorithms/runs.sql.ts'
import { requireJob, requireRun } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { exportFeedback, formats } from './feedback-export.ts'
import { FeedbackBody, FeedbackPageShape, FeedbackShape, presentFeedback } from './feedback-shape.ts'
import { FeedbackStatsShape, presentStats, requireReviewable } from './feedback-stats.ts'
import { workspaceIdOf } from './jobs.ts'
import { cursor, cursors, limit } from './pages.ts'
import { moment, momentOf } from './times.ts'

const LIST_LIMIT = 50

const id = (what: string) =>
  z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: `The integer or the UUID of ${what}` })

const name = z.string().min(1).max(200).optional()

const StatsQuery = z.object({
  since: moment('Given at or after this time'),
  until: moment('Given before this time'),
  version: name.meta({ description: 'Of the algorithm' }),
  workspace_id: name.meta({ description: 'UUID or slug' }),
})

const filters = StatsQuery.extend({
  algorithm_id: name,
  job_id: id('a job'),
  algorithm_run_id: id('a run'),
  field: name.meta({ description: 'As it was given, or with `*` for every place in a list' }),
  verdict: z.enum(verdicts).optional(),
  reviewer: name,
  all: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Also what later feedback has superseded' }),
})

export const feedbackRoutes = (app: App) =>
  routes<Actor>('Feedback')
    .post(
      '/algorithm-runs/:algorithm_run_id/feedback',
      {
        summary: "Judge a run's result",
        description:
          'Field by field. Later feedback on the same field counts instead of the earlier, which is kept.',
        params: { algorithm_run_id: 'The integer or the UUID of a run' },
        body: FeedbackBody,
        answers: { 201: FeedbackShape },
        refusals: [409],
      },
      async ({ actor, params, body }) => {
        const run = await requireRun(app.db, actor, params.algorithm_run_id)
        const { corrections, reviewer, comment } = await body()
        const review = {
          reviewer,
          comment,
          corrections: corrections.map(({ corrected_value, ...each }) => ({
            ...each,
            correctedValue: corrected_value,
          })),
        }
        const schema = await resultSchemaOf(app, run)
        return presentFeedback(app, await app.db.tx((tx) => giveFeedback(tx, run, schema, review)))
      },
    )
    .get(
      '/feedback',
      {
        summary: 'List feedback',
        query: filters.extend({ limit: limit(LIST_LIMIT), cursor }),
        answers: { 200: FeedbackPageShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { limit, cursor, ...filter } = query()
        const position = cursors(app, 'feedback', actor, filter)
        const before = position.read(cursor)
        const page = await listFeedbackPage(app.db, actor, await readFilter(app, actor, filter), {
          limit,
          before,
        })
        return {
          feedback: await Promise.all(page.feedback.map((each) => presentFeedback(app, each))),
          next_cursor: position.write(page.nextBefore),
        }
      },
    )
    .get(
      '/feedback/export',
      {
        summary: 'Export feedback',
        description:
          'One line for each judged field, oldest first within each workspace, as it was when the export began.',
        query: filters.extend({ format: z.enum(formats).default('jsonl') }),
        answers: { 200: { description: 'The lines, as they are read', type: 'application/x-ndjson' } },
        refusals: [404],
      },
      async ({ actor, query, arrival }) => {
        const { format, ...filter } = query()
        return exportFeedback(app, actor, await readFilter(app, actor, filter), format, arrival)
      },
    )
    .get(
      '/feedback/algorithms/:algorithm_id/stats',
      {
        summary: 'Read how accurate an algorithm is',
        params: { algorithm_id: 'The id of an algorithm' },
        query: StatsQuery,
        answers: { 200: FeedbackStatsShape },
      },
      async ({ actor, params, query }) => {
        await requireReviewable(app, actor, params.algorithm_id)
        const filter = await readFilter(app, actor, query())
        return presentStats(app, actor, { ...filter, algorithmId: params.algorithm_id })
      },
    )

export type Filter = FeedbackFilter & { workspaceId?: number }

async function readFilter(app: App, actor: Actor, given: Partial<z.output<typeof filters>>): Promise<Filter> {
  const now = app.clock()
  const { job_id, algorithm_run_id } = given
  return {
    algorithmId: given.algorithm_id,
    version: given.version,
    field: given.field,
    verdict: given.verdict,
    reviewer: given.reviewer,
    all: given.all === 'true',
    since: momentOf(given.since, now),
    until: momentOf(given.until, now),
    jobId: job_id === undefined ? undefined : (await requireJob(app.db, actor, job_id)).id,
    runId:
      algorithm_run_id === undefined ? undefined : (await requireRun(app.db, actor, algorithm_run_id)).id,
    workspaceId: await workspaceIdOf(app, actor, given.workspace_id),
  }
}

const resultSchemaOf = (app: App, { workspaceId, algorithmId }: Run) =>
  findResultSchema(app.db, app.sealer, app.catalogue(), workspaceId, algorithmId)
