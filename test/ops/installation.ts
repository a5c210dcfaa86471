import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { migrate } from '../../src/db/migrate.ts'
import { openDb } from '../../src/db/sqlite.ts'
import { createSealer, loadKey } from '../../src/lib/sealed.ts'
import { databasePath, keyPath, recordingsPath } from '../../src/ops/data-folder.ts'
import { readSettings } from '../../src/settings.ts'

export const emptyFolder = () => mkdtempSync(join(tmpdir(), 'earshot-ops-'))

export const settingsFor = (data: string, more: Record<string, string> = {}) =>
  readSettings({ data, ...more }, {})

/** A data folder with a database that is open, a key, and one workspace. */
export async function install(data = join(emptyFolder(), 'data')) {
  const settings = settingsFor(data)
  mkdirSync(recordingsPath(settings), { recursive: true, mode: 0o700 })
  const sealer = createSealer(loadKey({ file: keyPath(settings) }))
  const db = openDb(databasePath(settings), { checkpointThread: true })
  await migrate(db.connection)
  await db.tx(async (tx) => {
    await tx.run(sql`INSERT INTO partners (id, uuid, slug, name, created_at) VALUES (1, 'p', 'p', 'P', 1)`)
    await tx.run(sql`INSERT INTO organizations (id, uuid, slug, name, partner_id, created_at)
      VALUES (1, 'o', 'o', 'O', 1, 1)`)
    await tx.run(sql`INSERT INTO workspaces (id, uuid, slug, name, organization_id, partner_id, created_at)
      VALUES (1, 'w', 'w', 'W', 1, 1, 1)`)
  })

  /** One call with its job, and a recording if `audio` is given. */
  async function addCall(audio?: Uint8Array) {
    const uuid = crypto.randomUUID()
    const file = `${uuid}.wav`
    if (audio) writeFileSync(join(recordingsPath(settings), file), audio)
    return db.tx(async (tx) => {
      const call = await tx.get<{ id: number }>(sql`
        INSERT INTO calls (uuid, workspace_id, source, metadata, created_at)
        VALUES (${uuid}, 1, 'api', '{}', ${tx.now}) RETURNING id`)
      await tx.run(sql`INSERT INTO jobs (uuid, workspace_id, call_id, status, source, analytics_only, created_at, updated_at)
        VALUES (${uuid}, 1, ${call!.id}, 'queued', 'api', 0, ${tx.now}, ${tx.now})`)
      if (audio)
        await tx.run(sql`INSERT INTO recordings (call_id, file, bytes, created_at)
          VALUES (${call!.id}, ${file}, ${audio.length}, ${tx.now})`)
      return { id: call!.id, file }
    })
  }

  return { data, settings, sealer, db, addCall }
}
