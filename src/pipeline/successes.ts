import { moveDeliveries } from '../core/jobs/changes.sql.ts'
import {
  type Consignment,
  insertAttempts,
  markDelivered,
  type NewAttempt,
} from '../core/webhooks/deliveries.sql.ts'
import type { Endpoint } from '../core/webhooks/endpoints.sql.ts'
import { endpointSucceeded, isKnownWell } from '../core/webhooks/endpoints.ts'
import type { Tx } from '../db/db.ts'

interface Success {
  delivery: Consignment
  endpoint: Endpoint
  attempt: NewAttempt
}

/** Endpoints by their ids, as this process has seen them do. */
export interface Troubles {
  failing: Set<number>
  openCircuits: Set<number>
}

/** Deliveries mostly succeed, and many at a time: all of a commit are written down together. */
export const successesWriter = (troubles: Troubles) => async (tx: Tx, successes: Success[]) => {
  const there = await markDelivered(
    tx,
    successes.map(({ delivery }) => delivery.id),
  )
  const counted = successes.filter(({ delivery }) => there.has(delivery.id))
  await insertAttempts(
    tx,
    counted.map(({ attempt }) => attempt),
  )
  const byJob = Map.groupBy(counted, ({ delivery }) => delivery.jobId)
  for (const [jobId, { length }] of byJob)
    await moveDeliveries(tx, jobId, { pending: -length, delivered: length, failed: 0 })
  const endpoints = new Map(counted.map(({ endpoint }) => [endpoint.id, endpoint]))
  for (const endpoint of endpoints.values()) await noteWell(tx, endpoint, troubles)
}

async function noteWell(tx: Tx, endpoint: Endpoint, { failing, openCircuits }: Troubles) {
  if (!failing.has(endpoint.id) && isKnownWell(endpoint, tx.now)) return
  failing.delete(endpoint.id)
  openCircuits.delete(endpoint.id)
  await endpointSucceeded(tx, endpoint.id)
}
