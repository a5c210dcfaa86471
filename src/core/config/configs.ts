import type { Queryable, Tx } from '../../db/db.ts'
import { type FieldError, Refusal } from '../../lib/refusal.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { recordChange } from './changes.ts'
import { bumpConfigVersion, findConfig, saveConfig } from './configs.sql.ts'
import { mergePatch } from './merge.ts'
import { type Config, configSchema, configSections } from './schema.ts'

export interface OwnConfig {
  document: Config
  revision: number
}

/** Sections that need more than storing: they check their value, and give back what the document shall hold. */
export type SectionKeepers = {
  [Section in keyof Config]?: (tx: Tx, entity: Entity, value: Config[Section]) => Promise<Config[Section]>
}

/** What this level sets itself; revision 0 when it has never been written. */
export async function getConfig(db: Queryable, entity: Entity): Promise<OwnConfig> {
  const stored = await findConfig(db, entity)
  return stored
    ? { document: JSON.parse(stored.document) as Config, revision: stored.revision }
    : { document: {}, revision: 0 }
}

export interface ConfigChange {
  entity: Entity
  /** Revision the caller has seen (`If-Match`); undefined when it does not care. */
  expected?: number
  keepers: SectionKeepers
}

export function replaceConfig(
  tx: Tx,
  actor: Actor,
  change: ConfigChange,
  document: unknown,
): Promise<OwnConfig> {
  return write(tx, actor, change, () => document)
}

/** RFC 7396 merge patch of the whole document. */
export function patchConfig(
  tx: Tx,
  actor: Actor,
  change: ConfigChange,
  patch: Record<string, unknown>,
): Promise<OwnConfig> {
  return write(tx, actor, change, (before) => mergePatch(before, patch))
}

/** RFC 7396 merge patch of one section. */
export function patchSection(
  tx: Tx,
  actor: Actor,
  change: ConfigChange,
  section: keyof Config,
  patch: unknown,
): Promise<OwnConfig> {
  return write(tx, actor, change, (before) => mergePatch(before, { [section]: patch }))
}

async function write(
  tx: Tx,
  actor: Actor,
  { entity, expected, keepers }: ConfigChange,
  next: (before: Config) => unknown,
): Promise<OwnConfig> {
  const before = await getConfig(tx, entity)
  if (expected !== undefined && expected !== before.revision)
    throw new Refusal('conflict', 'The configuration has changed since it was read', { reason: 'stale' })
  const document = await keep(tx, entity, keepers, requireConfig(next(before.document)))
  const saved = await saveConfig(tx, entity, JSON.stringify(document), actor.name)
  await recordChange(tx, actor, entity, saved!.revision, before.document, document)
  await bumpConfigVersion(tx)
  return { document, revision: saved!.revision }
}

/** Refuses what the schema does not allow, naming the path and never the value. */
function requireConfig(document: unknown): Config {
  const parsed = configSchema.safeParse(document)
  if (parsed.success) return parsed.data
  const errors: FieldError[] = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), message: 'Unknown setting' }))
      : [{ field: issue.path.join('.'), message: issue.message }],
  )
  throw new Refusal('invalid', `${errors[0]!.field}: ${errors[0]!.message}`, { errors })
}

async function keep(tx: Tx, entity: Entity, keepers: SectionKeepers, document: Config): Promise<Config> {
  const kept: Record<string, unknown> = { ...document }
  for (const section of configSections) {
    const keeper = keepers[section] as
      | ((tx: Tx, entity: Entity, value: unknown) => Promise<unknown>)
      | undefined
    if (keeper) kept[section] = await keeper(tx, entity, document[section])
    if (kept[section] === undefined) delete kept[section]
  }
  return kept as Config
}
