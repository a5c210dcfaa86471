import Database from 'better-sqlite3'
import type { Queryable } from './db.ts'
import { schemaVersion } from './migrate.ts'
import { reader, statementCache } from './statements.ts'

export interface Inspection extends Queryable {
  sqliteVersion: string
  /** 0 when the file has never been an Earshot database. */
  schema: number
  /** Finds what `quick` leaves out too: indexes that do not match their tables, broken references. */
  findDamage(depth: 'quick' | 'full'): string[]
  close(): void
}

const BUSY_TIMEOUT_MS = 5000
const SHOWN_PROBLEMS = 5

/** Opens a database only to look at it, also beside a running instance. */
export function inspectDatabase(path: string): Inspection {
  const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  return {
    ...reader(statementCache(connection)),
    sqliteVersion: String(row(connection, 'SELECT sqlite_version() AS value')),
    schema: hasSchema(connection) ? schemaVersion(connection) : 0,
    findDamage: (depth) => (depth === 'quick' ? quickCheck(connection) : fullCheck(connection)),
    close: () => connection.close(),
  }
}

const row = (connection: Database, text: string) =>
  (connection.prepare(text).get() as { value: unknown } | undefined)?.value

const hasSchema = (connection: Database) =>
  row(connection, "SELECT 1 AS value FROM sqlite_master WHERE name = 'migrations'") === 1

const quickCheck = (connection: Database) => problemsOf(connection, `quick_check(${SHOWN_PROBLEMS})`)

function fullCheck(connection: Database): string[] {
  const broken = connection.pragma('foreign_key_check') as { table: string }[]
  const references = broken.slice(0, SHOWN_PROBLEMS).map(({ table }) => `A row of ${table} refers to nothing`)
  return [...problemsOf(connection, `integrity_check(${SHOWN_PROBLEMS})`), ...references]
}

function problemsOf(connection: Database, pragma: string): string[] {
  const rows = connection.pragma(pragma) as Record<string, string>[]
  return rows.map((found) => Object.values(found)[0]!).filter((text) => text !== 'ok')
}
