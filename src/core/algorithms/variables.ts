import type { Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Sealer } from '../../lib/sealed.ts'
import { bumpConfigVersion } from '../config/configs.sql.ts'
import { remembered } from '../config/memory.ts'
import { mergePatch } from '../config/merge.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import { lineage } from '../tenancy/tenants.ts'
import type { Algorithm } from './catalogue.ts'
import { openSecrets, sealSecrets } from './secrets.ts'
import { diffOf } from './variable-diffs.ts'
import {
  findVariables,
  insertChange,
  type Level,
  type StoredVariables,
  saveVariables,
  variablesAbove,
} from './variables.sql.ts'

type Json = Record<string, unknown>

export interface Variables {
  /** With the secrets open. */
  variables: Json
  /** Sum of the levels' revisions: grows with every change that reaches the level. */
  revision: number
}

export const platformLevel: Level = { type: 'platform', id: 0 }

const MAX_BYTES = 256 * 1024
const levels = ['platform', 'partner', 'organization', 'workspace'] as const
const none: Variables = { variables: {}, revision: 0 }

/** What the levels set for the algorithm; the plugin's own defaults fill the rest. */
export async function resolveVariables(
  db: Queryable,
  sealer: Sealer,
  workspaceId: number,
  algorithmId: string,
): Promise<Variables> {
  const byAlgorithm = await variablesOf(db, workspaceId, sealer)
  return byAlgorithm.get(algorithmId) ?? none
}

const variablesOf = remembered(readAll)

async function readAll(db: Queryable, workspaceId: number, sealer: Sealer): Promise<Map<string, Variables>> {
  const stored = await variablesAbove(db, workspaceId)
  const resolved = new Map<string, Variables>()
  for (const level of levels) {
    for (const row of stored.filter(({ entityType }) => entityType === level)) {
      const below = resolved.get(row.algorithmId) ?? none
      resolved.set(row.algorithmId, {
        variables: { ...below.variables, ...opened(sealer, row) },
        revision: below.revision + row.revision,
      })
    }
  }
  return resolved
}

const placeOf = ({ type, id }: Level, algorithmId: string) =>
  `algorithm_variables:${type}:${id}:${algorithmId}`

function opened(sealer: Sealer, row: StoredVariables | undefined): Json {
  if (!row) return {}
  const place = placeOf({ type: row.entityType, id: row.entityId }, row.algorithmId)
  return openSecrets(sealer, JSON.parse(row.variables), place) as Json
}

export interface LayeredVariables extends Variables {
  /** Name of each variable → the level that sets it. */
  provenance: Record<string, string>
  /** What the level itself sets. */
  own: Json
}

/** The level and those above it, the nearest first; the installation is above all. */
export const levelsFrom = async (db: Queryable, level: Level): Promise<Level[]> =>
  level.type === 'platform' ? [level] : [...(await lineage(db, level as Entity)), platformLevel]

/** What counts at any level, with the plugin's `defaults` below; `patch` shows it as if the level had taken that in. */
export async function layerVariables(
  db: Queryable,
  sealer: Sealer,
  level: Level,
  algorithmId: string,
  defaults: Json,
  patch?: Json,
): Promise<LayeredVariables> {
  const layered: LayeredVariables = { variables: {}, revision: 0, provenance: {}, own: {} }
  lay(layered, 'default', defaults)
  for (const each of (await levelsFrom(db, level)).reverse()) {
    const stored = await findVariables(db, each, algorithmId)
    layered.own = opened(sealer, stored)
    if (patch !== undefined && each.type === level.type) layered.own = mergePatch(layered.own, patch) as Json
    lay(layered, each.type, layered.own)
    layered.revision += stored?.revision ?? 0
  }
  return layered
}

function lay(layered: LayeredVariables, level: string, variables: Json) {
  for (const [name, value] of Object.entries(variables)) {
    layered.variables[name] = value
    layered.provenance[name] = level
  }
}

export interface VariablesPatch {
  level: Level
  algorithm: Pick<Algorithm, 'id' | 'variablesSchema'>
  /** With the secrets open. */
  patch: Json
  /** The revision that the caller looked at when it checked the outcome against the algorithm's schema. */
  expected: number
}

/** Merges into what the level has, and writes down what that changed. What changes nothing makes no revision. */
export async function patchVariables(
  tx: Tx,
  sealer: Sealer,
  actor: Actor,
  { level, algorithm, patch, expected }: VariablesPatch,
): Promise<void> {
  const before = await layerVariables(tx, sealer, level, algorithm.id, {})
  if (before.revision !== expected)
    throw new Refusal('conflict', 'The variables have changed since they were read', { reason: 'stale' })
  const after = mergePatch(before.own, patch) as Json
  const diff = diffOf(algorithm.variablesSchema, before.own, after)
  if (diff.length === 0) return
  const stored = JSON.stringify(
    sealSecrets(sealer, algorithm.variablesSchema, after, placeOf(level, algorithm.id)),
  )
  if (stored.length > MAX_BYTES) throw tooLarge()
  await saveVariables(tx, level, algorithm.id, stored, actor.name)
  await insertChange(tx, level, algorithm.id, JSON.stringify(diff), actor.name)
  await audit(tx, actor, 'variables.changed', { type: 'algorithm', id: algorithm.id }, { level: level.type })
  await bumpConfigVersion(tx)
}

const tooLarge = () =>
  new Refusal('invalid', 'variables: Too large', {
    errors: [{ field: 'variables', message: `At most ${MAX_BYTES / 1024} KB at each level` }],
  })
