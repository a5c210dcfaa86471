import type { App } from '../../app.ts'
import type { Actor, Entity, EntityType } from '../../core/tenancy/actors.ts'
import { requireEntity } from '../../core/tenancy/tenants.ts'
import { notFound } from '../../lib/refusal.ts'

/** The document writes both, `config/workspaces/…` and `entity_type` `workspace`. */
const TYPES: Record<string, EntityType> = {
  partner: 'partner',
  partners: 'partner',
  organization: 'organization',
  organizations: 'organization',
  workspace: 'workspace',
  workspaces: 'workspace',
}

export const entityParams = {
  entity_type: '`partners`, `organizations` or `workspaces`; the singular counts the same',
  entity_id: 'UUID or slug of the tenant',
}

/** The tenant of the path, at or below the token's own level. */
export function entityOf(
  app: App,
  actor: Actor,
  { entity_type, entity_id }: { entity_type: string; entity_id: string },
): Promise<Entity> {
  const type = Object.hasOwn(TYPES, entity_type) ? TYPES[entity_type] : undefined
  if (!type) throw notFound('Path')
  return requireEntity(app.db, actor, type, entity_id)
}
