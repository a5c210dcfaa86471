import { expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import { openDb } from '../../src/db/sqlite.ts'
import { takeOver } from '../../src/queue/tasks.ts'
import type { Stage } from '../../src/queue/worker.ts'
import { countTasks, openQueue, put, stage, until, work } from './bench.ts'

/** A stage that notes its payloads in the order in which they are performed. */
function noting(more: Partial<Stage> = {}) {
  const done: unknown[] = []
  const noted = stage({
    ...more,
    perform: async (payload) => {
      done.push(payload)
      return async () => undefined
    },
  })
  return { done, noted }
}

test('every task is performed once, and is gone then', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting()
  await put(db, ...Array.from({ length: 300 }, (_, payload) => ({ payload, lane: payload % 7 })))
  const worker = work(db, noted)
  await worker.start()
  await worker.settled()
  expect(done.map(Number).sort((one, other) => one - other)).toEqual(
    Array.from({ length: 300 }, (_, at) => at),
  )
  expect(countTasks(db)).toBe(0)
  expect(worker.errors).toEqual([])
  await worker.stop(1000)
})

test('a committed task is begun at once, one that was undone never', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting()
  const worker = work(db, noted)
  await worker.start()
  await worker.settled()
  const waits: number[] = []
  for (let at = 0; at < 20; at++) {
    const started = performance.now()
    await put(db, { payload: at })
    await until(() => done.length === at + 1)
    waits.push(performance.now() - started)
  }
  expect(waits.sort((one, other) => one - other)[10]).toBeLessThan(25)
  await db
    .tx(async (tx) => {
      await tx.run(sql`INSERT INTO tasks (kind, lane, priority, payload, state, run_at)
        VALUES ('work', 1, 0, '"undone"', 'ready', 0)`)
      tx.signal('tasks')
      throw new Error('undone')
    })
    .catch(() => undefined)
  await worker.settled()
  expect(done).toHaveLength(20)
  await worker.stop(1000)
})

test('what is urgent goes first, and what is due later waits', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting({ concurrency: 1 })
  await put(
    db,
    { payload: 'bulk', priority: 1 },
    { payload: 'later', runAt: Date.now() + 150 },
    { payload: 'urgent', priority: 0 },
  )
  const worker = work(db, noted)
  const started = Date.now()
  await worker.start()
  await until(() => done.length === 3)
  expect(done).toEqual(['urgent', 'bulk', 'later'])
  expect(Date.now() - started).toBeGreaterThanOrEqual(140)
  await worker.stop(1000)
})

test('a lane with much to do does not keep the others waiting', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting({ concurrency: 1 })
  const other = noting({ kind: 'other', concurrency: 1 })
  await put(
    db,
    ...Array.from({ length: 100 }, () => ({ lane: 1, payload: 1 })),
    ...Array.from({ length: 5 }, () => ({ lane: 2, payload: 2 })),
    ...Array.from({ length: 5 }, () => ({ lane: 3, payload: 3 })),
    ...Array.from({ length: 50 }, () => ({ kind: 'other', lane: 1 })),
  )
  const worker = work(db, noted, other.noted)
  await worker.start()
  await worker.settled()
  expect(done.slice(0, 15).sort()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3])
  await worker.stop(1000)
})

test('neither a stage nor a lane exceeds its limit', async () => {
  const { db } = await openQueue()
  const now = new Map<number, number>()
  let [all, most, mostOfLane] = [0, 0, 0]
  const limited = stage({
    concurrency: 5,
    laneLimit: () => 2,
    perform: async (_work, { lane }) => {
      now.set(lane, (now.get(lane) ?? 0) + 1)
      most = Math.max(most, ++all)
      mostOfLane = Math.max(mostOfLane, now.get(lane)!)
      await Bun.sleep(1)
      all--
      now.set(lane, now.get(lane)! - 1)
      return async () => undefined
    },
  })
  await put(db, ...Array.from({ length: 90 }, (_, at) => ({ lane: at % 3 })))
  const worker = work(db, limited)
  await worker.start()
  await worker.settled()
  expect([most, mostOfLane]).toEqual([5, 2])
  expect(countTasks(db)).toBe(0)
  await worker.stop(1000)
})

