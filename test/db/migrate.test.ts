import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { inspectDatabase } from '../../src/db/inspect.ts'
import { migrate, NewerSchema, newestVersion, schemaVersion } from '../../src/db/migrate.ts'
import { openDb } from '../../src/db/sqlite.ts'
import { newPath } from './open.ts'

/** A database as a release with schema `version` would have left it. */
function olderDb(path: string, version: number) {
  const db = openDb(path)
  db.connection.exec(`
    CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO migrations (version, name) VALUES (${version}, 'then')`)
  return db
}

test('a fresh database gets everything, without a copy of nothing', async () => {
  const db = openDb(newPath())
  let copied = false
  const applied = await migrate(db.connection, async () => {
    copied = true
  })
  expect(applied.at(-1)).toBe(newestVersion)
  expect(applied).toEqual([...applied].sort((one, other) => one - other))
  expect(copied).toBe(false)
  expect(schemaVersion(db.connection)).toBe(newestVersion)
  expect(await migrate(db.connection)).toEqual([])
  db.close()
})

test('a newer schema is refused with one line, and left as it is', async () => {
  const path = newPath()
  const db = olderDb(path, newestVersion + 1)
  await expect(migrate(db.connection)).rejects.toThrow(NewerSchema)
  await expect(migrate(db.connection)).rejects.toThrow(
    `The database has schema ${newestVersion + 1}, this executable knows ${newestVersion}: use a newer executable`,
  )
  db.close()
  const inspection = inspectDatabase(path)
  expect(inspection.schema).toBe(newestVersion + 1)
  inspection.close()
})

test('an older database is copied before it is changed', async () => {
  const path = newPath()
  const db = olderDb(path, 1)
  const steps = [
    { version: 1, name: 'then', sql: '' },
    { version: 2, name: 'next', sql: 'CREATE TABLE added (id INTEGER PRIMARY KEY)' },
  ]
  const copy = `${path}.before-1`
  expect(await migrate(db.connection, () => db.backup(copy), steps)).toEqual([2])
  db.close()
  const before = inspectDatabase(copy)
  expect(before.schema).toBe(1)
  before.close()
})

test('a step that fails leaves the schema of before', async () => {
  const path = newPath()
  const db = olderDb(path, 1)
  const steps = [
    { version: 2, name: 'good', sql: 'CREATE TABLE good (id INTEGER PRIMARY KEY)' },
    { version: 3, name: 'bad', sql: 'CREATE TABLE half (id INTEGER PRIMARY KEY); CREATE NONSENSE' },
  ]
  await expect(migrate(db.connection, undefined, steps)).rejects.toThrow(/syntax error/)
  expect(schemaVersion(db.connection)).toBe(2)
  const tables = db.connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  expect(tables).toContainEqual({ name: 'good' })
  expect(tables).not.toContainEqual({ name: 'half' })
  expect(existsSync(`${path}.before-1`)).toBe(false)
  db.close()
})
