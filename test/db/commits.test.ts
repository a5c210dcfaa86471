import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { isDuplicate, type Tx } from '../../src/db/db.ts'
import { needs } from '../support/needs.ts'
import { newPath, note, openNotes, texts } from './open.ts'

test('of concurrent writes a failing one undoes only itself', async () => {
  const { db } = openNotes()
  const outcomes = await Promise.allSettled([
    db.tx((tx) => tx.run(note('first'))),
    db.tx(async (tx) => {
      await tx.run(note('undone'))
      await tx.run(note('first'))
    }),
    db.tx(async (tx) => {
      await tx.run(note('undone too'))
      throw new Error('changed my mind')
    }),
    db.tx((tx) => tx.run(note('last'))),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  const [, duplicate, thrown] = outcomes as PromiseRejectedResult[]
  expect(isDuplicate(duplicate!.reason)).toBe(true)
  expect(thrown!.reason.message).toBe('changed my mind')
  expect(await texts(db)).toEqual(['first', 'last'])
})

test('what one turn asks for shares a time, and time never goes back', async () => {
  const times = [5000, 4000, 6000]
  const { db } = openNotes({ clock: () => times.shift()! })
  const now = async (tx: Tx) => tx.now
  expect(await Promise.all([db.tx(now), db.tx(now)])).toEqual([5000, 5000])
  expect(await db.tx(now)).toBeWithin(5000, 5500) // at the machine's own pace while the clock is behind
  expect(await db.tx(now)).toBe(6000)
})

test('a write sees what those before it wrote, and no reader does before the commit', async () => {
  const { db } = openNotes()
  const seen: number[] = []
  const count = async (from: Pick<Tx, 'get'>) =>
    (await from.get<{ n: number }>(sql`SELECT count(*) AS n FROM notes`))!.n
  await Promise.all([
    db.tx((tx) => tx.run(note('one'))),
    db.tx(async (tx) => {
      seen.push(await count(tx), await count(db))
    }),
  ])
  expect(seen).toEqual([1, 0])
  expect(await count(db)).toBe(1)
})

test('a write that waits for something foreign is refused, and cannot harm those after it', async () => {
  const { db } = openNotes()
  let late: unknown
  const outcomes = await Promise.allSettled([
    db.tx(async (tx) => {
      await tx.run(note('undone'))
      await Bun.sleep(20)
      late = await tx.run(note('late')).catch((error: Error) => error.message)
    }),
    db.tx((tx) => tx.run(note('kept'))),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect((outcomes[0] as PromiseRejectedResult).reason.message).toContain(
    'awaited something other than its tx',
  )
  await Bun.sleep(40)
  expect(late).toBe('A transaction was used after its end')
  expect(await texts(db)).toEqual(['kept'])
})

test('an attempt that outlives its refused write touches no other transaction', async () => {
  const { db } = openNotes()
  const finished = Promise.withResolvers<string>()
  const refused = db.tx((tx) =>
    tx
      .attempt(async () => {
        await tx.run(note('undone'))
        await Bun.sleep(5)
        await tx.attempt(() => tx.run(note('late')))
      })
      .catch((error: Error) => finished.resolve(error.message)),
  )
  await expect(refused).rejects.toThrow('awaited something other')
  const others = Array.from({ length: 200 }, (_, at) =>
    Bun.sleep(at % 20).then(() => db.tx((tx) => tx.attempt(() => tx.run(note(`other ${at}`))))),
  )
  await Promise.all(others)
  expect(await finished.promise).toBe('A transaction was used after its end')
  expect(await texts(db)).toHaveLength(200)
})

test('an attempt undoes its own part, also within another', async () => {
  const { db } = openNotes()
  const failing = (tx: Tx, text: string) => () =>
    tx.run(note(text)).then(() => {
      throw new Error(text)
    })
  await db.tx(async (tx) => {
    await tx.run(note('before'))
    await tx.attempt(failing(tx, 'undone')).catch(() => undefined)
    await tx.attempt(async () => {
      await tx.run(note('outer'))
      await tx.attempt(failing(tx, 'inner')).catch(() => undefined)
      await tx.attempt(() => tx.run(note('inner kept')))
    })
    await tx.run(note('after'))
  })
  expect(await texts(db)).toEqual(['before', 'outer', 'inner kept', 'after'])
})

test('when SQLite gives up the transaction, all of it fails with the reason and nothing slips through', async () => {
  const { db } = openNotes()
  db.connection.exec(`CREATE TRIGGER give_up BEFORE INSERT ON notes WHEN new.text = 'bomb'
    BEGIN SELECT RAISE(ROLLBACK, 'given up'); END`)
  const outcomes = await Promise.allSettled([
    db.tx((tx) => tx.run(note('innocent'))),
    db.tx(async (tx) => {
      await tx.attempt(() => tx.run(note('bomb'))).catch(() => undefined)
      await tx.run(note('outside any transaction'))
    }),
    db.tx((tx) => tx.run(note('after'))),
  ])
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { message: 'given up' } })
  expect(await texts(db)).toEqual([])
  await db.tx((tx) => tx.run(note('next')))
  expect(await texts(db)).toEqual(['next'])
})

test('listeners hear of a topic after the commit, and not of what was undone', async () => {
  const { db } = openNotes()
  const heard: string[] = []
  db.on('tasks', () => heard.push('tasks'))
  db.on('config', () => heard.push('config'))
  await Promise.allSettled([
    db.tx(async (tx) => tx.signal('tasks')),
    db.tx(async (tx) => {
      tx.signal('config')
      throw new Error('undone')
    }),
  ])
  await Bun.sleep(1)
  expect(heard).toEqual(['tasks'])
})

test('booleans and undefined are stored as SQLite knows them', async () => {
  const { db } = openNotes()
  const row = await db.get<Record<string, unknown>>(
    sql`SELECT ${true} AS yes, ${false} AS no, ${undefined} AS none`,
  )
  expect(row).toEqual({ yes: 1, no: 0, none: null })
})

test('more writes than fit one commit all arrive', async () => {
  const { db } = openNotes()
  await Promise.all(Array.from({ length: 1500 }, (_, at) => db.tx((tx) => tx.run(note(`${at}`)))))
  expect(await texts(db)).toHaveLength(1500)
})

test('a closed database refuses, and what waited hears of it', async () => {
  const { db } = openNotes()
  const waiting = db.tx((tx) => tx.run(note('too late')))
  db.close()
  await expect(waiting).rejects.toThrow('The database is closed')
  await expect(db.tx((tx) => tx.run(note('later')))).rejects.toThrow('The database is closed')
})

/** Runs `body` with an open `db` in a process of its own, under strace; gives the number of its syncs. */
async function syncsOf(body: string): Promise<number> {
  const path = newPath()
  const script = `
    const { openDb } = await import(${JSON.stringify(`${import.meta.dir}/../../src/db/sqlite.ts`)})
    const { note } = await import(${JSON.stringify(`${import.meta.dir}/open.ts`)})
    const db = openDb(${JSON.stringify(path)})
    db.connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)')
    ${body}
    process.kill(process.pid, 'SIGKILL')`
  const trace = `${path}.trace`
  const command = ['strace', '-f', '-o', trace, '-e', 'trace=fsync,fdatasync', process.execPath, '-e', script]
  await Bun.spawn(command, { stderr: 'inherit' }).exited
  return readFileSync(trace, 'utf8').match(/f(data)?sync\(/g)?.length ?? 0
}

needs('strace')('each commit is on the disk before it is acknowledged, and a group shares one', async () => {
  const nothing = await syncsOf('')
  const alone = await syncsOf(`for (let at = 0; at < 50; at++) await db.tx((tx) => tx.run(note(String(at))))`)
  const together = await syncsOf(
    `await Promise.all(Array.from({ length: 50 }, (_, at) => db.tx((tx) => tx.run(note(String(at))))))`,
  )
  expect(alone - nothing).toBeGreaterThanOrEqual(50)
  expect(together - nothing).toBeLessThan(10)
  expect(together - nothing).toBeGreaterThanOrEqual(1)
})
