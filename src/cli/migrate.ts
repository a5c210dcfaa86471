import { mkdirSync } from 'node:fs'
import { migrate as bringUpToDate, newestVersion, schemaVersion } from '../db/migrate.ts'
import { openDb } from '../db/sqlite.ts'
import { databasePath } from '../ops/data-folder.ts'
import { type Command, printJson } from './command.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: "bring the database up to this executable's schema; serve does it too",
  async run({ settings: read, json }) {
    const settings = read()
    mkdirSync(settings.data, { recursive: true, mode: 0o700 })
    const db = openDb(databasePath(settings))
    try {
      const applied = await bringUpToDate(db.connection, () =>
        db.backup(`${databasePath(settings)}.before-${schemaVersion(db.connection)}`),
      )
      if (json) printJson({ schema: newestVersion, applied })
      else console.log(applied.length === 0 ? 'Up to date' : `Applied: ${applied.join(', ')}`)
      return 0
    } finally {
      db.close()
    }
  },
}
