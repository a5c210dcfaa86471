import { migrate } from '../../src/db/migrate.ts'
import { openDb } from '../../src/db/sqlite.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { enqueue, type NewTask } from '../../src/queue/tasks.ts'
import { type Stage, startWorker } from '../../src/queue/worker.ts'
import { newPath } from '../db/open.ts'

type Db = ReturnType<typeof openDb>

export async function openQueue(options: { clock?: Clock; path?: string } = {}) {
  const path = options.path ?? newPath()
  const db = openDb(path, { clock: options.clock })
  await migrate(db.connection)
  return { db, path }
}

/** A stage whose payload is its work; `perform` may be replaced. */
export function stage(more: Partial<Stage> = {}): Stage {
  return {
    kind: 'work',
    concurrency: 8,
    leaseMs: 60_000,
    attempts: 3,
    retryInMs: () => 1,
    suspect: false,
    begin: async (_tx, payload) => payload,
    perform: async () => async () => undefined,
    abandon: async () => undefined,
    ...more,
  }
}

export const put = (db: Db, ...tasks: Partial<NewTask>[]) =>
  db.tx(async (tx) => {
    for (const task of tasks) await enqueue(tx, { kind: 'work', lane: 1, payload: null, ...task })
  })

/** Starts a worker that notes the errors instead of failing the test. */
export function work(db: Db, ...stages: Stage[]) {
  const errors: string[] = []
  const worker = startWorker(db, stages, {
    onError: (message, error) => errors.push(`${message}: ${(error as Error).message}`),
  })
  return { ...worker, errors }
}

export const countTasks = (db: Db) =>
  (db.connection.prepare('SELECT count(*) AS n FROM tasks').get() as { n: number }).n

export async function until(holds: () => boolean, ms = 5000) {
  const deadline = Date.now() + ms
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('It did not come about')
    await Bun.sleep(1)
  }
}
