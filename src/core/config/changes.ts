import type { Tx } from '../../db/db.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import { entityUuid } from '../tenancy/tenants.ts'
import { insertChange } from './changes.sql.ts'
import { leaves } from './merge.ts'
import type { Config } from './schema.ts'

export interface Difference {
  path: string
  /** Null where there was, or is, nothing. */
  before: unknown
  after: unknown
}

/** Keeps who changed what of a level's configuration. `sealed` secrets stay so: they are masked when shown. */
export async function recordChange(
  tx: Tx,
  actor: Actor,
  entity: Entity,
  revision: number,
  before: Config,
  after: Config,
): Promise<void> {
  const diff = differences(before, after)
  await insertChange(tx, actor, entity, revision, JSON.stringify(diff))
  const object = { type: entity.type, id: await entityUuid(tx, entity) }
  await audit(tx, actor, 'config.changed', object, { revision, paths: diff.map(({ path }) => path) })
}

export function differences(before: object, after: object): Difference[] {
  const paths = [...new Set([...leaves(before), ...leaves(after)])].filter((path) => path !== '')
  return paths
    .map((path) => ({ path, before: valueAt(before, path), after: valueAt(after, path) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

/** Keys may have dots in them, so the path is matched piece by piece. */
function valueAt(document: unknown, path: string): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null
  const record = document as Record<string, unknown>
  if (Object.hasOwn(record, path)) return record[path]
  for (const key of Object.keys(record))
    if (path.startsWith(`${key}.`)) {
      const found = valueAt(record[key], path.slice(key.length + 1))
      if (found !== null) return found
    }
  return null
}