test('a lane that is full leaves its place to the others', async () => {
  const { db } = await openQueue()
  const block = Promise.withResolvers<void>()
  const done: number[] = []
  const blocking = stage({
    concurrency: 4,
    laneLimit: () => 2,
    perform: async (_work, { lane }) => {
      if (lane === 1) await block.promise
      done.push(lane)
      return async () => undefined
    },
  })
  await put(
    db,
    ...Array.from({ length: 20 }, () => ({ lane: 1 })),
    ...Array.from({ length: 20 }, () => ({ lane: 2 })),
  )
  const worker = work(db, blocking)
  await worker.start()
  await until(() => done.length === 20)
  expect(new Set(done)).toEqual(new Set([2]))
  block.resolve()
  await worker.settled()
  await worker.stop(1000)
})

test('a failing task is tried again with the pauses of its stage, and then given up', async () => {
  const { db } = await openQueue()
  const attempts: number[] = []
  const abandoned: unknown[] = []
  const failing = stage({
    attempts: 3,
    retryInMs: (attempt) => attempt * 20,
    perform: async (_work, { attempt }) => {
      attempts.push(attempt)
      throw new Error('no')
    },
    abandon: async (_tx, payload, failure) => void abandoned.push([payload, failure.code]),
  })
  await put(db, { payload: 'x' })
  const worker = work(db, failing)
  const started = Date.now()
  await worker.start()
  await until(() => countTasks(db) === 0)
  expect(attempts).toEqual([1, 2, 3])
  expect(Date.now() - started).toBeGreaterThanOrEqual(55)
  expect(abandoned).toEqual([['x', 'internal']])
  expect(worker.errors).toEqual(['A task failed: no', 'A task failed: no', 'A task failed: no'])
  await worker.stop(1000)
})

test('a result that asks for another attempt gets it', async () => {
  const { db } = await openQueue()
  const attempts: number[] = []
  const patient = stage({
    perform: async (_work, { attempt }) => {
      attempts.push(attempt)
      return async () => (attempt < 4 ? { retryInMs: 1 } : undefined)
    },
  })
  await put(db, {})
  const worker = work(db, patient)
  await worker.start()
  await until(() => countTasks(db) === 0)
  expect(attempts).toEqual([1, 2, 3, 4])
  await worker.stop(1000)
})

test('what a settling writes is undone together with the end of its task', async () => {
  const { db } = await openQueue()
  let tries = 0
  const half = stage({
    perform: async () => async (tx) => {
      await tx
        .run(sql`INSERT INTO config_state (id, version) VALUES (2, ${tries}) ON CONFLICT DO NOTHING`)
        .catch(() => 0)
      await tx.run(sql`UPDATE config_state SET version = version + 10`)
      if (++tries < 3) throw new Error('not yet')
      return undefined
    },
  })
  await put(db, {})
  const worker = work(db, half)
  await worker.start()
  await until(() => countTasks(db) === 0)
  expect(await db.get(sql`SELECT version FROM config_state WHERE id = 1`)).toEqual({ version: 11 })
  await worker.stop(1000)
})

test('a task with nothing to do ends in its claim and frees its place', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting({
    concurrency: 1,
    begin: async (_tx, payload) => (payload === 'skip' ? undefined : payload),
  })
  await put(db, ...Array.from({ length: 30 }, () => ({ payload: 'skip' })), { payload: 'do' })
  const worker = work(db, noted)
  await worker.start()
  await worker.settled()
  expect(done).toEqual(['do'])
  expect(countTasks(db)).toBe(0)
  await worker.stop(1000)
})

