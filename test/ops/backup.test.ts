import { expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import sql from 'sql-template-tag'
import { inspectDatabase } from '../../src/db/inspect.ts'
import { openDb } from '../../src/db/sqlite.ts'
import { createSealer, loadKey } from '../../src/lib/sealed.ts'
import { backup } from '../../src/ops/backup.ts'
import { databasePath, keyPath, recordingsPath } from '../../src/ops/data-folder.ts'
import { countRows } from '../../src/ops/inventory.sql.ts'
import { takeLock } from '../../src/ops/lock.ts'
import { restore } from '../../src/ops/restore.ts'
import { has, needs } from '../support/needs.ts'
import { emptyFolder, install, settingsFor } from './installation.ts'

const RECORDING = crypto.getRandomValues(new Uint8Array(50_000))

/** An installation of ten calls, three with recordings, saved into an archive. */
async function saved() {
  const source = await install()
  for (let at = 0; at < 10; at++) await source.addCall(at < 3 ? RECORDING : undefined)
  const file = join(emptyFolder(), 'backup.tar.zst')
  const result = await backup(source.settings, file)
  return { ...source, file, result }
}

/** An empty data folder that has the key of `source`. */
function otherFolder(source: { settings: { data: string } }) {
  const settings = settingsFor(emptyFolder())
  writeFileSync(keyPath(settings), readFileSync(keyPath(source.settings)), { mode: 0o600 })
  return settings
}

async function counts(path: string) {
  const inspection = inspectDatabase(path)
  const found = await countRows(inspection)
  inspection.close()
  return found
}

test('what was saved comes back whole, with its recordings and secrets', async () => {
  const source = await install()
  const kept = await source.addCall(RECORDING)
  await source.db.tx((tx) =>
    tx.run(sql`INSERT INTO webhook_credentials (uuid, entity_type, entity_id, auth_type, sealed, created_at, updated_at)
      VALUES ('c', 'workspace', 1, 'bearer', ${source.sealer.seal('canary-secret', 'here')}, 1, 1)`),
  )
  const file = join(emptyFolder(), 'b')
  const { manifest, bytes, reminder, missing } = await backup(source.settings, file)
  expect(statSync(file)).toMatchObject({ size: bytes })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(missing).toEqual([])
  expect(reminder).toContain(keyPath(source.settings))
  expect(manifest).toMatchObject({
    recordings: { files: 1, bytes: 50_000 },
    counts: { jobs: 1, recordings: 1 },
  })

  const target = otherFolder(source)
  const result = await restore(target, file)
  expect(result.warnings).toEqual([])
  expect(await counts(databasePath(target))).toEqual(manifest.counts)
  expect(new Uint8Array(readFileSync(join(recordingsPath(target), kept.file)))).toEqual(RECORDING)
  const db = openDb(databasePath(target))
  const row = await db.get<{ sealed: string }>(sql`SELECT sealed FROM webhook_credentials`)
  db.close()
  expect(createSealer(loadKey({ file: keyPath(target) })).open(row!.sealed, 'here')).toBe('canary-secret')
  expect(readdirSync(target.data).sort()).toEqual(['earshot.db', 'earshot.key', 'earshot.lock', 'recordings'])
})

test('neither key nor secrets nor deleted rows are in the archive', async () => {
  const source = await install()
  const sealed = source.sealer.seal('canary-secret', 'here')
  await source.db.tx(async (tx) => {
    await tx.run(sql`INSERT INTO webhook_credentials (uuid, entity_type, entity_id, auth_type, sealed, created_at, updated_at)
      VALUES ('c', 'workspace', 1, 'bearer', ${sealed}, 1, 1)`)
    for (let at = 0; at < 300; at++)
      await tx.run(sql`INSERT INTO configs (entity_type, entity_id, document, revision, updated_at)
        VALUES ('workspace', ${at}, ${'canary-deleted '.repeat(200)}, 1, 1)`)
  })
  await source.db.tx((tx) => tx.run(sql`DELETE FROM configs`))
  const file = join(emptyFolder(), 'b')
  await backup(source.settings, file)
  const content = zstdDecompressSync(readFileSync(file)).toString('latin1')
  expect(content).toContain(sealed)
  for (const secret of [
    'canary-secret',
    'canary-deleted',
    readFileSync(keyPath(source.settings), 'utf8').trim(),
  ])
    expect(content).not.toContain(secret)
})

needs('tar', 'zstd')('other programs can read the archive', async () => {
  const { file } = await saved()
  const { stdout } = Bun.spawnSync(['tar', '--zstd', '-tf', file])
  const names = stdout.toString().trim().split('\n')
  expect(names.slice(0, 2)).toEqual(['manifest.json', 'earshot.db'])
  expect(names).toHaveLength(6)
  const folder = emptyFolder()
  Bun.spawnSync(['tar', '--zstd', '-xf', file, '-C', folder])
  expect(Bun.spawnSync(['sha256sum', '-c', 'SHA256SUMS'], { cwd: folder }).exitCode).toBe(0)
})

test('a backup under constant writing is whole, and misses nothing that was acknowledged before it began', async () => {
  const source = await install()
  let acknowledged = 0
  let stop = false
  const writers = Array.from({ length: 8 }, async (_, at) => {
    while (!stop) {
      await source.addCall(at === 0 ? RECORDING.subarray(0, 2000) : undefined)
      acknowledged++
      await Bun.sleep(1)
    }
  })
  for (let round = 0; round < 3; round++) {
    while (acknowledged < (round + 1) * 200) await Bun.sleep(1)
    const before = acknowledged
    const file = join(emptyFolder(), 'b')
    const { manifest, missing } = await backup(source.settings, file)
    expect(manifest.counts.jobs).toBeGreaterThanOrEqual(before)
    expect(missing).toEqual([])
    const target = otherFolder(source)
    await restore(target, file)
    expect(await counts(databasePath(target))).toEqual(manifest.counts)
    expect(readdirSync(recordingsPath(target))).toHaveLength(manifest.counts.recordings!)
  }
  stop = true
  await Promise.all(writers)
}, 30_000)

test('both tell how far they are', async () => {
  const source = await install()
  for (let at = 0; at < 3; at++) await source.addCall(RECORDING)
  const file = join(emptyFolder(), 'b')
  for (const run of [
    (note: (step: object) => void) => backup(source.settings, file, note),
    (note: (step: object) => void) => restore(otherFolder(source), file, {}, note),
  ]) {
    const steps: { stage: string; done: number; total: number }[] = []
    await run((step) => steps.push(step as (typeof steps)[0]))
    const last = (stage: string) => steps.filter((step) => step.stage === stage).at(-1)!
    expect(last('database').done).toBe(last('database').total)
    expect(last('recordings')).toEqual({ stage: 'recordings', done: 150_000, total: 150_000 })
    expect(steps.filter(({ stage }) => stage === 'recordings').map(({ done }) => done)).toEqual([
      50_000, 100_000, 150_000,
    ])
  }
})

test('a backup overwrites nothing and leaves nothing half done', async () => {
  const { settings, file } = await saved()
  const before = readFileSync(file)
  await expect(backup(settings, file)).rejects.toThrow('is not overwritten')
  await expect(backup(settings, join(emptyFolder(), 'nowhere', 'b'))).rejects.toThrow('There is no folder')
  await expect(backup(settingsFor(emptyFolder()), join(emptyFolder(), 'b'))).rejects.toThrow(
    'There is no database',
  )
  expect(readFileSync(file)).toEqual(before)
  expect(readdirSync(join(file, '..'))).toEqual(['backup.tar.zst'])
})

test('a recording that is gone is named, and the rest is saved', async () => {
  const source = await install()
  const [lost, kept] = [await source.addCall(RECORDING), await source.addCall(RECORDING)]
  rmSync(join(recordingsPath(source.settings), lost.file))
  const file = join(emptyFolder(), 'b')
  const { missing, manifest } = await backup(source.settings, file)
  expect(missing).toEqual([lost.file])
  expect(manifest.recordings.files).toBe(1)
  const target = otherFolder(source)
  await restore(target, file)
  expect(readdirSync(recordingsPath(target))).toEqual([kept.file])
})

test('a restore replaces a database only when told, and then wholly', async () => {
  const source = await saved()
  const target = await install()
  writeFileSync(keyPath(target.settings), readFileSync(keyPath(source.settings)))
  await target.addCall()
  target.db.close()
  await expect(restore(target.settings, source.file)).rejects.toThrow('--force replaces it')
  expect((await counts(databasePath(target.settings))).jobs).toBe(1)
  await restore(target.settings, source.file, { force: true })
  expect((await counts(databasePath(target.settings))).jobs).toBe(10)
})

test('a write-ahead log that was left behind does not get into the restored database', async () => {
  const source = await saved()
  const target = await install()
  writeFileSync(keyPath(target.settings), readFileSync(keyPath(source.settings)))
  for (let at = 0; at < 50; at++) await target.addCall()
  const crashed = settingsFor(join(emptyFolder(), 'crashed'))
  mkdirSync(crashed.data)
  for (const name of ['earshot.db', 'earshot.db-wal', 'earshot.key'])
    writeFileSync(join(crashed.data, name), readFileSync(join(target.data, name)))
  expect(statSync(join(crashed.data, 'earshot.db-wal')).size).toBeGreaterThan(10_000)
  await restore(crashed, source.file, { force: true })
  expect(await counts(databasePath(crashed))).toEqual(source.result.manifest.counts)
  expect(existsSync(join(crashed.data, 'earshot.db-wal'))).toBe(false)
})

test('a damaged database can be replaced', async () => {
  const source = await saved()
  const target = otherFolder(source)
  writeFileSync(databasePath(target), 'this is no database at all, whatever its name may say')
  writeFileSync(`${databasePath(target)}-wal`, 'nor is this a log')
  await restore(target, source.file, { force: true })
  expect((await counts(databasePath(target))).jobs).toBe(10)
  expect(readdirSync(target.data).sort()).toEqual(['earshot.db', 'earshot.key', 'earshot.lock', 'recordings'])
})

test('a restore refuses while an instance is running', async () => {
  const source = await saved()
  const target = otherFolder(source)
  const release = takeLock(target.data)
  await expect(restore(target, source.file, { force: true })).rejects.toThrow('already running')
  release()
  expect(existsSync(databasePath(target))).toBe(false)
})

test('another key is noticed before anything is touched', async () => {
  const source = await saved()
  const [keyless, other] = [settingsFor(emptyFolder()), settingsFor(emptyFolder())]
  loadKey({ file: keyPath(other) })
  await expect(restore(keyless, source.file)).rejects.toThrow('there is no key here')
  await expect(restore(other, source.file)).rejects.toThrow('the key in use is')
  expect(existsSync(databasePath(other))).toBe(false)
  const { warnings } = await restore(other, source.file, { force: true })
  expect(warnings[0]).toContain(source.result.manifest.key_id!)
  expect((await counts(databasePath(other))).jobs).toBe(10)
})

const tarOf = (file: string) => Buffer.from(zstdDecompressSync(readFileSync(file)))

/** Changes the tar inside, keeping the outer checksum right. */
function retar(file: string, change: (tar: Buffer) => Buffer) {
  writeFileSync(file, zstdCompressSync(change(tarOf(file))))
}

const damages: Record<string, (file: string) => void> = {
  'an empty file': (file) => truncateSync(file, 0),
  'a file cut in the middle': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  'a file whose end is missing': (file) => truncateSync(file, statSync(file).size - 300),
  'a changed byte': (file) => {
    const bytes = readFileSync(file)
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff
    writeFileSync(file, bytes)
  },
  'a text': (file) => writeFileSync(file, 'not a backup at all\n'.repeat(100)),
  'a changed database': (file) =>
    retar(file, (tar) => {
      tar[tar.indexOf('SQLite format 3') + 5000]! ^= 1
      return tar
    }),
  'an archive without its last recording': (file) => retar(file, (tar) => withoutLastEntry(tar)),
  'a name that leads elsewhere': (file) =>
    retar(file, (tar) => renameEntry(tar, tar.indexOf('recordings/'), '../../escaped.wav')),
}

function withoutLastEntry(tar: Buffer) {
  return Buffer.concat([
    tar.subarray(0, tar.lastIndexOf('recordings/', tar.lastIndexOf('SHA256SUMS'))),
    tar.subarray(tar.lastIndexOf('SHA256SUMS')),
  ])
}

function renameEntry(tar: Buffer, at: number, name: string) {
  tar.fill(0, at, at + 100)
  tar.write(name, at)
  const header = tar.subarray(at, at + 512)
  header.fill(32, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148)
  return tar
}

for (const [what, damage] of Object.entries(damages))
  test(`${what} is refused in one sentence, and the database that is there stays`, async () => {
    const source = await saved()
    damage(source.file)
    const target = await install()
    writeFileSync(keyPath(target.settings), readFileSync(keyPath(source.settings)))
    await target.addCall()
    target.db.close()
    const before = readFileSync(databasePath(target.settings))
    const failure = await restore(target.settings, source.file, { force: true }).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ name: 'Refusal' })
    expect(failure!.message).toMatch(/^The (backup|database in the backup) [^\n]+$/)
    expect(readFileSync(databasePath(target.settings))).toEqual(before)
    expect(readdirSync(target.data).filter((name) => name.startsWith('.'))).toEqual([])
  })

