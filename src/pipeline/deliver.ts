import type { App } from '../app.ts'
import { moveDeliveries } from '../core/jobs/jobs.sql.ts'
import { addLogs } from '../core/jobs/logs.sql.ts'
import { credentialFor } from '../core/webhooks/credentials.ts'
import {
  type Consignment,
  type Delivery,
  exhaustDelivery,
  getConsignment,
  insertAttempt,
  updateDelivery,
} from '../core/webhooks/deliveries.sql.ts'
import { type Endpoint, getEndpoint } from '../core/webhooks/endpoints.sql.ts'
import { circuitIsOpen, endpointFailed, endpointSucceeded, isKnownWell } from '../core/webhooks/endpoints.ts'
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
  delivery: Consignment
  endpoint: Endpoint
}

/** Endpoints by their ids, as this process has seen them do. */
interface Troubles {
  failing: Set<number>
  openCircuits: Set<number>
}

/** One attempt of one delivery. It never fails as a task: what the receiver does is recorded as data. */
export function deliver(app: App): Stage<Work> {
  const troubles: Troubles = { failing: new Set(), openCircuits: new Set() }
  return {
    kind: 'deliver',
    concurrency: app.settings.webhook_concurrency,
    laneLimit: (endpointId) => (troubles.openCircuits.has(endpointId) ? 1 : PER_ENDPOINT),
    leaseMs: app.settings.webhook_timeout * SECOND + MINUTE,
    attempts: Number.MAX_SAFE_INTEGER,
    retryInMs: () => MINUTE,
    suspect: false,
    begin: (tx, payload) => begin(tx, (payload as { deliveryId: number }).deliveryId),
    perform: async (work) => {
      const answer = await send(app, work)
      return (tx) => settle(tx, app, work, answer, troubles)
    },
    abandon: async () => undefined,
  }
}

async function begin(tx: Tx, deliveryId: number): Promise<Work | undefined> {
  const delivery = await getConsignment(tx, deliveryId)
  if (!delivery || delivery.status === 'delivered' || delivery.status === 'exhausted') return undefined
  const endpoint = await endpointOf(tx, delivery.endpointId)
  if (endpoint.disabledAt === null) return { delivery, endpoint }
  await giveUp(tx, delivery, `Not sent: the endpoint is disabled (${endpoint.disabledReason})`)
  return undefined
}

/** Tasks that are claimed together mostly go to the same endpoint. */
const endpointsOfClaim = new WeakMap<Tx, Map<number, Endpoint>>()

async function endpointOf(tx: Tx, id: number): Promise<Endpoint> {
  const known = endpointsOfClaim.get(tx) ?? new Map<number, Endpoint>()
  endpointsOfClaim.set(tx, known)
  const endpoint = known.get(id) ?? (await getEndpoint(tx, id))!
  known.set(id, endpoint)
  return endpoint
}

async function giveUp(tx: Tx, delivery: Delivery, message: string) {
  await exhaustDelivery(tx, delivery.id)
  await moveDeliveries(tx, delivery.jobId, { pending: -1, delivered: 0, failed: 1 })
  await addLogs(tx, delivery.jobId, [
    { level: 'warn', stage: 'publishing', message, data: { delivery_id: delivery.id } },
  ])
}

async function send(app: App, { delivery, endpoint }: Work): Promise<Posted | Unposted> {
  const { body } = delivery
  const credential = await credentialFor(app.db, delivery.workspaceId)
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
  troubles: Troubles,
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
    await delivered(tx, delivery, endpoint, troubles)
    return undefined
  }
  return failed(tx, app, { delivery, endpoint }, answer, errorKind, troubles)
}

async function delivered(
  tx: Tx,
  delivery: Delivery,
  endpoint: Endpoint,
  { failing, openCircuits }: Troubles,
) {
  await updateDelivery(tx, delivery.id, 'delivered', null)
  await moveDeliveries(tx, delivery.jobId, { pending: -1, delivered: 1, failed: 0 })
  if (!failing.has(endpoint.id) && isKnownWell(endpoint, tx.now)) return
  failing.delete(endpoint.id)
  openCircuits.delete(endpoint.id)
  await endpointSucceeded(tx, endpoint.id)
}

async function failed(
  tx: Tx,
  app: App,
  { delivery, endpoint }: Work,
  answer: Posted | Unposted,
  errorKind: string,
  troubles: Troubles,
): Promise<{ retryInMs: number } | undefined> {
  const gone = 'status' in answer && answer.status === 410
  const state = await endpointFailed(tx, endpoint.id, { error: errorKind, gone })
  troubles.failing.add(endpoint.id)
  if (circuitIsOpen(state.endpoint)) troubles.openCircuits.add(endpoint.id)
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
