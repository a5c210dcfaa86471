import { z } from 'zod'
import type { App } from '../../app.ts'
import { getJob, type Job } from '../../core/jobs/jobs.sql.ts'
import { requireJob, requireOnlyJobBySource } from '../../core/jobs/jobs.ts'
import { redeliverJob } from '../../core/jobs/redelivery.ts'
import { cancel, type RetryMode, requeue, rerun, retryModes } from '../../core/jobs/retries.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { type AuditedAction, audit } from '../../core/tenancy/audit.ts'
import type { Tx } from '../../db/db.ts'
import { notFound } from '../../lib/refusal.ts'
import { routes } from '../routes.ts'
import { JobShape, presentJob } from './job-shape.ts'
import { jobParams, workspaceIdOf } from './jobs.ts'

const RetryBody = z.object({ mode: z.enum(retryModes) }).meta({ id: 'Retry', example: { mode: 'requeue' } })

const RetryBySourceBody = RetryBody.extend({
  source_call_id: z.string().min(1).max(200),
  source_company_id: z.string().max(200).nullish(),
  workspace_id: z.string().min(1).max(100).optional(),
}).meta({ id: 'RetryBySource', example: { mode: 'rerun', source_call_id: 'call-4711' } })

const StatusBody = z
  .object({ status: z.enum(['queued', 'cancelled']) })
  .meta({ id: 'StatusChange', example: { status: 'queued' } })

const MODES = `\`requeue\` starts a failed, partial or skipped job from the beginning, \`rerun\` runs the algorithms
again on the transcript there is, \`redeliver\` sends all webhooks again.`

export const retryRoutes = (app: App) =>
  routes<Actor>('Jobs', '/jobs')
    .post(
      '/:job_id/retry',
      {
        summary: 'Retry a job',
        description: MODES,
        params: jobParams,
        body: RetryBody,
        answers: { 202: JobShape },
        refusals: [409],
      },
      async ({ actor, params, body }) => {
        const job = await requireJob(app.db, actor, params.job_id)
        const { mode } = await body()
        return presentJob(app, await change(app, actor, job, verbs[mode], actions[mode]))
      },
    )
    .post(
      '/retry',
      {
        summary: 'Retry a job by your own ids',
        description: MODES,
        body: RetryBySourceBody,
        answers: { 202: JobShape },
        refusals: [404, 409],
      },
      async ({ actor, body }) => {
        const { mode, source_call_id, source_company_id, workspace_id } = await body()
        const job = await requireOnlyJobBySource(app.db, actor, {
          sourceCallId: source_call_id,
          sourceCompanyId: source_company_id ?? null,
          workspaceId: await workspaceIdOf(app, actor, workspace_id),
        })
        return presentJob(app, await change(app, actor, job, verbs[mode], actions[mode]))
      },
    )
    .patch(
      '/:job_id/status',
      {
        summary: 'Requeue a skipped job, or cancel a queued one',
        params: jobParams,
        body: StatusBody,
        answers: { 200: JobShape },
        refusals: [409],
      },
      async ({ actor, params, body }) => {
        const job = await requireJob(app.db, actor, params.job_id)
        const { status } = await body()
        const verb: Verb =
          status === 'queued'
            ? (_, tx, job) => requeue(tx, job, ['skipped'])
            : (_, tx, job) => cancel(tx, job)
        const action = status === 'queued' ? 'job.requeued' : 'job.cancelled'
        return presentJob(app, await change(app, actor, job, verb, action))
      },
    )

type Verb = (app: App, tx: Tx, job: Job) => Promise<unknown>

const verbs: Record<RetryMode, Verb> = {
  requeue: (_, tx, job) => requeue(tx, job),
  rerun: (_, tx, job) => rerun(tx, job),
  redeliver: (app, tx, job) => redeliverJob(tx, { db: app.db, publicUrl: app.settings.public_url }, job),
}

const actions: Record<RetryMode, AuditedAction> = {
  requeue: 'job.requeued',
  rerun: 'job.rerun',
  redeliver: 'job.redelivered',
}

/** Read anew inside the transaction: its state may have changed since the request came in. */
const change = (app: App, actor: Actor, { id }: Job, verb: Verb, action: AuditedAction): Promise<Job> =>
  app.db.tx(async (tx) => {
    const before = await getJob(tx, id)
    if (!before) throw notFound('Job')
    await verb(app, tx, before)
    await audit(tx, actor, action, { type: 'job', id }, { was: before.status })
    return (await getJob(tx, id))!
  })
