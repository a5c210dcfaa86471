import { z } from 'zod'
import type { App } from '../../app.ts'
import { getJob } from '../../core/jobs/jobs.sql.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import { runOnDemand } from '../../core/jobs/on-demand.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { reply } from '../responses.ts'
import { routes } from '../routes.ts'
import { algorithmIds } from './algorithm-ids.ts'
import { jobParams } from './jobs.ts'
import { Id } from './present.ts'

const RunBody = z
  .object({
    algorithm_ids: algorithmIds,
    analytics_only: z.boolean().default(true).meta({ description: 'No webhooks' }),
    force_rerun: z.boolean().default(false).meta({ description: 'Run even what already ran' }),
  })
  .meta({ id: 'RunAlgorithms', example: { algorithm_ids: ['sentiment_v1'], analytics_only: true } })

const ChildShape = z
  .object({
    job_id: Id,
    parent_job_id: Id,
    algorithm_ids: z.array(z.string()),
    status: z.literal('analyzing'),
    message: z.string(),
  })
  .meta({ id: 'OnDemandJob', description: 'A child job works on the same transcript' })

const ExistingShape = z
  .object({
    message: z.string(),
    existing_runs: z.array(
      z.object({ algorithm_run_id: Id, algorithm_id: z.string(), status: z.literal('completed') }),
    ),
    hint: z.string(),
  })
  .meta({ id: 'ExistingRuns', description: 'All of them completed on this very job before' })

export const onDemandRoutes = (app: App) =>
  routes<Actor>('Jobs').post(
    '/jobs/:job_id/run-algorithms',
    {
      summary: 'Run algorithms on the transcript of a job',
      description:
        'The job itself stays as it is. 400 when an algorithm is not available, the job has not ended, or it has no transcript.',
      params: jobParams,
      body: RunBody,
      answers: { 200: ExistingShape, 202: ChildShape },
    },
    async ({ actor, params, body }) => {
      const { id } = await requireJob(app.db, actor, params.job_id)
      const { algorithm_ids, analytics_only, force_rerun } = await body()
      const catalogue = app.catalogue()
      const outcome = await app.db.tx(async (tx) =>
        runOnDemand(
          tx,
          catalogue,
          (await getJob(tx, id))!,
          {
            algorithmIds: algorithm_ids,
            analyticsOnly: analytics_only,
            forceRerun: force_rerun,
          },
          app.db,
        ),
      )
      if ('child' in outcome)
        return reply(202, {
          job_id: outcome.child.id,
          parent_job_id: id,
          algorithm_ids,
          status: outcome.child.status,
          message: 'On-demand analysis job created',
        })
      return {
        message: 'Algorithms already ran on this job',
        existing_runs: outcome.existing.map((run) => ({
          algorithm_run_id: run.id,
          algorithm_id: run.algorithmId,
          status: run.status,
        })),
        hint: 'Use force_rerun=true to run again',
      }
    },
  )
