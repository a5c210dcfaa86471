import type { Queryable } from '../../db/db.ts'
import type { Entity } from '../tenancy/actors.ts'
import { lineage } from '../tenancy/tenants.ts'
import { configsAbove, findConfig } from './configs.sql.ts'
import { remembered } from './memory.ts'
import { overlay } from './merge.ts'
import { type Config, defaults, limitKeys, type ResolvedConfig } from './schema.ts'

const levels = ['partner', 'organization', 'workspace'] as const

export interface Resolution {
  config: ResolvedConfig
  /** Dotted path of each value → the level that sets it. */
  provenance: Record<string, string>
}

export async function resolveConfig(db: Queryable, workspaceId: number): Promise<ResolvedConfig> {
  return (await resolveWithProvenance(db, workspaceId)).config
}

export const resolveWithProvenance = remembered(resolve)

async function resolve(db: Queryable, workspaceId: number): Promise<Resolution> {
  const stored = await configsAbove(db, workspaceId)
  return layered(
    levels.map((level) => ({
      level,
      document: stored.find(({ entityType }) => entityType === level)?.document,
    })),
  )
}

/** What counts at any level, read anew: also inside the transaction that is about to change it. */
export async function resolveEntity(db: Queryable, entity: Entity): Promise<Resolution> {
  const documents: { level: string; document: string | undefined }[] = []
  for (const level of await lineage(db, entity))
    documents.unshift({ level: level.type, document: (await findConfig(db, level))?.document })
  return layered(documents)
}

function layered(stored: { level: string; document: string | undefined }[]): Resolution {
  const documents = stored.map(({ level, document }) => ({
    level,
    document: JSON.parse(document ?? '{}') as Config,
  }))
  const { config, provenance } = overlay([{ level: 'default', document: defaults }, ...documents])
  const resolution = { config: filled(config, defaults) as ResolvedConfig, provenance }
  tighten(resolution, documents)
  return resolution
}

/** Merging takes null for «remove», but what nothing sets shall stand there as null. */
function filled(config: unknown, fallback: unknown): unknown {
  if (config === undefined) return fallback
  if (typeof fallback !== 'object' || fallback === null || Array.isArray(fallback)) return config
  const missing = Object.entries(fallback).map(([key, inner]) => [
    key,
    filled((config as Record<string, unknown>)[key], inner),
  ])
  return { ...(config as object), ...Object.fromEntries(missing) }
}

/** A quota that one level sets cannot be loosened by those below it. */
function tighten({ config, provenance }: Resolution, documents: { level: string; document: Config }[]) {
  for (const key of limitKeys) {
    const set = documents.flatMap(({ level, document }) => {
      const value = document.limits?.[key]
      return value === undefined ? [] : [{ level, value }]
    })
    const strictest = set.toSorted((one, other) => one.value - other.value)[0]
    if (!strictest) continue
    config.limits[key] = strictest.value
    provenance[`limits.${key}`] = strictest.level
  }
}
