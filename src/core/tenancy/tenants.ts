import type { Queryable, Tx } from '../../db/db.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { Actor, Entity, EntityType } from './actors.ts'
import {
  findOrganization,
  findPartner,
  findWorkspace,
  getOrganization,
  getPartner,
  getWorkspace,
  insertOrganization,
  insertPartner,
  insertWorkspace,
  type Workspace,
} from './tenants.sql.ts'

const CACHED_UUIDS = 10_000

/** The first tenant of each level, so that a fresh installation can be used at once. */
export async function ensureDefaultTenants(tx: Tx): Promise<void> {
  if (await findWorkspace(tx, 'default')) return
  const partner = await insertPartner(tx, { slug: 'default', name: 'Default partner' })
  const organization = await insertOrganization(tx, {
    slug: 'default',
    name: 'Default organization',
    partnerId: partner!.id,
  })
  await insertWorkspace(tx, {
    slug: 'default',
    name: 'Default workspace',
    organizationId: organization!.id,
    partnerId: partner!.id,
  })
}

export function mayUseWorkspace(actor: Actor, workspace: Workspace): boolean {
  switch (actor.scope) {
    case 'platform':
      return true
    case 'partner':
      return workspace.partnerId === actor.partnerId
    case 'organization':
      return workspace.organizationId === actor.organizationId
    case 'workspace':
      return workspace.id === actor.workspaceId
  }
}

export async function requireWorkspace(db: Queryable, actor: Actor, idOrSlug: string): Promise<Workspace> {
  const workspace = await findWorkspace(db, idOrSlug)
  if (!workspace) throw notFound('Workspace')
  if (!mayUseWorkspace(actor, workspace))
    throw new Refusal('forbidden', 'This token has no access to that workspace')
  return workspace
}

/** The tenant that `id` names, which must lie at or below the actor's own level. */
export async function requireEntity(
  db: Queryable,
  actor: Actor,
  type: EntityType,
  id: string,
): Promise<Entity> {
  const found = await finders[type](db, id)
  if (!found) throw notFound(labels[type])
  const entity = { type, id: found.id }
  if (!(await mayUseEntity(db, actor, entity)))
    throw new Refusal('forbidden', `This token has no access to that ${type}`)
  return entity
}

/** A token's own level and what is below it; what is above only counts for it. */
export async function mayUseEntity(db: Queryable, actor: Actor, { type, id }: Entity): Promise<boolean> {
  if (actor.scope === 'platform') return true
  if (type === 'partner') return actor.scope === 'partner' && actor.partnerId === id
  if (type === 'workspace') return mayUseWorkspace(actor, (await getWorkspace(db, id))!)
  if (actor.scope === 'organization') return actor.organizationId === id
  return actor.scope === 'partner' && (await getOrganization(db, id))!.partnerId === actor.partnerId
}

/** The tenant a token belongs to; none for the platform's. */
export function ownEntity(actor: Actor): Entity | undefined {
  switch (actor.scope) {
    case 'platform':
      return undefined
    case 'partner':
      return { type: 'partner', id: actor.partnerId! }
    case 'organization':
      return { type: 'organization', id: actor.organizationId! }
    case 'workspace':
      return { type: 'workspace', id: actor.workspaceId! }
  }
}

/** The entity and those above it, the nearest first. */
export async function lineage(db: Queryable, entity: Entity): Promise<Entity[]> {
  if (entity.type === 'partner') return [entity]
  if (entity.type === 'organization') {
    const organization = await getOrganization(db, entity.id)
    return organization ? [entity, { type: 'partner', id: organization.partnerId }] : [entity]
  }
  const workspace = await getWorkspace(db, entity.id)
  if (!workspace) return [entity]
  return [
    entity,
    { type: 'organization', id: workspace.organizationId },
    { type: 'partner', id: workspace.partnerId },
  ]
}

const finders = { partner: findPartner, organization: findOrganization, workspace: findWorkspace }
const getters = { partner: getPartner, organization: getOrganization, workspace: getWorkspace }
const labels = { partner: 'Partner', organization: 'Organization', workspace: 'Workspace' }

const uuids = new WeakMap<Queryable, Map<string, string>>()

/** Tenants are shown by UUID and stored by number; the pair never changes. */
export async function entityUuid(db: Queryable, { type, id }: Entity): Promise<string> {
  let known = uuids.get(db)
  if (!known || known.size >= CACHED_UUIDS) {
    known = new Map()
    uuids.set(db, known)
  }
  const key = `${type} ${id}`
  const found = known.get(key)
  if (found !== undefined) return found
  const { uuid } = (await getters[type](db, id))!
  known.set(key, uuid)
  return uuid
}
