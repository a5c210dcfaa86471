import type { App } from '../app.ts'
import { findPayload } from '../core/algorithms/runs.sql.ts'
import { getJob, moveDeliveries } from '../core/jobs/jobs.sql.ts'
import { addLogs } from '../core/jobs/logs.sql.ts'
import { credentialFor } from '../core/webhooks/credentials.ts'
import {
  type Delivery,
  exhaustDelivery,
  getDelivery,
  insertAttempt,
  updateDelivery,
} from '../core/webhooks/deliveries.sql.ts'
import { type Endpoint, getEndpoint } from '../core/webhooks/endpoints.sql.ts'
import { circuitIsOpen, endpointFailed, endpointSucceeded } from '../core/webhooks/endpoints.ts'
import { headersFor, secretsSent } from '../core/webhooks/signing.ts'
import type { Tx } from '../db/db.ts'
import { MINUTE, SECOND } from '../lib/clock.ts'
import { type Posted, retryAfterSeconds, type Unposted } from '../lib/outbound.ts'
import type { Stage } from '../queue/worker.ts'

/** An endpoint may take this many at once; one whose circuit is open gets a single attempt at a time. */
const PER_ENDPOINT = 32
const EXCERPT_BYTES = 1024
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 24 * 60 * MINUTE

interface Work {
  delivery: Delivery
  endpoint: Endpoint
}

/** One attempt of one delivery. It never fails as a task: what the receiver does is recorded as data. */
export function deliver(app: App): Stage<Work> {
  const openCircuits = new Set<number>()
  return {
    kind: 'deliver',
    concurrency: app.settings.webhook_concurrency,
    laneLimit: (endpointId) => (openCircuits.has(endpointId) ? 1 : PER_ENDPOINT),
    leaseMs: app.settings.webhook_timeout * SECOND + MINUTE,
    attempts: Number.MAX_SAFE_INTEGER,
    retryInMs: () => MINUTE,
    suspect: false,
    begin: (tx, payload) => begin(tx, (payload as { deliveryId: number }).deliveryId),
    perform: async (work) => {
      const answer = await send(app, work)
      return (tx) => settle(tx, app, work, answer, openCircuits)
    },
    abandon: async () => undefined,
  }
}

async function begin(tx: Tx, deliveryId: number): Promise<Work | undefined> {
  const delivery = await getDelivery(tx, deliveryId)
  if (!delivery || delivery.status === 'delivered' || delivery.status === 'exhausted') return undefined
  const endpoint = (await getEndpoint(tx, delivery.endpointId))!
  if (endpoint.disabledAt === null) return { delivery, endpoint }
  await giveUp(tx, delivery, `Not sent: the endpoint is disabled (${endpoint.disabledReason})`)
  return undefined
}

async function giveUp(tx: Tx, delivery: Delivery, message: string) {
  await exhaustDelivery(tx, delivery.id)
  await moveDeliveries(tx, delivery.jobId, { pending: -1, delivered: 0, failed: 1 })
  await addLogs(tx, delivery.jobId, [
    { level: 'warn', stage: 'publishing', message, data: { delivery_id: delivery.id } },
  ])
}

async function send(app: App, { delivery, endpoint }: Work): Promise<Posted | Unposted> {
  const body = (await findPayload(app.db, delivery.runId))!
  const job = (await getJob(app.db, delivery.jobId))!
  const credential = await credentialFor(app.db, job.workspaceId)
  const nowSeconds = Math.floor(app.clock() / SECOND)
  const headers = headersFor(app.sealer, endpoint, credential, {
    messageId: delivery.messageId,
    body,
    nowSeconds,
  })
  const conceal = secretsSent(app.sealer, credential)
  const timeoutMs = app.settings.webhook_timeout * SECOND
  return app.outbound.post(endpoint.url, { headers, body, timeoutMs, maxBytes: EXCERPT_BYTES, conceal })
}

