import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspectDatabase } from '../db/inspect.ts'
import { newestVersion } from '../db/migrate.ts'
import { fileSink } from '../lib/file-sink.ts'
import { freeBytes, showBytes } from '../lib/files.ts'
import { Refusal } from '../lib/refusal.ts'
import { keyId } from '../lib/sealed.ts'
import { type TarEntry, TarError } from '../lib/tar.ts'
import type { Settings } from '../settings.ts'
import { asRefusal, DATABASE, type Manifest, openArchive, RECORDING, readText, SUMS } from './archive.ts'
import type { Progress } from './backup.ts'
import { databasePath, keyInUse, keyPath } from './data-folder.ts'
import { hashed, parseSums } from './hashes.ts'
import { takeLock } from './lock.ts'
import { putInPlace } from './swap.ts'

const PRIVATE_FOLDER = 0o700

export interface RestoreResult {
  manifest: Manifest
  /** What works less than before, in sentences. */
  warnings: string[]
}

/** Puts a backup in place. Until all of it has been unpacked and checked, nothing that was there is touched. */
export async function restore(
  settings: Settings,
  file: string,
  { force = false }: { force?: boolean } = {},
  onProgress: Progress = () => undefined,
): Promise<RestoreResult> {
  const archive = await openArchive(file)
  let release: (() => void) | undefined
  try {
    const warnings = checkManifest(settings, archive.manifest, force)
    mkdirSync(settings.data, { recursive: true, mode: PRIVATE_FOLDER })
    release = takeLock(settings.data)
    refuseOverwriting(settings, force)
    requireSpace(settings.data, archive.manifest)
    await unpackAndPlace(settings, archive, onProgress)
    return { manifest: archive.manifest, warnings }
  } finally {
    archive.close()
    release?.()
  }
}

/** Returns what the operator is told when he forces it all the same. */
function checkManifest(settings: Settings, manifest: Manifest, force: boolean): string[] {
  if (manifest.schema > newestVersion)
    throw new Refusal(
      'conflict',
      `The backup was made by Earshot ${manifest.version} with schema ${manifest.schema}, this executable knows ` +
        `${newestVersion}: use a newer executable`,
    )
  const problem = keyProblem(settings, manifest)
  if (problem && !force)
    throw new Refusal('conflict', `${problem}, or restore without the secrets by --force`)
  return problem ? [problem] : []
}

function keyProblem(settings: Settings, { key_id }: Manifest): string | undefined {
  if (key_id === null) return undefined
  const key = keyInUse(settings)
  const remedy = `put the key file of that time at ${keyPath(settings)} or set EARSHOT_KEY`
  if (!key)
    return `The secrets in the backup were sealed with the key ${key_id}, and there is no key here: ${remedy}`
  if (keyId(key) === key_id) return undefined
  return `The secrets in the backup were sealed with the key ${key_id}, the key in use is ${keyId(key)}: ${remedy}`
}

function refuseOverwriting(settings: Settings, force: boolean) {
  if (existsSync(databasePath(settings)) && !force)
    throw new Refusal('conflict', `${settings.data} already has a database; --force replaces it`)
}

function requireSpace(folder: string, { database, recordings }: Manifest) {
  const [needed, free] = [database.bytes + recordings.bytes, freeBytes(folder)]
  if (free < needed)
    throw new Refusal(
      'conflict',
      `The backup needs ${showBytes(needed)} in ${folder}, where only ${showBytes(free)} are free`,
    )
}

async function unpackAndPlace(
  settings: Settings,
  { manifest, entries }: { manifest: Manifest; entries: AsyncIterable<TarEntry> },
  onProgress: Progress,
) {
  const staging = mkdtempSync(join(settings.data, '.restoring-'))
  try {
    const found = await unpack(staging, manifest, entries, onProgress)
    checkSums(found, manifest)
    checkDatabase(join(staging, DATABASE), manifest)
    putInPlace(settings, staging)
  } catch (error) {
    throw asRefusal(error)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** The hashes of what was unpacked, and those that the backup claims. */
interface Sums {
  found: Map<string, string>
  claimed: Map<string, string> | undefined
}

async function unpack(
  staging: string,
  manifest: Manifest,
  entries: AsyncIterable<TarEntry>,
  onProgress: Progress,
): Promise<Sums> {
  mkdirSync(join(staging, 'recordings'))
  const sums: Sums = { found: new Map(), claimed: undefined }
  let done = 0
  for await (const { name, size, body } of entries) {
    if (name === SUMS) {
      sums.claimed = parseSums(await readText(body))
      continue
    }
    requireKnown(name)
    sums.found.set(name, await save(join(staging, name), body))
    if (name === DATABASE) onProgress({ stage: 'database', done: size, total: size })
    else {
      done += size
      onProgress({ stage: 'recordings', done, total: manifest.recordings.bytes })
    }
  }
  return sums
}

function requireKnown(name: string) {
  if (name !== DATABASE && !RECORDING.test(name))
    throw new Refusal('invalid', `The backup holds a file that does not belong there: ${name}`)
}

async function save(path: string, body: AsyncIterable<Uint8Array>): Promise<string> {
  const sink = await fileSink(path)
  let found = ''
  try {
    for await (const piece of hashed(body, (hash) => {
      found = hash
    }))
      await sink.write(piece)
    await sink.close()
  } catch (error) {
    await sink.discard()
    throw error
  }
  return found
}

function checkSums({ found, claimed }: Sums, manifest: Manifest) {
  if (!claimed) throw new TarError('No sums')
  const database = found.get(DATABASE)
  if (!database) throw new Refusal('invalid', 'The backup holds no database')
  const changed = [...claimed].find(([name, hash]) => found.get(name) !== hash)?.[0]
  if (changed) throw new Refusal('invalid', `The backup is damaged: ${changed} is not what was saved`)
  if (database !== manifest.database.sha256 || claimed.size !== found.size)
    throw new Refusal('invalid', 'The backup is damaged: its parts do not belong together')
}

function checkDatabase(path: string, manifest: Manifest) {
  const inspection = inspectDatabase(path)
  const [problem] = inspection.findDamage('full')
  const { schema } = inspection
  inspection.close()
  if (problem) throw new Refusal('invalid', `The database in the backup is damaged: ${problem}`)
  if (schema !== manifest.schema)
    throw new Refusal('invalid', `The database in the backup has schema ${schema}, not ${manifest.schema}`)
}
