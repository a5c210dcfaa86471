import { createReadStream, existsSync, statSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { recordingFiles } from '../core/calls/recordings.sql.ts'
import { copyDatabase, liveBytes } from '../db/copies.ts'
import { inspectDatabase } from '../db/inspect.ts'
import { fileSink } from '../lib/file-sink.ts'
import { freeBytes, showBytes, syncFolder } from '../lib/files.ts'
import { Refusal } from '../lib/refusal.ts'
import { keyId } from '../lib/sealed.ts'
import type { TarEntry } from '../lib/tar.ts'
import type { Settings } from '../settings.ts'
import { version } from '../version.ts'
import { DATABASE, MANIFEST, type Manifest, newManifest, packArchive, SUMS } from './archive.ts'
import { databasePath, keyInUse, keyPath, recordingsPath } from './data-folder.ts'
import { hashed, hashFile, showSums } from './hashes.ts'
import { countRows } from './inventory.sql.ts'

export type Progress = (step: { stage: 'database' | 'recordings'; done: number; total: number }) => void

export interface BackupResult {
  file: string
  bytes: number
  manifest: Manifest
  /** Recordings that the database names and the folder no longer has. */
  missing: string[]
  /** What the operator has to keep beside the archive, in a sentence. */
  reminder: string
}

interface Recordings {
  files: { name: string; size: number; modified: number }[]
  missing: string[]
  bytes: number
}

/** Copies the database and the recordings into one file, also while an instance is working on them. */
export async function backup(
  settings: Settings,
  target: string,
  onProgress: Progress = () => undefined,
): Promise<BackupResult> {
  const file = resolve(target)
  const from = requireDatabase(settings)
  refuseTarget(file)
  requireSpace(dirname(file), 2 * liveBytes(from))
  const workshop = await mkdtemp(join(dirname(file), `.${basename(file)}-`))
  try {
    const database = join(workshop, DATABASE)
    await copyDatabase(from, database, (done, total) => onProgress({ stage: 'database', done, total }))
    const { manifest, recordings } = await takeStock(settings, database)
    requireSpace(workshop, manifest.database.bytes + recordings.bytes)
    const archive = join(workshop, 'archive')
    await write(archive, listEntries(settings, manifest, database, recordings, onProgress))
    refuseTarget(file)
    await rename(archive, file)
    syncFolder(dirname(file))
    const bytes = statSync(file).size
    return { file, bytes, manifest, missing: recordings.missing, reminder: reminderOf(settings) }
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

function requireDatabase(settings: Settings): string {
  const path = databasePath(settings)
  if (!existsSync(path)) throw new Refusal('not_found', `There is no database in ${settings.data}`)
  return path
}

function refuseTarget(file: string) {
  if (existsSync(file)) throw new Refusal('conflict', `${file} is already there, and is not overwritten`)
  if (!existsSync(dirname(file))) throw new Refusal('not_found', `There is no folder ${dirname(file)}`)
}

function requireSpace(folder: string, needed: number) {
  const free = freeBytes(folder)
  if (free < needed)
    throw new Refusal(
      'conflict',
      `The backup may need ${showBytes(needed)} in ${folder}, where only ${showBytes(free)} are free`,
    )
}

async function takeStock(settings: Settings, database: string) {
  const inspection = inspectDatabase(database)
  try {
    const recordings = findRecordings(
      settings,
      (await recordingFiles(inspection)).map(({ file }) => file),
    )
    const key = keyInUse(settings)
    const manifest = newManifest({
      version,
      schema: inspection.schema,
      created_at: new Date().toISOString(),
      key_id: key ? keyId(key) : null,
      database: { bytes: statSync(database).size, sha256: await hashFile(database) },
      recordings: { files: recordings.files.length, bytes: recordings.bytes },
      counts: await countRows(inspection),
    })
    return { manifest, recordings }
  } finally {
    inspection.close()
  }
}

/** Only what the copied database names: the folder may have got more since. */
function findRecordings(settings: Settings, names: string[]): Recordings {
  const found: Recordings = { files: [], missing: [], bytes: 0 }
  for (const name of names) {
    const stat = statSync(join(recordingsPath(settings), name), { throwIfNoEntry: false })
    if (!stat?.isFile()) found.missing.push(name)
    else {
      found.files.push({ name, size: stat.size, modified: stat.mtimeMs / 1000 })
      found.bytes += stat.size
    }
  }
  return found
}

async function* listEntries(
  settings: Settings,
  manifest: Manifest,
  database: string,
  { files, bytes }: Recordings,
  onProgress: Progress,
): AsyncGenerator<TarEntry> {
  const modified = Date.parse(manifest.created_at) / 1000
  const sums = new Map<string, string>()
  const summed = (name: string, path: string) =>
    hashed(createReadStream(path), (hash) => sums.set(name, hash))

  yield textEntry(MANIFEST, JSON.stringify(manifest, null, 2) + '\n', modified)
  yield { name: DATABASE, size: manifest.database.bytes, modified, body: summed(DATABASE, database) }
  let done = 0
  for (const { name, ...facts } of files) {
    const inside = `recordings/${name}`
    yield { name: inside, ...facts, body: summed(inside, join(recordingsPath(settings), name)) }
    done += facts.size
    onProgress({ stage: 'recordings', done, total: bytes })
  }
  yield textEntry(SUMS, showSums(sums), modified)
}

function textEntry(name: string, text: string, modified: number): TarEntry {
  const bytes = Buffer.from(text)
  return { name, size: bytes.length, modified, body: once(bytes) }
}

async function* once(piece: Uint8Array) {
  yield piece
}

async function write(path: string, entries: AsyncIterable<TarEntry>) {
  const sink = await fileSink(path)
  try {
    for await (const piece of packArchive(entries)) await sink.write(piece)
    await sink.close()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

const reminderOf = (settings: Settings) =>
  settings.key === undefined
    ? `The key is not in the backup: keep ${keyPath(settings)} at another safe place, a restore needs it`
    : 'The key is not in the backup: keep the value of EARSHOT_KEY at another safe place, a restore needs it'
