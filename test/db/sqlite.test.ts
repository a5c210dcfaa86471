import { expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sql from 'sql-template-tag'
import { isDiskFull, isUnwritable } from '../../src/db/db.ts'
import { inspectDatabase } from '../../src/db/inspect.ts'
import { openDb } from '../../src/db/sqlite.ts'
import { threadFiles } from '../../src/lib/threads.ts'
import { needs } from '../support/needs.ts'
import { newPath, note, openNotes, texts } from './open.ts'

test('commits are durable and references hold', () => {
  const { db } = openNotes()
  const pragma = (name: string) => db.connection.pragma(name, { simple: true })
  expect(pragma('synchronous')).toBe(2)
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('foreign_keys')).toBe(1)
  expect(pragma('journal_size_limit')).toBe(64 * 1024 * 1024)
  db.close()
})

test('reads are refused to write', async () => {
  const { db } = openNotes()
  await expect(db.get(sql`${note('x')} RETURNING id`)).rejects.toThrow(/readonly/)
  db.close()
})

test('the thread moves the log into the file, so that it stays small without the writer', async () => {
  const { db, path } = openNotes({ checkpointThread: true })
  expect(db.connection.pragma('wal_autocheckpoint', { simple: true })).toBe(0)
  const before = statSync(path).size
  for (let at = 0; at < 100; at++) await db.tx((tx) => tx.run(note(`${at} ${'x'.repeat(4000)}`)))
  const deadline = Date.now() + 5000
  while (statSync(path).size < before + 300_000 && Date.now() < deadline) await Bun.sleep(20)
  expect(statSync(path).size).toBeGreaterThan(before + 300_000)
  db.close()
})

test('closing folds the log into the file', async () => {
  const { db, path } = openNotes({ checkpointThread: true })
  await db.tx((tx) => tx.run(note('kept')))
  expect(db.walBytes()).toBeGreaterThan(0)
  db.close()
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  const again = openDb(path)
  expect(await texts(again)).toEqual(['kept'])
  again.close()
})

test('a copy is whole, private and made while others write', async () => {
  const { db, path } = openNotes()
  for (let at = 0; at < 200; at++) await db.tx((tx) => tx.run(note(`${at} ${'x'.repeat(2000)}`)))
  let stop = false
  const writing = (async () => {
    for (let at = 0; !stop; at++) await db.tx((tx) => tx.run(note(`more ${at}`)))
  })()
  const steps: [number, number][] = []
  await db.backup(`${path}.copy`, (done, total) => steps.push([done, total]))
  stop = true
  await writing
  expect(statSync(`${path}.copy`).mode & 0o777).toBe(0o600)
  const [done, total] = steps.at(-1)!
  expect(done).toBe(total)
  const copy = inspectDatabase(`${path}.copy`)
  expect(copy.findDamage('full')).toEqual([])
  const { n } = (await copy.get<{ n: number }>(sql`SELECT count(*) AS n FROM notes`))!
  expect(n).toBeGreaterThanOrEqual(200)
  copy.close()
  await expect(db.backup(`${path}.copy`)).rejects.toThrow('EEXIST')
  db.close()
})

test('a kill in the middle of writing loses nothing that was acknowledged', async () => {
  const path = newPath()
  const script = `
    const { openDb } = await import(${JSON.stringify(join(import.meta.dir, '../../src/db/sqlite.ts'))})
    const { note } = await import(${JSON.stringify(join(import.meta.dir, 'open.ts'))})
    const db = openDb(${JSON.stringify(path)}, { checkpointThread: true })
    db.connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)')
    for (let at = 0; ; at++) {
      await db.tx((tx) => tx.run(note(String(at))))
      process.stdout.write(at + '\\n')
    }`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
  let output = ''
  for await (const piece of child.stdout) {
    output += new TextDecoder().decode(piece)
    if (output.length > 2000) break
  }
  child.kill('SIGKILL')
  await child.exited
  const acknowledged = Number(output.trimEnd().split('\n').at(-2))
  const db = openDb(path)
  expect((await texts(db)).length).toBeGreaterThan(acknowledged)
  db.close()
})

needs('root', 'mount')(
  'a full disk is a clear error, reads go on, and writing goes on once there is room',
  async () => {
    const folder = dirname(newPath())
    Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
    try {
      const path = join(folder, 'earshot.db')
      const db = openDb(path, { checkpointThread: true })
      db.connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)')
      const ballast = join(folder, 'ballast')
      await Bun.write(ballast, new Uint8Array(5 * 1024 * 1024))
      let stored = 0
      let failure: unknown
      while (!failure && stored < 10_000)
        await db
          .tx((tx) => tx.run(note(`${stored} ${'x'.repeat(8000)}`)))
          .then(
            () => stored++,
            (error: unknown) => {
              failure = error
            },
          )
      expect(isDiskFull(failure)).toBe(true)
      expect(isUnwritable(failure)).toBe(true)
      expect(await texts(db)).toHaveLength(stored)
      const few = Promise.allSettled([db.tx((tx) => tx.run(note('y'.repeat(900_000)))), db.tx(async () => 1)])
      expect((await few).map(({ status }) => status)).toContain('rejected')

      await Bun.file(ballast).delete()
      await db.tx((tx) => tx.run(note('after')))
      expect((await texts(db)).at(-1)).toBe('after')
      expect(await texts(db)).toHaveLength(stored + 1)
      db.close()
      const inspection = inspectDatabase(path)
      expect(inspection.findDamage('full')).toEqual([])
      inspection.close()
    } finally {
      Bun.spawnSync(['umount', '-l', folder])
    }
  },
)

test('every thread is in the table from which the build embeds them', () => {
  const folder = join(import.meta.dir, '../../src')
  const started = [...new Bun.Glob('**/*.ts').scanSync(folder)]
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/startThread\('([\w./-]+)'\)/g)].map(([, file]) => file!))
  expect(started.sort()).toEqual([...threadFiles].sort())
  for (const file of threadFiles) expect(existsSync(join(folder, file))).toBe(true)
})
