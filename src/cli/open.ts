import { existsSync } from 'node:fs'
import { migrate, newestVersion, schemaVersion } from '../db/migrate.ts'
import { openDb } from '../db/sqlite.ts'
import { databasePath } from '../ops/data-folder.ts'
import type { Settings } from '../settings.ts'
import { ExpectedFailure } from './command.ts'

/** Opens the database beside a running appliance, or without one; it must have been started once. */
export async function withDb<T>(
  settings: Settings,
  use: (db: ReturnType<typeof openDb>) => Promise<T>,
): Promise<T> {
  const path = databasePath(settings)
  if (!existsSync(path))
    throw new ExpectedFailure(`There is no database in ${settings.data}: run earshot serve once`)
  const db = openDb(path)
  try {
    if (schemaVersion(db.connection) < newestVersion)
      throw new ExpectedFailure('The database has an older schema: run earshot migrate')
    await migrate(db.connection)
    return await use(db)
  } finally {
    db.close()
  }
}
