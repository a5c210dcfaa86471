import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { openDb } from '../../src/db/sqlite.ts'
import type { Clock } from '../../src/lib/clock.ts'

export const newPath = () => join(mkdtempSync(join(tmpdir(), 'earshot-db-')), 'earshot.db')

/** A database with one table `notes (id, text UNIQUE)`. */
export function openNotes(options: { clock?: Clock; checkpointThread?: boolean } = {}) {
  const path = newPath()
  const db = openDb(path, options)
  db.connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)')
  return { db, path }
}

export const note = (text: unknown) => sql`INSERT INTO notes (text) VALUES (${text})`

export async function texts(db: ReturnType<typeof openDb>): Promise<string[]> {
  const rows = await db.all<{ text: string }>(sql`SELECT text FROM notes ORDER BY id`)
  return rows.map(({ text }) => text)
}
