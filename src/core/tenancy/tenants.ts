import type { Queryable, Tx } from '../../db/db.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { Actor, Entity, EntityType } from './actors.ts'
import {
  findOrganization,
  findPartner,
  findWorkspace,
  insertOrganization,
  insertPartner,
  insertWorkspace,
  type Workspace,
} from './tenants.sql.ts'

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

/** Whether the tenant that `id` names lies at or below the actor's own level. */
export async function requireEntity(
  db: Queryable,
  actor: Actor,
  type: EntityType,
  id: string,
): Promise<Entity> {
  if (type === 'workspace') return { type, id: (await requireWorkspace(db, actor, id)).id }
  const found = type === 'partner' ? await findPartner(db, id) : await findOrganization(db, id)
  if (!found) throw notFound(type === 'partner' ? 'Partner' : 'Organization')
  const partnerId = 'partnerId' in found ? (found.partnerId as number) : found.id
  const allowed =
    actor.scope === 'platform' ||
    (actor.scope === 'partner' && actor.partnerId === partnerId) ||
    (actor.scope === 'organization' && type === 'organization' && actor.organizationId === found.id)
  if (!allowed) throw new Refusal('forbidden', `This token has no access to that ${type}`)
  return { type, id: found.id }
}
