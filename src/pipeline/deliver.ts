import type { App } from '../app.ts'
import { moveDeliveries } from '../core/jobs/changes.sql.ts'
import { addLogs } from '../core/jobs/logs.sql.ts'
import { credentialFor } from '../core/webhooks/credentials.ts'
import {
  type Consignment,
  type Delivery,
  exhaustDelivery,
  findConsignments,
  insertAttempts,
  type NewAttempt,
  updateDelivery,
} from '../core/webhooks/deliveries.sql.ts'
import { type Endpoint, getEndpoint } from '../core/webhooks/endpoints.sql.ts'
import { circuitIsOpen, endpointFailed } from '../core/webhooks/endpoints.ts'
import { headersFor, secretsSent } from '../core/webhooks/signing.ts'
import type { Tx } from '../db/db.ts'
import { MINUTE, SECOND } from '../lib/clock.ts'
import { type Posted, retryAfterSeconds, type Unposted } from '../lib/outbound.ts'
import type { Stage } from '../queue/worker.ts'
import { observePost } from './observations.ts'
import { successesWriter, type Troubles } from './successes.ts'

/** An endpoint may take this many at once; one whose circuit is open gets a single attempt at a time. */
const PER_ENDPOINT = 32
const EXCERPT_BYTES = 1024
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 24 * 60 * MINUTE

interface Work {
  delivery: Consignment
  endpoint: Endpoint
}

/** One attempt of one delivery. It never fails as a task: what the receiver does is recorded as data. */
export function deliver(app: App): Stage<Work> {
  const troubles: Troubles = { failing: new Set(), openCircuits: new Set() }
  const writeSuccesses = successesWriter(troubles)
  return {
    kind: 'deliver',
    concurrency: app.settings.webhook_concurrency,
    laneLimit: (endpointId) => (troubles.openCircuits.has(endpointId) ? 1 : PER_ENDPOINT),
    leaseMs: app.settings.webhook_timeout * SECOND + MINUTE,
    attempts: Number.MAX_SAFE_INTEGER,
    retryInMs: () => MINUTE,
    suspect: false,
    prepare: (tx, payloads) => readConsignments(tx, payloads.map(idOf)),
    begin: (tx, payload) => begin(tx, idOf(payload)),
    perform: async (work) => {
      const answer = await send(app, work)
      observePost(app, work.endpoint.uuid, answer, errorKindOf(answer))
      return async (tx) => {
        const attempt = attemptOf(tx, work, answer)
        if (attempt.errorKind !== null) return failed(tx, app, work, answer, attempt, troubles)
        tx.collect(writeSuccesses, { ...work, attempt })
        return undefined
      }
    },
    abandon: async () => undefined,
  }
}

const idOf = (payload: unknown) => (payload as { deliveryId: number }).deliveryId

/** What was read for the tasks that are claimed together; they mostly go to the same endpoint. */
const claimed = new WeakMap<
  Tx,
  { consignments: Map<number, Consignment>; endpoints: Map<number, Endpoint> }
>()

async function readConsignments(tx: Tx, ids: number[]) {
  const known = claimed.get(tx) ?? { consignments: new Map(), endpoints: new Map() }
  claimed.set(tx, known)
  for (const consignment of await findConsignments(tx, ids))
    known.consignments.set(consignment.id, consignment)
}

async function begin(tx: Tx, deliveryId: number): Promise<Work | undefined> {
  const delivery = claimed.get(tx)?.consignments.get(deliveryId)
  if (!delivery || delivery.status === 'delivered' || delivery.status === 'exhausted') return undefined
  const endpoint = await endpointOf(tx, delivery.endpointId)
  const obstacle = obstacleOf(endpoint)
  if (!obstacle) return { delivery, endpoint }
  await giveUp(tx, delivery, `Not sent: the endpoint ${obstacle}`)
  return undefined
}

/** What was stored for an endpoint may be due long after the endpoint has gone. */
function obstacleOf({ removedAt, enabled, disabledAt, disabledReason }: Endpoint): string | undefined {
  if (removedAt !== null) return 'was taken out of the configuration'
  if (enabled === 0) return 'is switched off in the configuration'
  return disabledAt === null ? undefined : `is disabled (${disabledReason})`
}

async function endpointOf(tx: Tx, id: number): Promise<Endpoint> {
  const { endpoints } = claimed.get(tx)!
  const endpoint = endpoints.get(id) ?? (await getEndpoint(tx, id))!
  endpoints.set(id, endpoint)
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

function attemptOf(tx: Tx, { delivery }: Work, answer: Posted | Unposted): NewAttempt {
  const errorKind = errorKindOf(answer)
  return {
    deliveryId: delivery.id,
    at: tx.now - answer.durationMs,
    statusCode: 'status' in answer ? answer.status : null,
    durationMs: answer.durationMs,
    errorKind,
    responseExcerpt: 'excerpt' in answer ? answer.excerpt : null,
    outcome: errorKind === null ? 'delivered' : 'retrying',
  }
}

async function failed(
  tx: Tx,
  app: App,
  { delivery, endpoint }: Work,
  answer: Posted | Unposted,
  attempt: NewAttempt,
  troubles: Troubles,
): Promise<{ retryInMs: number } | undefined> {
  const errorKind = attempt.errorKind!
  const gone = 'status' in answer && answer.status === 410
  const state = await endpointFailed(tx, endpoint.id, { error: errorKind, gone })
  troubles.failing.add(endpoint.id)
  if (circuitIsOpen(state.endpoint)) troubles.openCircuits.add(endpoint.id)
  if (state.disabled) await logDisabled(tx, app, delivery, endpoint, state.disabled)
  const retryInMs = gone || state.disabled ? undefined : delayAfter(app, delivery, answer)
  const outcome = retryInMs === undefined ? 'exhausted' : 'retrying'
  await insertAttempts(tx, [{ ...attempt, outcome }])
  await updateDelivery(tx, delivery.id, outcome, retryInMs === undefined ? null : tx.now + retryInMs)
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
