import sql, { type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { isUuid, newUuid } from '../../lib/ids.ts'
import { visible } from './actors.sql.ts'
import type { Actor } from './actors.ts'

export interface Partner {
  id: number
  uuid: string
  slug: string
  name: string
  enabled: number
}

export interface Organization extends Partner {
  partnerId: number
}

export interface Workspace extends Organization {
  organizationId: number
}

const partnerColumns = sql`id, uuid, slug, name, enabled`
const organizationColumns = sql`${partnerColumns}, partner_id AS "partnerId"`
const workspaceColumns = sql`${organizationColumns}, organization_id AS "organizationId"`

export function insertPartner(tx: Tx, { slug, name }: { slug: string; name: string }) {
  return tx.get<Partner>(sql`
    INSERT INTO partners (uuid, slug, name, created_at) VALUES (${newUuid()}, ${slug}, ${name}, ${tx.now})
    RETURNING ${partnerColumns}`)
}

export function insertOrganization(
  tx: Tx,
  { slug, name, partnerId }: Pick<Organization, 'slug' | 'name' | 'partnerId'>,
) {
  return tx.get<Organization>(sql`
    INSERT INTO organizations (uuid, slug, name, partner_id, created_at)
    VALUES (${newUuid()}, ${slug}, ${name}, ${partnerId}, ${tx.now})
    RETURNING ${organizationColumns}`)
}

export function insertWorkspace(
  tx: Tx,
  {
    slug,
    name,
    organizationId,
    partnerId,
  }: Pick<Workspace, 'slug' | 'name' | 'organizationId' | 'partnerId'>,
) {
  return tx.get<Workspace>(sql`
    INSERT INTO workspaces (uuid, slug, name, organization_id, partner_id, created_at)
    VALUES (${newUuid()}, ${slug}, ${name}, ${organizationId}, ${partnerId}, ${tx.now})
    RETURNING ${workspaceColumns}`)
}

export const findPartner = (db: Queryable, idOrSlug: string) =>
  db.get<Partner>(sql`SELECT ${partnerColumns} FROM partners WHERE ${named(idOrSlug)}`)

export const findOrganization = (db: Queryable, idOrSlug: string) =>
  db.get<Organization>(sql`SELECT ${organizationColumns} FROM organizations WHERE ${named(idOrSlug)}`)

export const findWorkspace = (db: Queryable, idOrSlug: string) =>
  db.get<Workspace>(sql`SELECT ${workspaceColumns} FROM workspaces WHERE ${named(idOrSlug)}`)

export const getWorkspace = (db: Queryable, id: number) =>
  db.get<Workspace>(sql`SELECT ${workspaceColumns} FROM workspaces WHERE id = ${id}`)

export const getOrganization = (db: Queryable, id: number) =>
  db.get<Organization>(sql`SELECT ${organizationColumns} FROM organizations WHERE id = ${id}`)

export const getPartner = (db: Queryable, id: number) =>
  db.get<Partner>(sql`SELECT ${partnerColumns} FROM partners WHERE id = ${id}`)

/** Every tenant has a UUID and a slug, and either names it. */
function named(idOrSlug: string): Sql {
  return isUuid(idOrSlug) ? sql`uuid = ${idOrSlug.toLowerCase()}` : sql`slug = ${idOrSlug}`
}

export const visibleWorkspaceIds = async (db: Queryable, actor: Actor): Promise<number[]> => {
  const rows = await db.all<{ id: number }>(
    sql`SELECT id FROM workspaces WHERE ${visible(actor, 'id')} ORDER BY id`,
  )
  return rows.map(({ id }) => id)
}
