import type Database from 'better-sqlite3'
import type { Statement } from 'better-sqlite3'
import type { Sql } from 'sql-template-tag'
import type { Queryable } from './db.ts'

const STATEMENT_CACHE_SIZE = 500

/** Preparing costs twenty times what a cached statement does; lists of varying length must not fill memory, though. */
export function statementCache(connection: Database) {
  const cache = new Map<string, Statement>()
  return (text: string): Statement => {
    const known = cache.get(text)
    if (known) return known
    const statement = connection.prepare(withoutPeeking(text))
    if (cache.size >= STATEMENT_CACHE_SIZE) cache.delete(cache.keys().next().value!)
    cache.set(text, statement)
    return statement
  }
}

/**
 * SQLite looks at the value of a bare parameter when it plans a comparison or a limit, and then plans the statement
 * anew for every other value: three times the cost of running it. It does not look behind a plus sign, which changes
 * nothing else.
 */
const withoutPeeking = (text: string) => text.replace(/([=<>]|LIMIT) \?/g, '$1 +?')

export function reader(prepare: (text: string) => Statement): Queryable {
  return {
    get: async <Row>(query: Sql) => prepare(query.sql).get(...bound(query)) as Row | undefined,
    all: async <Row>(query: Sql) => prepare(query.sql).all(...bound(query)) as Row[],
  }
}

/** SQLite knows neither booleans nor undefined. */
export function bound(query: Sql): unknown[] {
  const values = query.values
  for (let at = 0; at < values.length; at++) {
    const value = values[at]
    if (typeof value === 'boolean') values[at] = value ? 1 : 0
    else if (value === undefined) values[at] = null
  }
  return values
}
