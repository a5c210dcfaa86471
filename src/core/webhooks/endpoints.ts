import type { Queryable, Tx } from '../../db/db.ts'
import { DAY, SECOND } from '../../lib/clock.ts'
import { isUuid } from '../../lib/ids.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import { mask, type Sealer } from '../../lib/sealed.ts'
import { resolveWithProvenance } from '../config/resolve.ts'
import type { Config, ConfigEndpoint } from '../config/schema.ts'
import type { Actor, Entity, EntityType } from '../tenancy/actors.ts'
import { getWorkspace } from '../tenancy/tenants.sql.ts'
import { mayUseEntity } from '../tenancy/tenants.ts'
import {
  disableEndpoint,
  type Endpoint,
  type EndpointValues,
  endpointsOf,
  findEndpoint,
  insertEndpoint,
  recordEndpointFailure,
  recordEndpointSuccess,
  removeEndpoint,
  updateEndpoint,
} from './endpoints.sql.ts'

/** From this many failures in a row an endpoint gets one attempt at a time, so that it holds up nobody. */
const CIRCUIT_FAILURES = 5
const DISABLE_AFTER_MS = 5 * DAY
const SUCCESS_GRANULARITY_MS = 10 * SECOND

export const endpointSecretAad = (uuid: string) => `webhook_endpoints:${uuid}`

/**
 * Keeps the table in step with a level's `webhooks` section. Secrets go to the table, sealed; the document keeps
 * their masks, and a mask that comes back in leaves the secret as it was.
 */
export async function keepEndpoints(
  tx: Tx,
  sealer: Sealer,
  entity: Entity,
  section: Config['webhooks'],
): Promise<Config['webhooks']> {
  const before = await endpointsOf(tx, entity)
  const wanted = section?.endpoints ?? []
  const kept: ConfigEndpoint[] = []
  for (const [at, endpoint] of wanted.entries()) {
    const known = before.find(({ uuid, url }) => (endpoint.id ? uuid === endpoint.id : url === endpoint.url))
    if (endpoint.id && !known) throw unknownEndpoint(at)
    kept.push(await keepOne(tx, sealer, entity, endpoint, known))
  }
  for (const { id, uuid } of before)
    if (!kept.some((endpoint) => endpoint.id === uuid)) await removeEndpoint(tx, id)
  return section && { ...section, ...(section.endpoints && { endpoints: kept }) }
}

async function keepOne(
  tx: Tx,
  sealer: Sealer,
  entity: Entity,
  wanted: ConfigEndpoint,
  known: Endpoint | undefined,
): Promise<ConfigEndpoint> {
  const values: EndpointValues = {
    url: wanted.url,
    sealedSecret: null,
    algorithmIds: wanted.algorithm_ids ? JSON.stringify(wanted.algorithm_ids) : null,
    enabled: wanted.enabled === false ? 0 : 1,
  }
  const row = known ?? (await insertEndpoint(tx, entity, values))!
  const secret = wanted.secret
  const current = row.sealedSecret ? sealer.open(row.sealedSecret, endpointSecretAad(row.uuid)) : undefined
  const next = secret !== undefined && current !== undefined && secret === mask(current) ? current : secret
  values.sealedSecret = next === undefined ? null : sealer.seal(next, endpointSecretAad(row.uuid))
  await updateEndpoint(tx, row.id, values)
  return { ...wanted, id: row.uuid, ...(next !== undefined && { secret: mask(next) }) }
}

const unknownEndpoint = (at: number) => {
  const field = `webhooks.endpoints.${at}.id`
  return new Refusal('invalid', `${field}: No such endpoint at this level`, {
    errors: [{ field, message: 'No such endpoint at this level' }],
  })
}

/** One at or below the actor's own level; those it only inherits are not its to change. */
export async function requireEndpoint(db: Queryable, actor: Actor, uuid: string): Promise<Endpoint> {
  const endpoint = isUuid(uuid) ? await findEndpoint(db, uuid.toLowerCase()) : undefined
  if (!endpoint) throw notFound('Webhook endpoint')
  if (!(await mayUseEntity(db, actor, { type: endpoint.entityType, id: endpoint.entityId })))
    throw new Refusal('forbidden', 'This token has no access to that webhook endpoint')
  return endpoint
}

/** The endpoints that count for a workspace: those of the nearest level that names any, switched on or not. */
export async function endpointsFor(db: Queryable, tx: Queryable, workspaceId: number): Promise<Endpoint[]> {
  const { provenance } = await resolveWithProvenance(db, workspaceId)
  const level = provenance['webhooks.endpoints']
  if (!level || level === 'default') return []
  return endpointsOf(tx, await entityOf(db, workspaceId, level as EntityType))
}

async function entityOf(db: Queryable, workspaceId: number, type: EntityType): Promise<Entity> {
  if (type === 'workspace') return { type, id: workspaceId }
  const workspace = (await getWorkspace(db, workspaceId))!
  return { type, id: type === 'partner' ? workspace.partnerId : workspace.organizationId }
}

export const wants = (endpoint: Endpoint, algorithmId: string) =>
  endpoint.enabled === 1 &&
  (endpoint.algorithmIds === null || (JSON.parse(endpoint.algorithmIds) as string[]).includes(algorithmId))

export const circuitIsOpen = (endpoint: Endpoint) => endpoint.consecutiveFailures >= CIRCUIT_FAILURES

export const endpointSucceeded = (tx: Tx, id: number) =>
  recordEndpointSuccess(tx, id, tx.now - SUCCESS_GRANULARITY_MS)

/** Whether another success, by what was read of the endpoint, would not be worth writing down. */
export const isKnownWell = ({ consecutiveFailures, lastSuccessAt }: Endpoint, now: number) =>
  consecutiveFailures === 0 && lastSuccessAt !== null && lastSuccessAt >= now - SUCCESS_GRANULARITY_MS

/** Resolves to why the endpoint was disabled by this failure, if it was. */
export async function endpointFailed(
  tx: Tx,
  id: number,
  failure: { error: string; gone: boolean },
): Promise<{ endpoint: Endpoint; disabled?: string }> {
  const endpoint = (await recordEndpointFailure(tx, id, failure.error))!
  const reason = failure.gone
    ? 'The endpoint answered 410 Gone'
    : tx.now - endpoint.failingSince! >= DISABLE_AFTER_MS
      ? 'Every delivery of the last 5 days failed'
      : undefined
  if (reason && (await disableEndpoint(tx, id, reason))) return { endpoint, disabled: reason }
  return { endpoint }
}
