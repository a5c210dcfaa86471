import { type Db, isUnwritable, type Tx } from '../db/db.ts'
import { completeAll, retryAt, stillRunning, type Task } from './tasks.ts'
import type { Settle, Stage } from './worker.ts'

interface Finished {
  task: Task
  settle: Settle
  resolve(): void
  reject(error: unknown): void
}

/** Another attempt has taken the task over: nothing of this one may be kept. */
export class Fenced extends Error {}

/** Writes down what has been done; what is finished in one turn of the event loop, a kind of task at a time. */
export function createSettling(db: Db) {
  const open = new Map<Stage, Finished[]>()

  return (stage: Stage, task: Task, settle: Settle): Promise<void> =>
    new Promise((resolve, reject) => {
      const one = { task, settle, resolve, reject }
      const batch = open.get(stage)
      if (batch) batch.push(one)
      else begin(stage, [one])
    })

  /** Others may join until its turn to be written has come. */
  function begin(stage: Stage, batch: Finished[]) {
    open.set(stage, batch)
    const write = (tx: Tx) => {
      open.delete(stage)
      return settleAll(tx, batch)
    }
    db.tx(write).then(
      (failures) => {
        for (const one of batch) {
          if (failures.has(one)) one.reject(failures.get(one))
          else one.resolve()
        }
      },
      (error: unknown) => {
        open.delete(stage)
        for (const one of batch) one.reject(error)
      },
    )
  }
}

async function settleAll(tx: Tx, batch: Finished[]): Promise<Map<Finished, unknown>> {
  const failures = new Map<Finished, unknown>()
  const done: Task[] = []
  const ours = await stillRunning(
    tx,
    batch.map(({ task }) => task),
  )
  for (const one of batch) {
    if (!ours.has(one.task)) {
      failures.set(one, new Fenced())
      continue
    }
    try {
      const next = await tx.attempt(() => one.settle(tx))
      if (next) await retryAt(tx, one.task, tx.now + next.retryInMs)
      else done.push(one.task)
    } catch (error) {
      if (isUnwritable(error)) throw error
      failures.set(one, error)
    }
  }
  await completeAll(tx, done)
  return failures
}
