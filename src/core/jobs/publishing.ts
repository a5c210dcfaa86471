import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'
import { enqueue, priorities } from '../../queue/tasks.ts'
import { insertPayload } from '../algorithms/runs.sql.ts'
import { insertDelivery } from '../webhooks/deliveries.sql.ts'
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
  const write = payloadWriter(source, tx.now)
  for (const run of runs) await publishRun(tx, source.job, run, endpoints, write, published)
  if (published.deliveryIds.length > 0) published.logs.unshift(stored(published.deliveryIds.length))
  return published
}

async function publishRun(
  tx: Tx,
  job: Job,
  run: FinishedRun,
  endpoints: Endpoint[],
  write: (run: FinishedRun) => string,
  published: Published,
) {
  const interested = endpoints.filter((endpoint) => wants(endpoint, run.algorithmId))
  if (interested.length === 0) return
  await insertPayload(tx, run.id, write(run))
  for (const endpoint of interested) await storeDelivery(tx, job, run, endpoint, published)
}

/** A disabled endpoint gets its delivery too, ended at once: it can be redelivered when the endpoint is back. */
async function storeDelivery(tx: Tx, job: Job, run: FinishedRun, endpoint: Endpoint, published: Published) {
  const isDisabled = endpoint.disabledAt !== null
  const delivery = await insertDelivery(tx, {
    messageId: `msg_${newUuid().replaceAll('-', '')}`,
    runId: run.id,
    jobId: job.id,
    endpointId: endpoint.id,
    status: isDisabled ? 'exhausted' : 'pending',
  })
  published.deliveryIds.push(delivery!.id)
  if (isDisabled) {
    published.failed++
    published.logs.push(notSent(endpoint, run))
  } else {
    published.pending++
    await enqueueDelivery(tx, endpoint.id, delivery!.id)
  }
}

/** Lanes by endpoint keep a slow one from holding up the others. */
export function enqueueDelivery(
  tx: Tx,
  endpointId: number,
  deliveryId: number,
  runAt?: number,
): Promise<void> {
  const priority = runAt === undefined ? priorities.normal : priorities.bulk
  return enqueue(tx, { kind: 'deliver', lane: endpointId, priority, payload: { deliveryId }, runAt })
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
