import sql, { raw, type Sql } from 'sql-template-tag'

export const scopes = ['platform', 'partner', 'organization', 'workspace'] as const
export type Scope = (typeof scopes)[number]

export const entityTypes = ['partner', 'organization', 'workspace'] as const
/** A level of the hierarchy that can have configuration. */
export type EntityType = (typeof entityTypes)[number]

export interface Entity {
  type: EntityType
  id: number
}

/** Who asks: a token, and the tenant it belongs to. It sees that tenant and what is below it. */
export interface Actor {
  /** Null for the token that the operator sets from outside. */
  tokenId: number | null
  name: string | null
  scope: Scope
  partnerId: number | null
  organizationId: number | null
  workspaceId: number | null
  rateLimit: number | null
}

/** The WHERE condition for rows that carry a workspace's id in `column`. */
export function visible(actor: Actor, column = 'workspace_id'): Sql {
  const workspaceId = raw(column)
  switch (actor.scope) {
    case 'platform':
      return sql`1 = 1`
    case 'partner':
      return sql`${workspaceId} IN (SELECT id FROM workspaces WHERE partner_id = ${actor.partnerId})`
    case 'organization':
      return sql`${workspaceId} IN (SELECT id FROM workspaces WHERE organization_id = ${actor.organizationId})`
    case 'workspace':
      return sql`${workspaceId} = ${actor.workspaceId}`
  }
}
