import type { Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { bumpConfigVersion, configVersion } from '../config/configs.sql.ts'
import { mergePatch } from '../config/merge.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { lineage } from '../tenancy/tenants.ts'
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

export interface LayeredVariables extends Variables {
  /** Name of each variable → the level that sets it. */
  provenance: Record<string, string>
}

/** What counts at any level, with the plugin's `defaults` below; `patch` shows it as if the level had taken that in. */
export async function layerVariables(
  db: Queryable,
  entity: Entity | undefined,
  algorithmId: string,
  defaults: Record<string, unknown>,
  patch?: object,
): Promise<LayeredVariables> {
  const layered: LayeredVariables = { variables: {}, revision: 0, provenance: {} }
  lay(layered, 'default', defaults)
  const line = entity ? await lineage(db, entity) : []
  for (const level of line.reverse()) {
    const stored = await findVariables(db, level, algorithmId)
    const own = JSON.parse(stored?.variables ?? '{}') as Record<string, unknown>
    const isPatched = patch !== undefined && level.type === entity!.type
    lay(layered, level.type, isPatched ? (mergePatch(own, patch) as Record<string, unknown>) : own)
    layered.revision += stored?.revision ?? 0
  }
  return layered
}

function lay(layered: LayeredVariables, level: string, variables: Record<string, unknown>) {
  for (const [name, value] of Object.entries(variables)) {
    layered.variables[name] = value
    layered.provenance[name] = level
  }
}

/**
 * Merges into what the level has. The caller has checked the outcome against the algorithm's schema; `expected` is
 * the revision that it looked at.
 */
export async function patchVariables(
  tx: Tx,
  actor: Actor,
  entity: Entity,
  algorithmId: string,
  patch: object,
  expected: number,
) {
  if ((await layerVariables(tx, entity, algorithmId, {})).revision !== expected)
    throw new Refusal('conflict', 'The variables have changed since they were read', { reason: 'stale' })
  const before = await findVariables(tx, entity, algorithmId)
  const merged = mergePatch(JSON.parse(before?.variables ?? '{}'), patch)
  await saveVariables(tx, entity, algorithmId, JSON.stringify(merged), actor.name)
  await bumpConfigVersion(tx)
}