test('a task that cannot begin, nor be given up, does not hold up the others', async () => {
  const { db } = await openQueue()
  const { done, noted } = noting({
    attempts: 1,
    begin: async (_tx, payload) => {
      if (payload === 'broken') throw new Error('cannot begin')
      return payload
    },
    abandon: async () => {
      throw new Error('nor be given up')
    },
  })
  await put(db, { payload: 'broken' }, { payload: 'fine' })
  const worker = work(db, noted)
  await worker.start()
  await worker.settled()
  expect(done).toEqual(['fine'])
  expect(countTasks(db)).toBe(1)
  expect(worker.errors).toEqual([
    'A task could not begin: cannot begin',
    'A task could not be given up: nor be given up',
  ])
  await worker.stop(1000)
})

test('an attempt that was taken over keeps nothing', async () => {
  const { db } = await openQueue()
  const block = Promise.withResolvers<void>()
  const settled: number[] = []
  const slow = stage({
    perform: async (_work, { attempt }) => {
      if (attempt === 1) await block.promise
      return async (tx) => {
        settled.push(attempt)
        await tx.run(sql`INSERT INTO partners (uuid, slug, name, created_at)
          VALUES (${`u${attempt}`}, ${`s${attempt}`}, ${`attempt ${attempt}`}, 1)`)
        return undefined
      }
    },
  })
  await put(db, {})
  const worker = work(db, slow)
  await worker.start()
  await until(() => worker.running() === 1)
  await db.tx((tx) => takeOver(tx, []))
  await until(() => countTasks(db) === 0)
  block.resolve()
  await until(() => worker.running() === 0)
  expect(settled).toEqual([2])
  expect(await db.all(sql`SELECT name FROM partners`)).toEqual([{ name: 'attempt 2' }])
  expect(worker.errors).toEqual([])
  await worker.stop(1000)
})

test('stopping waits for what runs, and puts the rest back untried', async () => {
  const { db, path } = await openQueue()
  const { promise: never } = Promise.withResolvers<void>()
  let finished = 0
  const mixed = stage({
    concurrency: 4,
    perform: async (payload) => {
      await (payload === 'hangs' ? never : Bun.sleep(50))
      finished++
      return async () => undefined
    },
  })
  await put(db, { payload: 'hangs' }, { payload: 'short' }, { payload: 'short' })
  const worker = work(db, mixed)
  await worker.start()
  await until(() => worker.running() === 3)
  const started = Date.now()
  expect(await worker.stop(300)).toBe(1)
  expect(Date.now() - started).toBeLessThan(1500)
  expect(finished).toBe(2)
  await put(db, { payload: 'not claimed any more' })
  await Bun.sleep(30)
  expect(await db.all(sql`SELECT state, attempt, deaths FROM tasks ORDER BY id`)).toEqual([
    { state: 'ready', attempt: 0, deaths: 0 },
    { state: 'ready', attempt: 0, deaths: 0 },
  ])
  db.close()
  const again = openDb(path)
  const { done, noted } = noting()
  const next = work(again, noted)
  await next.start()
  await next.settled()
  expect(done).toEqual(['hangs', 'not claimed any more'])
  await next.stop(1000)
})

test('a result that meets a full disk waits for room', async () => {
  const { db } = await openQueue()
  const pages = Number(db.connection.pragma('page_count', { simple: true }))
  const big = stage({
    perform: async () => async (tx) => {
      await tx.run(sql`UPDATE partners SET name = 'x'`)
      await tx.run(sql`INSERT INTO partners (uuid, slug, name, created_at)
        VALUES ('u', 's', ${'x'.repeat(400_000)}, 1)`)
      return undefined
    },
  })
  await put(db, {})
  db.connection.pragma(`max_page_count = ${pages + 5}`)
  const worker = work(db, big)
  await worker.start()
  await until(() => worker.errors.length > 0)
  expect(worker.errors).toContain('A result cannot be written now and waits: database or disk is full')
  expect(countTasks(db)).toBe(1)
  db.connection.pragma('max_page_count = 1000000')
  await until(() => countTasks(db) === 0)
  await worker.stop(1000)
})
