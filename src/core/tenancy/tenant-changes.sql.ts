import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'
import { visible } from './actors.sql.ts'
import type { Actor, Entity, EntityType } from './actors.ts'

/** A partner, organization or workspace; the ids of those above it are null where there are none. */
export interface Tenant {
  id: number
  uuid: string
  slug: string
  name: string
  enabled: number
  createdAt: number
  partnerId: number | null
  organizationId: number | null
}

const tables = { partner: raw('partners'), organization: raw('organizations'), workspace: raw('workspaces') }

const above: Record<EntityType, Sql> = {
  partner: sql`NULL AS "partnerId", NULL AS "organizationId"`,
  organization: sql`partner_id AS "partnerId", NULL AS "organizationId"`,
  workspace: sql`partner_id AS "partnerId", organization_id AS "organizationId"`,
}

const columnsOf = (type: EntityType) =>
  sql`id, uuid, slug, name, enabled, created_at AS "createdAt", ${above[type]}`

export const getTenant = (db: Queryable, { type, id }: Entity) =>
  db.get<Tenant>(sql`SELECT ${columnsOf(type)} FROM ${tables[type]} WHERE id = ${id}`)

export const isSlugTaken = async (db: Queryable, type: EntityType, slug: string) =>
  (await db.get(sql`SELECT id FROM ${tables[type]} WHERE slug = ${slug}`)) !== undefined

export type Lineage = Pick<Tenant, 'partnerId' | 'organizationId'>

export function insertTenant(
  tx: Tx,
  type: EntityType,
  { slug, name }: Pick<Tenant, 'slug' | 'name'>,
  { partnerId, organizationId }: Lineage,
) {
  const parents = {
    partner: { names: empty, values: empty },
    organization: { names: sql`, partner_id`, values: sql`, ${partnerId}` },
    workspace: { names: sql`, partner_id, organization_id`, values: sql`, ${partnerId}, ${organizationId}` },
  }[type]
  return tx.get<Tenant>(sql`
    INSERT INTO ${tables[type]} (uuid, slug, name, created_at${parents.names})
    VALUES (${newUuid()}, ${slug}, ${name}, ${tx.now}${parents.values})
    RETURNING ${columnsOf(type)}`)
}

export const updateTenant = (
  tx: Tx,
  { type, id }: Entity,
  { slug, name, enabled }: Pick<Tenant, 'slug' | 'name' | 'enabled'>,
) =>
  tx.get<Tenant>(sql`
    UPDATE ${tables[type]} SET slug = ${slug}, name = ${name}, enabled = ${enabled} WHERE id = ${id}
    RETURNING ${columnsOf(type)}`)

export interface TenantFilter {
  enabled?: boolean
  partnerId?: number
  organizationId?: number
}

/** The actor's own and those below it, newest first. */
export function listTenants(
  db: Queryable,
  actor: Actor,
  type: EntityType,
  filter: TenantFilter,
  limit: number,
  before: number | null,
) {
  const parts = [ownOrBelow(actor, type)]
  if (filter.enabled !== undefined) parts.push(sql`enabled = ${filter.enabled ? 1 : 0}`)
  if (filter.partnerId !== undefined) parts.push(sql`partner_id = ${filter.partnerId}`)
  if (filter.organizationId !== undefined) parts.push(sql`organization_id = ${filter.organizationId}`)
  if (before !== null) parts.push(sql`id < ${before}`)
  return db.all<Tenant>(sql`
    SELECT ${columnsOf(type)} FROM ${tables[type]}
    WHERE ${join(parts, ' AND ')}
    ORDER BY id DESC
    LIMIT ${limit}`)
}

function ownOrBelow(actor: Actor, type: EntityType): Sql {
  if (actor.scope === 'platform') return sql`1 = 1`
  if (type === 'workspace') return visible(actor, 'id')
  if (actor.scope === type) return sql`id = ${type === 'partner' ? actor.partnerId : actor.organizationId}`
  return actor.scope === 'partner' ? sql`partner_id = ${actor.partnerId}` : sql`1 = 0`
}

/** The nearest tenant that is disabled, from the workspace upwards. */
export async function disabledAbove(db: Queryable, workspaceId: number): Promise<EntityType | undefined> {
  const row = await db.get<Record<EntityType, number>>(sql`
    SELECT w.enabled AS workspace, o.enabled AS organization, p.enabled AS partner
    FROM workspaces w
    JOIN organizations o ON o.id = w.organization_id
    JOIN partners p ON p.id = w.partner_id
    WHERE w.id = ${workspaceId}`)
  return (['workspace', 'organization', 'partner'] as const).find((type) => row?.[type] === 0)
}
