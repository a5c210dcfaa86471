import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'
import { enqueue, enqueueAll, hasten, type NewTask, priorities } from '../../queue/tasks.ts'
import { insertPayloads } from '../algorithms/runs.sql.ts'
import { insertDeliveries } from '../webhooks/deliveries.sql.ts'
import type { Endpoint } from '../webhooks/endpoints.sql.ts'
import { endpointsFor, wants } from '../webhooks/endpoints.ts'
import type { Job } from './jobs.sql.ts'
import type { LogLine } from './logs.sql.ts'
import { type FinishedRun, type PayloadSource, payloadWriter } from './payloads.ts'

export interface Published {
  pending: number
  failed: number
  deliveryIds: number[]
  logs: LogLine[]
}

/**
 * Stores one delivery per run and endpoint that wants it, and the bytes they send. `db` is for the configuration,
 * which is read as it was committed last.
 */
export async function publish(
  tx: Tx,
  db: Queryable,
  source: PayloadSource,
  runs = source.runs,
): Promise<Published> {
  const published: Published = { pending: 0, failed: 0, deliveryIds: [], logs: [] }
  const endpoints = await endpointsFor(db, tx, source.job.workspaceId)
  if (endpoints.length === 0) return published
  const { common, write } = payloadWriter(source, tx.now)
  const wanted = runs.flatMap((run) =>
    endpoints.filter((endpoint) => wants(endpoint, run.algorithmId)).map((endpoint) => ({ run, endpoint })),
  )
  const sent = [...new Set(wanted.map(({ run }) => run))]
  await insertPayloads(tx, common, sent.map(write))
  await storeDeliveries(tx, source.job, wanted, published)
  if (wanted.length > 0) published.logs.unshift(stored(wanted.length))
  return published
}

/** A disabled endpoint gets its delivery too, ended at once: it can be redelivered when the endpoint is back. */
async function storeDeliveries(
  tx: Tx,
  job: Job,
  wanted: { run: FinishedRun; endpoint: Endpoint }[],
  published: Published,
) {
  const ids = await insertDeliveries(
    tx,
    wanted.map(({ run, endpoint }) => ({
      messageId: `msg_${newUuid().replaceAll('-', '')}`,
      runId: run.id,
      jobId: job.id,
      endpointId: endpoint.id,
      status: endpoint.disabledAt === null ? 'pending' : 'exhausted',
    })),
  )
  published.deliveryIds.push(...ids)
  const tasks: NewTask[] = []
  for (const [at, { run, endpoint }] of wanted.entries()) {
    if (endpoint.disabledAt === null) tasks.push(deliveryTask(endpoint.id, ids[at]!))
    else published.logs.push(notSent(endpoint, run))
  }
  published.pending += tasks.length
  published.failed += wanted.length - tasks.length
  await enqueueAll(tx, tasks)
}

export const enqueueDelivery = (tx: Tx, endpointId: number, deliveryId: number, runAt?: number) =>
  enqueue(tx, deliveryTask(endpointId, deliveryId, runAt))

export const hastenDelivery = (tx: Tx, endpointId: number, deliveryId: number) =>
  hasten(tx, deliveryTask(endpointId, deliveryId))

/** Lanes by endpoint keep a slow one from holding up the others. */
function deliveryTask(endpointId: number, deliveryId: number, runAt?: number): NewTask {
  const priority = runAt === undefined ? priorities.normal : priorities.bulk
  return { kind: 'deliver', lane: endpointId, priority, payload: { deliveryId }, runAt }
}

const stored = (count: number): LogLine => ({
  level: 'info',
  stage: 'publishing',
  message: `Stored ${count} ${count === 1 ? 'delivery' : 'deliveries'}`,
})

const notSent = (endpoint: Endpoint, run: FinishedRun): LogLine => ({
  level: 'warn',
  stage: 'publishing',
  message: `Not sent: the endpoint is disabled (${endpoint.disabledReason})`,
  data: { algorithm_id: run.algorithmId, url: endpoint.url },
})
