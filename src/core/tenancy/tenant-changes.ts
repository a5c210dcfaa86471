import { randomInt } from 'node:crypto'
import type { Db, Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { type Actor, type Entity, type EntityType, scopes } from './actors.ts'
import { type AuditedAction, audit } from './audit.ts'
import {
  disabledAbove,
  getTenant,
  insertTenant,
  isSlugTaken,
  type Lineage,
  type Tenant,
  updateTenant,
} from './tenant-changes.sql.ts'
import { ownEntity, requireEntity } from './tenants.ts'

export interface NewTenant {
  type: EntityType
  name: string
  /** Made from the name when absent. */
  slug?: string
  /** UUID or slug of the tenant above; the actor's own when absent. */
  parent?: string
}

export interface TenantChange {
  name?: string
  slug?: string
  enabled?: boolean
}

const SLUG_LENGTH = 40
const SUFFIX_LENGTH = 6
const SUFFIX_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** What a tenant lies in. */
const parentType = { partner: undefined, organization: 'partner', workspace: 'organization' } as const

/** A token creates what lies below itself. */
export async function createTenant(tx: Tx, actor: Actor, wanted: NewTenant): Promise<Tenant> {
  const { type, name } = wanted
  if (!isAbove(actor, type))
    throw new Refusal('forbidden', `A token of scope ${actor.scope} creates no ${type}s`)
  const lineage = await lineageOf(tx, actor, wanted)
  if (wanted.slug !== undefined) await requireFreeSlug(tx, type, wanted.slug)
  const slug = wanted.slug ?? (await freeSlug(tx, type, name))
  const tenant = (await insertTenant(tx, type, { slug, name }, lineage))!
  await audit(tx, actor, actions[type].created, { type, id: tenant.uuid }, { slug, name })
  return tenant
}

/** A tenant's own token may change its name; its slug and whether it is enabled are for those above. */
export async function changeTenant(
  tx: Tx,
  actor: Actor,
  entity: Entity,
  change: TenantChange,
): Promise<Tenant> {
  if ((change.slug !== undefined || change.enabled !== undefined) && !isAbove(actor, entity.type))
    throw new Refusal('forbidden', 'The slug and enabled can only be changed by a token from above')
  const before = (await getTenant(tx, entity))!
  const next = {
    name: change.name ?? before.name,
    slug: change.slug ?? before.slug,
    enabled: change.enabled === undefined ? before.enabled : Number(change.enabled),
  }
  const changes = difference(before, next)
  if (Object.keys(changes).length === 0) return before
  if (next.slug !== before.slug) await requireFreeSlug(tx, entity.type, next.slug)
  const after = (await updateTenant(tx, entity, next))!
  tx.signal('config')
  await audit(tx, actor, actions[entity.type].changed, { type: entity.type, id: after.uuid }, changes)
  return after
}

/** New calls are taken by a workspace only while it and all above it are enabled. */
export async function requireEnabled(db: Db, workspaceId: number): Promise<void> {
  const disabled = await disabledFor(db, workspaceId)
  if (disabled === undefined) return
  const what = disabled === 'workspace' ? 'The workspace' : `The workspace's ${disabled}`
  throw new Refusal('forbidden', `${what} is disabled and takes no new calls`)
}

const known = new WeakMap<Db, Map<number, EntityType | undefined>>()

/** Asked for with every call, so remembered from one change to the next. */
async function disabledFor(db: Db, workspaceId: number): Promise<EntityType | undefined> {
  const byWorkspace = known.get(db) ?? watch(db)
  if (!byWorkspace.has(workspaceId)) byWorkspace.set(workspaceId, await disabledAbove(db, workspaceId))
  return byWorkspace.get(workspaceId)
}

function watch(db: Db) {
  const byWorkspace = new Map<number, EntityType | undefined>()
  known.set(db, byWorkspace)
  db.on('config', () => byWorkspace.clear())
  return byWorkspace
}

const actions: Record<EntityType, { created: AuditedAction; changed: AuditedAction }> = {
  partner: { created: 'partner.created', changed: 'partner.changed' },
  organization: { created: 'organization.created', changed: 'organization.changed' },
  workspace: { created: 'workspace.created', changed: 'workspace.changed' },
}

export const isAbove = (actor: Actor, type: EntityType) => scopes.indexOf(actor.scope) < scopes.indexOf(type)

async function lineageOf(db: Queryable, actor: Actor, { type, parent }: NewTenant): Promise<Lineage> {
  const above = parentType[type]
  if (!above) return { partnerId: null, organizationId: null }
  const entity = parent === undefined ? ownEntity(actor) : await requireEntity(db, actor, above, parent)
  if (entity?.type !== above) throw parentNeeded(above)
  if (above === 'partner') return { partnerId: entity.id, organizationId: null }
  const { partnerId } = (await getTenant(db, entity))!
  return { partnerId, organizationId: entity.id }
}

function parentNeeded(above: EntityType): Refusal {
  const field = `${above}_id`
  const message = `Required with a token wider than ${above === 'partner' ? 'a partner' : 'an organization'}`
  return new Refusal('invalid', `${field}: ${message}`, { errors: [{ field, message }] })
}

async function requireFreeSlug(db: Queryable, type: EntityType, slug: string): Promise<void> {
  if (await isSlugTaken(db, type, slug)) throw new Refusal('conflict', 'This slug is in use')
}

/** The suffix is drawn, not counted: it must not tell how many others have the name. */
async function freeSlug(db: Queryable, type: EntityType, name: string): Promise<string> {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '')
  const base = plain || type
  let slug = base
  while (await isSlugTaken(db, type, slug)) slug = `${base}-${suffix()}`
  return slug
}

const suffix = () =>
  Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join('')

type Changeable = Pick<Tenant, 'name' | 'slug' | 'enabled'>

function difference(before: Changeable, after: Changeable) {
  const keys = (['name', 'slug', 'enabled'] as const).filter((key) => before[key] !== after[key])
  return Object.fromEntries(keys.map((key) => [key, { before: before[key], after: after[key] }]))
}
