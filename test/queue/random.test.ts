import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { countTasks, openQueue, put, stage, until, work } from './bench.ts'

const SEED = Number(Bun.env.SEED ?? 20_261_122)

const task = fc.record({
  lane: fc.integer({ min: 0, max: 4 }),
  priority: fc.integer({ min: 0, max: 1 }),
  delayMs: fc.integer({ min: 0, max: 15 }),
  /** Attempts that fail before one succeeds. */
  failures: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom('work', 'other'),
})
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: fc.array(task, { minLength: 1, maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ restart: 'gently' as const }) },
  { weight: 1, arbitrary: fc.constant({ restart: 'killed' as const }) },
)

test('whatever happens, each task ends exactly once: done or given up, never both, never lost', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 6 }), run), {
    seed: SEED,
    numRuns: 25,
  })
}, 60_000)

async function run(
  steps: (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
  concurrency: number,
) {
  const opened = await openQueue()
  let { db } = opened
  const ended = new Map<number, number>()
  const tries = new Map<number, number>()
  let ids = 0
  const end = (id: number) => ended.set(id, (ended.get(id) ?? 0) + 1)

  function start() {
    let dead = false
    const make = (kind: string) =>
      stage({
        kind,
        concurrency,
        suspect: kind === 'other',
        // Deaths do not count as attempts here: only what the task itself does.
        attempts: 100,
        perform: async (payload) => {
          const { id, failures } = payload as { id: number; failures: number }
          await Bun.sleep(Math.random() * 3)
          if (dead) return new Promise<never>(() => undefined)
          tries.set(id, (tries.get(id) ?? 0) + 1)
          if (tries.get(id)! <= failures) throw new Error('not yet')
          return async () => void end(id)
        },
        abandon: async (_tx, payload) => void end((payload as { id: number }).id),
      })
    const worker = work(db, make('work'), make('other'))
    return { worker, kill: () => (dead = true) }
  }

  let life = start()
  await life.worker.start()
  for (const one of steps) {
    if ('put' in one)
      await put(
        db,
        ...one.put.map(({ delayMs, failures, ...rest }) => ({
          ...rest,
          runAt: Date.now() + delayMs,
          payload: { id: ids++, failures },
        })),
      )
    else if ('waitMs' in one) await Bun.sleep(one.waitMs)
    else {
      if (one.restart === 'gently') await life.worker.stop(1000)
      else life.kill()
      db.close()
      db = (await openQueue({ path: opened.path })).db
      life = start()
      await life.worker.start()
    }
  }
  await until(() => countTasks(db) === 0, 20_000)
  await life.worker.stop(1000)
  db.close()
  expect([...ended.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: ids }, (_, at) => at))
  expect([...ended.values()].every((times) => times === 1)).toBe(true)
}