async function settle(
  tx: Tx,
  app: App,
  { delivery, endpoint }: Work,
  answer: Posted | Unposted,
  openCircuits: Set<number>,
): Promise<{ retryInMs: number } | undefined> {
  const errorKind = errorKindOf(answer)
  await insertAttempt(tx, {
    deliveryId: delivery.id,
    at: tx.now - answer.durationMs,
    statusCode: 'status' in answer ? answer.status : null,
    durationMs: answer.durationMs,
    errorKind,
    responseExcerpt: 'excerpt' in answer ? answer.excerpt : null,
  })
  if (errorKind === null) {
    openCircuits.delete(endpoint.id)
    await delivered(tx, delivery, endpoint)
    return undefined
  }
  return failed(tx, app, { delivery, endpoint }, answer, errorKind, openCircuits)
}

async function delivered(tx: Tx, delivery: Delivery, endpoint: Endpoint) {
  await updateDelivery(tx, delivery.id, 'delivered', null)
  await moveDeliveries(tx, delivery.jobId, { pending: -1, delivered: 1, failed: 0 })
  await endpointSucceeded(tx, endpoint.id)
}

async function failed(
  tx: Tx,
  app: App,
  { delivery, endpoint }: Work,
  answer: Posted | Unposted,
  errorKind: string,
  openCircuits: Set<number>,
): Promise<{ retryInMs: number } | undefined> {
  const gone = 'status' in answer && answer.status === 410
  const state = await endpointFailed(tx, endpoint.id, { error: errorKind, gone })
  if (circuitIsOpen(state.endpoint)) openCircuits.add(endpoint.id)
  if (state.disabled) await logDisabled(tx, app, delivery, endpoint, state.disabled)
  const retryInMs = gone || state.disabled ? undefined : delayAfter(app, delivery, answer)
  await updateDelivery(
    tx,
    delivery.id,
    retryInMs === undefined ? 'exhausted' : 'retrying',
    retryInMs === undefined ? null : tx.now + retryInMs,
  )
  if (retryInMs !== undefined) return { retryInMs }
  await moveDeliveries(tx, delivery.jobId, { pending: -1, delivered: 0, failed: 1 })
  await addLogs(tx, delivery.jobId, [exhausted(delivery, endpoint, errorKind)])
  return undefined
}

/** The schedule, spread a little so that what failed together does not come back together. */
function delayAfter(
  { settings, clock }: App,
  delivery: Delivery,
  answer: Posted | Unposted,
): number | undefined {
  const seconds = settings.webhook_retries[delivery.attempts]
  if (seconds === undefined) return undefined
  const scheduled = seconds * SECOND * (1 + JITTER * (2 * Math.random() - 1))
  const asked = 'headers' in answer ? (retryAfterSeconds(answer.headers, clock()) ?? 0) * SECOND : 0
  return Math.round(Math.max(scheduled, Math.min(asked, LONGEST_RETRY_AFTER_MS)))
}

function errorKindOf(answer: Posted | Unposted): string | null {
  if ('errorKind' in answer) return answer.errorKind
  if (answer.status >= 200 && answer.status < 300) return null
  return `http_${Math.floor(answer.status / 100)}xx`
}

const exhausted = (delivery: Delivery, endpoint: Endpoint, errorKind: string) => ({
  level: 'error' as const,
  stage: 'publishing',
  message: `Delivery given up after ${delivery.attempts + 1} attempts: ${errorKind}`,
  data: { delivery_id: delivery.id, url: endpoint.url },
})

async function logDisabled(tx: Tx, app: App, delivery: Delivery, endpoint: Endpoint, reason: string) {
  app.log.warn({ endpoint_id: endpoint.uuid, reason }, 'webhook endpoint disabled')
  await addLogs(tx, delivery.jobId, [
    {
      level: 'error',
      stage: 'publishing',
      message: `The endpoint was disabled: ${reason}`,
      data: { endpoint_id: endpoint.uuid, url: endpoint.url },
    },
  ])
}
