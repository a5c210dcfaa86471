import type { Queryable } from '../../db/db.ts'
import { configVersion } from './configs.sql.ts'

const MOST_KEPT = 10_000

/**
 * Remembers what `load` derives from the configuration until any of it changes: it is asked for with every job. One
 * memory per connection, since what an open transaction sees must not outlive it.
 */
export function remembered<Key extends string | number, Value, Rest extends unknown[]>(
  load: (db: Queryable, key: Key, ...rest: Rest) => Promise<Value>,
) {
  const memories = new WeakMap<Queryable, { version: number; values: Map<Key, Value> }>()

  async function valuesOf(db: Queryable): Promise<Map<Key, Value>> {
    const version = await configVersion(db)
    const known = memories.get(db)
    if (known?.version === version) return known.values
    const values = new Map<Key, Value>()
    memories.set(db, { version, values })
    return values
  }

  return async (db: Queryable, key: Key, ...rest: Rest): Promise<Value> => {
    const values = await valuesOf(db)
    const found = values.get(key)
    if (found !== undefined || values.has(key)) return found as Value
    const value = await load(db, key, ...rest)
    if (values.size >= MOST_KEPT) values.clear()
    values.set(key, value)
    return value
  }
}
