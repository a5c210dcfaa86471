import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export type DeliveryStatus = 'pending' | 'retrying' | 'delivered' | 'exhausted'

export interface Delivery {
  id: number
  messageId: string
  runId: number
  jobId: number
  endpointId: number
  status: DeliveryStatus
  attempts: number
  nextAttemptAt: number | null
  createdAt: number
}

export interface Attempt {
  deliveryId: number
  at: number
  statusCode: number | null
  durationMs: number
  errorKind: string | null
  responseExcerpt: string | null
}

export interface NewAttempt extends Attempt {
  /** What the delivery is after it. */
  outcome: Exclude<DeliveryStatus, 'pending'>
}

const columns = sql`id, message_id AS "messageId", run_id AS "runId", job_id AS "jobId",
  endpoint_id AS "endpointId", status, attempts, next_attempt_at AS "nextAttemptAt", created_at AS "createdAt"`

export type NewDelivery = Pick<Delivery, 'messageId' | 'runId' | 'jobId' | 'endpointId' | 'status'>

/** Resolves to their ids, in the order of the deliveries. */
export async function insertDeliveries(tx: Tx, deliveries: NewDelivery[]): Promise<number[]> {
  if (deliveries.length === 0) return []
  const values = deliveries.map(
    ({ messageId, runId, jobId, endpointId, status }) =>
      sql`(${messageId}, ${runId}, ${jobId}, ${endpointId}, ${status}, ${tx.now}, ${tx.now})`,
  )
  const rows = await tx.all<{ id: number }>(sql`
    INSERT INTO deliveries (message_id, run_id, job_id, endpoint_id, status, created_at, updated_at)
    VALUES ${join(values)}
    RETURNING id`)
  return rows.map(({ id }) => id).sort((one, other) => one - other)
}

/** A delivery with what it sends, and for whom. */
export interface Consignment extends Delivery {
  body: string
  workspaceId: number
}

export async function findConsignments(db: Queryable, ids: number[]): Promise<Consignment[]> {
  if (ids.length === 0) return []
  return db.all<Consignment>(sql`
    SELECT d.id, d.message_id AS "messageId", d.run_id AS "runId", d.job_id AS "jobId",
      d.endpoint_id AS "endpointId", d.status, d.attempts, d.next_attempt_at AS "nextAttemptAt",
      d.created_at AS "createdAt", p.head || c.text || p.tail AS body, r.workspace_id AS "workspaceId"
    FROM deliveries d JOIN run_payloads p ON p.run_id = d.run_id JOIN payload_parts c ON c.id = p.part_id
      JOIN runs r ON r.id = d.run_id
    WHERE d.id IN (${join(ids)})`)
}

export const deliveriesOfJob = (db: Queryable, jobId: number) =>
  db.all<Delivery & { url: string; endpointUuid: string }>(sql`
    SELECT d.id, d.message_id AS "messageId", d.run_id AS "runId", d.job_id AS "jobId",
      d.endpoint_id AS "endpointId", d.status, d.attempts, d.next_attempt_at AS "nextAttemptAt",
      d.created_at AS "createdAt", e.url, e.uuid AS "endpointUuid"
    FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE d.job_id = ${jobId}
    ORDER BY d.id`)

export const attemptsOfJob = (db: Queryable, jobId: number) =>
  db.all<Attempt>(sql`
    SELECT a.delivery_id AS "deliveryId", a.at, a.status_code AS "statusCode", a.duration_ms AS "durationMs",
      a.error_kind AS "errorKind", a.response_excerpt AS "responseExcerpt"
    FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id
    WHERE d.job_id = ${jobId}
    ORDER BY a.id`)

/** Those whose endpoint has not been taken out of the configuration since. */
export const deliveriesToPresent = (db: Queryable, runId: number) =>
  db.all<Delivery>(sql`
    SELECT ${columns} FROM deliveries
    WHERE run_id = ${runId} AND endpoint_id IN (SELECT id FROM webhook_endpoints WHERE removed_at IS NULL)
    ORDER BY id`)

/** What was not delivered to this endpoint for want of trying or after all attempts. */
export const exhaustedOfEndpoint = (db: Queryable, endpointId: number, limit: number) =>
  db.all<Delivery>(sql`
    SELECT ${columns} FROM deliveries
    WHERE endpoint_id = ${endpointId} AND status <> 'delivered' AND status = 'exhausted'
      AND EXISTS (SELECT 1 FROM run_payloads p WHERE p.run_id = deliveries.run_id)
    ORDER BY id
    LIMIT ${limit}`)

export async function insertAttempts(tx: Tx, attempts: NewAttempt[]): Promise<void> {
  if (attempts.length === 0) return
  const rows = attempts.map(
    ({ deliveryId, at, statusCode, durationMs, errorKind, responseExcerpt, outcome }) =>
      sql`(${deliveryId}, ${at}, ${statusCode}, ${durationMs}, ${errorKind}, ${responseExcerpt}, ${outcome})`,
  )
  await tx.run(sql`
    INSERT INTO delivery_attempts (delivery_id, at, status_code, duration_ms, error_kind, response_excerpt, outcome)
    VALUES ${join(rows)}`)
  for (const { outcome } of attempts) tx.signal('events', outcome)
}

/** Resolves to those that are still there. */
export async function markDelivered(tx: Tx, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.all<{ id: number }>(sql`
    UPDATE deliveries
    SET status = 'delivered', attempts = attempts + 1, next_attempt_at = NULL, updated_at = ${tx.now}
    WHERE id IN (${join(ids)})
    RETURNING id`)
  return new Set(rows.map(({ id }) => id))
}

export const updateDelivery = (tx: Tx, id: number, status: DeliveryStatus, nextAttemptAt: number | null) =>
  tx.run(sql`
    UPDATE deliveries
    SET status = ${status}, attempts = attempts + 1, next_attempt_at = ${nextAttemptAt}, updated_at = ${tx.now}
    WHERE id = ${id}`)

/** Makes it as new: same bytes, same id, a schedule from the start. */
export const restartDelivery = (tx: Tx, id: number) =>
  tx.run(sql`
    UPDATE deliveries SET status = 'pending', attempts = 0, next_attempt_at = NULL, updated_at = ${tx.now}
    WHERE id = ${id}`)

/** Ends it without another attempt. */
export const exhaustDelivery = (tx: Tx, id: number) =>
  tx.run(sql`
    UPDATE deliveries SET status = 'exhausted', next_attempt_at = NULL, updated_at = ${tx.now} WHERE id = ${id}`)
