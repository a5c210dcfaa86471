import type Database from 'better-sqlite3'
import initial from './migrations/0001_initial.sql' with { type: 'text' }
import feedback from './migrations/0002_feedback.sql' with { type: 'text' }
import stats from './migrations/0003_stats.sql' with { type: 'text' }
import events from './migrations/0004_events.sql' with { type: 'text' }
import algorithms from './migrations/0005_algorithms.sql' with { type: 'text' }
import tenancy from './migrations/0006_tenancy.sql' with { type: 'text' }
import retention from './migrations/0007_retention.sql' with { type: 'text' }

interface Migration {
  version: number
  name: string
  sql: string
}

const migrations: Migration[] = [
  { version: 1, name: 'initial', sql: initial },
  { version: 2, name: 'feedback', sql: feedback },
  { version: 3, name: 'stats', sql: stats },
  { version: 4, name: 'events', sql: events },
  { version: 5, name: 'algorithms', sql: algorithms },
  { version: 6, name: 'tenancy', sql: tenancy },
  { version: 7, name: 'retention', sql: retention },
]

export const newestVersion = migrations.at(-1)!.version

export class NewerSchema extends Error {}

/**
 * Brings the database up to this executable's schema, each step in a transaction of its own.
 * `beforeUpgrade` runs once when an older database is about to change, to keep a copy of it.
 */
export async function migrate(
  connection: Database,
  beforeUpgrade?: () => Promise<void>,
  steps: Migration[] = migrations,
): Promise<number[]> {
  connection.exec('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  const found = schemaVersion(connection)
  if (found > newestVersion)
    throw new NewerSchema(
      `The database has schema ${found}, this executable knows ${newestVersion}: use a newer executable`,
    )
  const due = steps.filter(({ version }) => version > found)
  if (due.length > 0 && found > 0) await beforeUpgrade?.()
  for (const migration of due) apply(connection, migration)
  return due.map(({ version }) => version)
}

export function schemaVersion(connection: Database): number {
  const row = connection.prepare('SELECT max(version) AS version FROM migrations').get() as {
    version: number | null
  }
  return row.version ?? 0
}

function apply(connection: Database, { version, name, sql }: Migration) {
  connection.exec('BEGIN IMMEDIATE')
  try {
    connection.exec(sql)
    connection.prepare('INSERT INTO migrations (version, name) VALUES (?, ?)').run(version, name)
    connection.exec('COMMIT')
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}