test('a missing backup file is one sentence', () =>
  expect(restore(settingsFor(emptyFolder()), '/nowhere/b')).rejects.toThrow('There is no such backup file'))

test('a backup by a newer Earshot is refused', async () => {
  const source = await saved()
  retar(source.file, (tar) => {
    tar.write('9', tar.indexOf('"schema": ') + '"schema": '.length)
    return tar
  })
  await expect(restore(otherFolder(source), source.file, { force: true })).rejects.toThrow(
    'use a newer executable',
  )
})

needs('root', 'mount')('a backup that cannot fit says so first', async () => {
  const source = await install()
  for (let at = 0; at < 20; at++) await source.addCall(crypto.getRandomValues(new Uint8Array(60_000)))
  const small = emptyFolder()
  Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
  try {
    await expect(backup(source.settings, join(small, 'b'))).rejects.toThrow(/may need .* only .* are free/)
    expect(readdirSync(small)).toEqual([])
  } finally {
    Bun.spawnSync(['umount', small])
  }
})

if (!has('root'))
  test('a folder without the right to write is an error, not a loss', async () => {
    const { settings } = await saved()
    const folder = emptyFolder()
    chmodSync(folder, 0o500)
    expect(backup(settings, join(folder, 'b'))).rejects.toThrow('EACCES')
  })
