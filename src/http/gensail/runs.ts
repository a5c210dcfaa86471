import { z } from 'zod'
import type { App } from '../../app.ts'
import { deliveryStatusesOfJob, type Run, resultsOfJob, runsOfJob } from '../../core/algorithms/runs.sql.ts'
import { requireJob, requireRun } from '../../core/jobs/jobs.ts'
import { redeliverRun } from '../../core/jobs/redelivery.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { audit } from '../../core/tenancy/audit.ts'
import type { DeliveryStatus } from '../../core/webhooks/deliveries.sql.ts'
import { routes } from '../routes.ts'
import { jobParams } from './jobs.ts'
import { cursor, cursors, limit, pageOf } from './pages.ts'
import { ErrorOf, errorOf, Id, iso, NextCursor, Time, Uuid } from './present.ts'

const RUN_LIMIT = 100
/** A run counts as delivered only when all of its endpoints have it. */
const LEAST_ADVANCED_FIRST: DeliveryStatus[] = ['pending', 'retrying', 'exhausted', 'delivered']

const RunQuery = z.object({
  all: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Also the earlier runs of algorithms that ran again' }),
  limit: limit(RUN_LIMIT),
  cursor,
})

const RunShape = z
  .object({
    algorithm_run_id: Id,
    uuid: Uuid,
    job_id: Id,
    algorithm_id: z.string(),
    version: z.string().nullable(),
    revision: z.int().meta({ description: "Of the algorithm's variables" }),
    status: z.enum(['pending', 'running', 'completed', 'failed']),
    degraded: z.boolean(),
    confidence_score: z.number().min(0).max(100).nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: ErrorOf.nullable(),
    webhook_status: z.enum(['none', 'pending', 'retrying', 'delivered', 'exhausted']),
    usage: z.record(z.string(), z.unknown()).nullable(),
    started_at: Time,
    completed_at: Time.nullable(),
    duration_ms: z.int().nullable(),
  })
  .meta({ id: 'AlgorithmRun', description: 'One algorithm on one job' })

const RunPageShape = z
  .object({ runs: z.array(RunShape), next_cursor: NextCursor })
  .meta({ id: 'AlgorithmRuns', description: 'The newest run of each algorithm that has ended' })

const RedeliveryShape = z
  .object({ algorithm_run_id: Id, delivery_ids: z.array(Id) })
  .meta({ id: 'Redelivery', description: 'The deliveries are under way again' })

export const runRoutes = (app: App) =>
  routes<Actor>('Algorithm runs')
    .get(
      '/jobs/:job_id/runs',
      { summary: "Read a job's results", params: jobParams, query: RunQuery, answers: { 200: RunPageShape } },
      async ({ actor, params, query }) => {
        const job = await requireJob(app.db, actor, params.job_id)
        const { all = 'false', limit, cursor } = query()
        const position = cursors(app, `runs ${job.id}`, actor, { all })
        const runs = await runsOfJob(app.db, job.id)
        const wanted = all === 'true' ? runs : newestOfEach(runs)
        const { page, nextAfter } = pageOf(wanted, limit, position.read(cursor))
        return { runs: await presentRuns(app, job.id, page), next_cursor: position.write(nextAfter) }
      },
    )
    .post(
      '/algorithm-runs/:algorithm_run_id/redeliver-webhook',
      {
        summary: "Send a run's webhooks again",
        description:
          'Same bytes, same ids, a new time. A run that was never delivered goes to the endpoints of today.',
        params: { algorithm_run_id: 'The integer or the UUID of a run' },
        answers: { 202: RedeliveryShape },
        refusals: [409],
      },
      async ({ actor, params }) => {
        const run = await requireRun(app.db, actor, params.algorithm_run_id)
        const from = { db: app.db, publicUrl: app.settings.public_url }
        const delivery_ids = await app.db.tx(async (tx) => {
          const ids = await redeliverRun(tx, from, run)
          await audit(tx, actor, 'run.redelivered', { type: 'algorithm_run', id: run.id })
          return ids
        })
        return { algorithm_run_id: run.id, delivery_ids }
      },
    )

const newestOfEach = (runs: Run[]) => {
  const newest = new Map(runs.map((run) => [run.algorithmId, run.id]))
  return runs.filter(({ id, algorithmId }) => newest.get(algorithmId) === id)
}

async function presentRuns({ db }: App, jobId: number, runs: Run[]): Promise<z.input<typeof RunShape>[]> {
  const results = new Map((await resultsOfJob(db, jobId)).map(({ runId, result }) => [runId, result]))
  const deliveries = await deliveryStatusesOfJob(db, jobId)
  return runs.map((run) => {
    const statuses = deliveries.filter(({ runId }) => runId === run.id).map(({ status }) => status)
    return presentRun(run, results.get(run.id), statuses)
  })
}

const presentRun = (run: Run, result: string | undefined, deliveries: DeliveryStatus[]) => ({
  algorithm_run_id: run.id,
  uuid: run.uuid,
  job_id: run.jobId,
  algorithm_id: run.algorithmId,
  version: run.version,
  revision: run.revision,
  status: run.status,
  degraded: run.degraded === 1,
  confidence_score: run.confidenceScore,
  result: jsonOrNull(result),
  error: errorOf(run.errorCode, run.errorMessage),
  webhook_status: LEAST_ADVANCED_FIRST.find((status) => deliveries.includes(status)) ?? ('none' as const),
  usage: jsonOrNull(run.usage),
  started_at: iso(run.startedAt),
  completed_at: iso(run.completedAt),
  duration_ms: Math.round(run.durationMs),
})

const jsonOrNull = (text: string | null | undefined) =>
  text == null ? null : (JSON.parse(text) as Record<string, unknown>)
