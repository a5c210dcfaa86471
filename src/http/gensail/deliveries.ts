import { z } from 'zod'
import type { App } from '../../app.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { type Attempt, attemptsOfJob, deliveriesOfJob } from '../../core/webhooks/deliveries.sql.ts'
import { routes } from '../routes.ts'
import { jobParams } from './jobs.ts'
import { Id, iso, isoOrNull, Time, Uuid } from './present.ts'

const AttemptShape = z.object({
  at: Time,
  status_code: z.int().nullable(),
  duration_ms: z.int(),
  error_kind: z
    .string()
    .nullable()
    .meta({ description: 'dns, refused, reset, timeout, tls, too_large, blocked, http_5xx and the like' }),
  response_excerpt: z.string().nullable(),
})

const DeliveriesShape = z
  .object({
    deliveries: z.array(
      z.object({
        delivery_id: Id,
        algorithm_run_id: Id,
        endpoint_id: Uuid,
        url: z.string(),
        status: z.enum(['pending', 'retrying', 'delivered', 'exhausted']),
        next_attempt_at: Time.nullable(),
        attempts: z.array(AttemptShape),
      }),
    ),
  })
  .meta({ id: 'Deliveries', description: 'Where the results were sent, and every attempt' })

export const deliveryRoutes = (app: App) =>
  routes<Actor>('Jobs').get(
    '/jobs/:job_id/deliveries',
    { summary: "Read a job's webhook deliveries", params: jobParams, answers: { 200: DeliveriesShape } },
    async ({ actor, params }) => {
      const job = await requireJob(app.db, actor, params.job_id)
      const attempts = await attemptsOfJob(app.db, job.id)
      const deliveries = await deliveriesOfJob(app.db, job.id)
      return {
        deliveries: deliveries.map((delivery) => ({
          delivery_id: delivery.id,
          algorithm_run_id: delivery.runId,
          endpoint_id: delivery.endpointUuid,
          url: delivery.url,
          status: delivery.status,
          next_attempt_at: isoOrNull(delivery.nextAttemptAt),
          attempts: attempts.filter(({ deliveryId }) => deliveryId === delivery.id).map(presentAttempt),
        })),
      }
    },
  )

const presentAttempt = (attempt: Attempt) => ({
  at: iso(attempt.at),
  status_code: attempt.statusCode,
  duration_ms: attempt.durationMs,
  error_kind: attempt.errorKind,
  response_excerpt: attempt.responseExcerpt,
})
