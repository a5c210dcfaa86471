import { expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import type { Failure, Stage } from '../../src/queue/worker.ts'
import { countTasks, openQueue, put, stage, until, work } from './bench.ts'

/** Works on the queue until something calls `die`, as if the process had been killed then; tells whether it was. */
async function life(path: string, make: (die: () => Promise<never>) => Stage[]): Promise<'died' | 'done'> {
  const { db } = await openQueue({ path })
  const death = Promise.withResolvers<'died'>()
  const die = () => {
    death.resolve('died')
    return new Promise<never>(() => undefined)
  }
  const worker = work(db, ...make(die))
  await worker.start()
  const end = await Promise.race([
    death.promise,
    until(() => countTasks(db) === 0).then(() => 'done' as const),
  ])
  // Closed without any settling or release: what a kill leaves behind.
  db.close()
  return end
}

test('the task that kills the process is given up after three deaths, and no innocent one with it', async () => {
  const { db, path } = await openQueue()
  await put(
    db,
    ...Array.from({ length: 20 }, (_, at) => ({ payload: at === 7 ? 'killer' : 'innocent', lane: at % 3 })),
    ...Array.from({ length: 5 }, () => ({ kind: 'slow', payload: 'innocent' })),
  )
  db.close()
  const performed: unknown[] = []
  const abandoned: [unknown, Failure][] = []
  const rest = {
    suspect: true,
    abandon: async (_tx: unknown, payload: unknown, failure: Failure) =>
      void abandoned.push([payload, failure]),
  }
  const stages = (die: () => Promise<never>) => [
    stage({
      ...rest,
      perform: async (payload) => {
        if (payload === 'killer') {
          await Bun.sleep(20)
          return die()
        }
        await Bun.sleep(30)
        return async () => void performed.push(payload)
      },
    }),
    stage({
      ...rest,
      kind: 'slow',
      perform: async (payload) => {
        await Bun.sleep(100)
        return async () => void performed.push(payload)
      },
    }),
  ]
  let deaths = 0
  while ((await life(path, stages)) === 'died') if (++deaths > 5) break
  expect(deaths).toBe(3)
  expect(abandoned).toEqual([
    [
      'killer',
      {
        code: 'poison',
        message: 'The process died 3 times while this was running, so it is not tried again',
      },
    ],
  ])
  expect(performed).toHaveLength(24)
})

test('suspects of all kinds run one at a time', async () => {
  const { db } = await openQueue()
  let [running, most] = [0, 0]
  const counting = (kind: string) =>
    stage({
      kind,
      suspect: true,
      perform: async () => {
        most = Math.max(most, ++running)
        await Bun.sleep(2)
        running--
        return async () => undefined
      },
    })
  await put(db, ...Array.from({ length: 12 }, (_, at) => ({ kind: at % 2 ? 'one' : 'two' })))
  await db.tx((tx) => tx.run(sql`UPDATE tasks SET state = 'running', attempt = 1, lease_until = 0`))
  const worker = work(db, counting('one'), counting('two'))
  await worker.start()
  await until(() => countTasks(db) === 0)
  expect(most).toBe(1)
  await worker.stop(1000)
})

test('kinds that cannot kill go on as before after a death', async () => {
  const { db } = await openQueue()
  await put(db, ...Array.from({ length: 10 }, () => ({})))
  await db.tx((tx) => tx.run(sql`UPDATE tasks SET state = 'running', attempt = 1, deaths = 0`))
  let most = 0
  let running = 0
  const worker = work(
    db,
    stage({
      perform: async () => {
        most = Math.max(most, ++running)
        await Bun.sleep(5)
        running--
        return async () => undefined
      },
    }),
  )
  await worker.start()
  await until(() => countTasks(db) === 0)
  expect(most).toBeGreaterThan(1)
  await worker.stop(1000)
})
