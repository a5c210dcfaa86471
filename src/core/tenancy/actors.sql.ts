import sql, { raw, type Sql } from 'sql-template-tag'
import type { Actor } from './actors.ts'

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
