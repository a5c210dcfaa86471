import type { Queryable, Tx } from '../../db/db.ts'
import { bumpConfigVersion, configVersion } from '../config/configs.sql.ts'
import { mergePatch } from '../config/merge.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { findVariables, saveVariables, variablesAbove } from './variables.sql.ts'

export interface Variables {
  variables: Record<string, unknown>
  /** Sum of the levels' revisions: grows with every change that reaches the workspace. */
  revision: number
}

const levels = ['partner', 'organization', 'workspace'] as const
const none: Variables = { variables: {}, revision: 0 }
const cache = new WeakMap<Queryable, { version: number; byWorkspace: Map<number, Map<string, Variables>> }>()

/** What the levels set for the algorithm; the plugin's own defaults fill the rest. */
export async function resolveVariables(
  db: Queryable,
  workspaceId: number,
  algorithmId: string,
): Promise<Variables> {
  const version = await configVersion(db)
  let known = cache.get(db)
  if (known?.version !== version) {
    known = { version, byWorkspace: new Map() }
    cache.set(db, known)
  }
  let byAlgorithm = known.byWorkspace.get(workspaceId)
  if (!byAlgorithm) {
    byAlgorithm = await readAll(db, workspaceId)
    known.byWorkspace.set(workspaceId, byAlgorithm)
  }
  return byAlgorithm.get(algorithmId) ?? none
}

async function readAll(db: Queryable, workspaceId: number): Promise<Map<string, Variables>> {
  const stored = await variablesAbove(db, workspaceId)
  const resolved = new Map<string, Variables>()
  for (const level of levels) {
    for (const row of stored.filter(({ entityType }) => entityType === level)) {
      const below = resolved.get(row.algorithmId) ?? none
      resolved.set(row.algorithmId, {
        variables: { ...below.variables, ...(JSON.parse(row.variables) as Record<string, unknown>) },
        revision: below.revision + row.revision,
      })
    }
  }
  return resolved
}

/** Merges into what the level has; the caller has checked the result against the algorithm's schema. */
export async function patchVariables(
  tx: Tx,
  actor: Actor,
  entity: Entity,
  algorithmId: string,
  patch: object,
) {
  const before = await findVariables(tx, entity, algorithmId)
  const merged = mergePatch(JSON.parse(before?.variables ?? '{}'), patch)
  await saveVariables(tx, entity, algorithmId, JSON.stringify(merged), actor.name)
  await bumpConfigVersion(tx)
}
