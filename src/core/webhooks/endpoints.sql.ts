import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'
import type { Actor, Entity, EntityType } from '../tenancy/actors.ts'

export interface Endpoint {
  id: number
  uuid: string
  entityType: EntityType
  entityId: number
  url: string
  sealedSecret: string | null
  /** JSON array, or null for all algorithms. */
  algorithmIds: string | null
  enabled: number
  disabledAt: number | null
  disabledReason: string | null
  consecutiveFailures: number
  failingSince: number | null
  lastSuccessAt: number | null
  lastFailureAt: number | null
  lastError: string | null
  removedAt: number | null
}

export type EndpointValues = Pick<Endpoint, 'url' | 'sealedSecret' | 'algorithmIds' | 'enabled'>

const columns = sql`id, uuid, entity_type AS "entityType", entity_id AS "entityId", url,
  sealed_secret AS "sealedSecret", algorithm_ids AS "algorithmIds", enabled, disabled_at AS "disabledAt",
  disabled_reason AS "disabledReason", consecutive_failures AS "consecutiveFailures",
  failing_since AS "failingSince", last_success_at AS "lastSuccessAt", last_failure_at AS "lastFailureAt",
  last_error AS "lastError", removed_at AS "removedAt"`

export const endpointsOf = (db: Queryable, { type, id }: Entity) =>
  db.all<Endpoint>(sql`
    SELECT ${columns} FROM webhook_endpoints
    WHERE entity_type = ${type} AND entity_id = ${id} AND removed_at IS NULL
    ORDER BY id`)

export const getEndpoint = (db: Queryable, id: number) =>
  db.get<Endpoint>(sql`SELECT ${columns} FROM webhook_endpoints WHERE id = ${id}`)

export const findEndpoint = (db: Queryable, uuid: string) =>
  db.get<Endpoint>(sql`SELECT ${columns} FROM webhook_endpoints WHERE uuid = ${uuid} AND removed_at IS NULL`)

export function insertEndpoint(tx: Tx, { type, id }: Entity, values: EndpointValues) {
  return tx.get<Endpoint>(sql`
    INSERT INTO webhook_endpoints (uuid, entity_type, entity_id, url, sealed_secret, algorithm_ids, enabled, created_at)
    VALUES (${newUuid()}, ${type}, ${id}, ${values.url}, ${values.sealedSecret}, ${values.algorithmIds},
      ${values.enabled}, ${tx.now})
    RETURNING ${columns}`)
}

export const updateEndpoint = (tx: Tx, id: number, values: EndpointValues) =>
  tx.run(sql`
    UPDATE webhook_endpoints
    SET url = ${values.url}, sealed_secret = ${values.sealedSecret}, algorithm_ids = ${values.algorithmIds},
      enabled = ${values.enabled}
    WHERE id = ${id}`)

/** Its deliveries stay readable. */
export const removeEndpoint = (tx: Tx, id: number) =>
  tx.run(sql`UPDATE webhook_endpoints SET removed_at = ${tx.now} WHERE id = ${id}`)

/** Writes only when there is news: most deliveries succeed, and all of an endpoint's share this row. */
export const recordEndpointSuccess = (tx: Tx, id: number, noFresherThan: number) =>
  tx.run(sql`
    UPDATE webhook_endpoints SET last_success_at = ${tx.now}, consecutive_failures = 0, failing_since = NULL
    WHERE id = ${id} AND (consecutive_failures > 0 OR last_success_at IS NULL OR last_success_at < ${noFresherThan})`)

export function recordEndpointFailure(tx: Tx, id: number, error: string) {
  return tx.get<Endpoint>(sql`
    UPDATE webhook_endpoints
    SET last_failure_at = ${tx.now}, last_error = ${error}, consecutive_failures = consecutive_failures + 1,
      failing_since = coalesce(failing_since, ${tx.now})
    WHERE id = ${id}
    RETURNING ${columns}`)
}

export async function disableEndpoint(tx: Tx, id: number, reason: string): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE webhook_endpoints SET disabled_at = ${tx.now}, disabled_reason = ${reason}
    WHERE id = ${id} AND disabled_at IS NULL`)
  return changed === 1
}

export const enableEndpoint = (tx: Tx, id: number) =>
  tx.run(sql`
    UPDATE webhook_endpoints
    SET disabled_at = NULL, disabled_reason = NULL, consecutive_failures = 0, failing_since = NULL
    WHERE id = ${id}`)

/** The endpoints at and below the actor's own level, and those it inherits. */
export function endpointsSeenBy(db: Queryable, actor: Actor, after: number, limit: number) {
  const seen = {
    platform: sql`1 = 1`,
    partner: sql`(entity_type = 'partner' AND entity_id = ${actor.partnerId})
      OR (entity_type = 'organization' AND entity_id IN (SELECT id FROM organizations WHERE partner_id = ${actor.partnerId}))
      OR (entity_type = 'workspace' AND entity_id IN (SELECT id FROM workspaces WHERE partner_id = ${actor.partnerId}))`,
    organization: sql`(entity_type = 'partner' AND entity_id = ${actor.partnerId})
      OR (entity_type = 'organization' AND entity_id = ${actor.organizationId})
      OR (entity_type = 'workspace'
        AND entity_id IN (SELECT id FROM workspaces WHERE organization_id = ${actor.organizationId}))`,
    workspace: sql`(entity_type = 'partner' AND entity_id = ${actor.partnerId})
      OR (entity_type = 'organization' AND entity_id = ${actor.organizationId})
      OR (entity_type = 'workspace' AND entity_id = ${actor.workspaceId})`,
  }[actor.scope]
  return db.all<Endpoint>(sql`
    SELECT ${columns} FROM webhook_endpoints
    WHERE removed_at IS NULL AND (${seen}) AND id > ${after}
    ORDER BY id
    LIMIT ${limit}`)
}
