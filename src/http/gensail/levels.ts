import { z } from 'zod'
import type { App } from '../../app.ts'
import { isSame, type KnownAlgorithm } from '../../core/algorithms/availability.ts'
import type { Level } from '../../core/algorithms/variables.sql.ts'
import { platformLevel } from '../../core/algorithms/variables.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { lineage, ownEntity, requireWorkspace } from '../../core/tenancy/tenants.ts'

export const LevelQuery = z.object({
  workspace_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "UUID or slug of a workspace below; default the token's own level" }),
})

/**
 * Where a token reads and changes variables: the workspace that it names, else its own level, or for a copy that
 * belongs to somebody below, that one's. The platform's level is the whole installation.
 */
export async function levelFor(
  app: App,
  actor: Actor,
  { owner }: KnownAlgorithm,
  workspace: string | undefined,
): Promise<Level> {
  if (workspace !== undefined)
    return { type: 'workspace', id: (await requireWorkspace(app.db, actor, workspace)).id }
  const own = ownEntity(actor)
  if (!owner) return own ?? platformLevel
  if (!own) return owner
  const isAbove = (await lineage(app.db, own)).some(isSame(owner))
  return isAbove ? own : owner
}
