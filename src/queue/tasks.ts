import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../db/db.ts'

/** Lower goes first within a lane. */
export const priorities = { normal: 0, bulk: 1 } as const

/** The lane of tasks that were running when the process died: one at a time, to find out which of them kills it. */
export const SUSPECTS = -1

export interface Task {
  id: number
  kind: string
  lane: number
  payload: string
  attempt: number
  deaths: number
}

export interface NewTask {
  kind: string
  /** Tasks of one lane share a concurrency limit, and lanes take turns. */
  lane: number
  payload: unknown
  priority?: number
  /** Not before this time, in ms. */
  runAt?: number
}

const columns = sql`id, kind, lane, payload, attempt, deaths`

/** Commits with whatever else the transaction writes; the worker wakes as soon as it has. */
export const enqueue = (tx: Tx, task: NewTask): Promise<void> => enqueueAll(tx, [task])

export async function enqueueAll(tx: Tx, tasks: NewTask[]): Promise<void> {
  if (tasks.length === 0) return
  const rows = tasks.map(({ kind, lane, priority = priorities.normal, payload, runAt = tx.now }) => {
    const state = runAt > tx.now ? 'waiting' : 'ready'
    return sql`(${kind}, ${lane}, ${priority}, ${JSON.stringify(payload)}, ${state}, ${runAt})`
  })
  await tx.run(sql`INSERT INTO tasks (kind, lane, priority, payload, state, run_at) VALUES ${join(rows)}`)
  tx.signal('tasks')
}

/** Brings a task forward that waits for its time. */
export async function hasten(tx: Tx, { kind, lane, payload }: NewTask): Promise<void> {
  await tx.run(sql`
    UPDATE tasks SET state = 'ready', run_at = ${tx.now}
    WHERE state = 'waiting' AND kind = ${kind} AND lane = ${lane} AND payload = ${JSON.stringify(payload)}`)
  tx.signal('tasks')
}

/** Makes what has become due claimable, and tells when the next one will be. */
export async function promoteDue(tx: Tx): Promise<number | undefined> {
  await tx.run(sql`UPDATE tasks SET state = 'ready' WHERE state = 'waiting' AND run_at <= ${tx.now}`)
  const next = await tx.get<{ runAt: number | null }>(sql`
    SELECT min(run_at) AS "runAt" FROM tasks WHERE state = 'waiting'`)
  return next?.runAt ?? undefined
}

/** The lanes of a kind that have something to do; one index seek for each, which is quicker than one recursive query. */
export async function readyLanes(tx: Tx, kind: string): Promise<number[]> {
  const lanes: number[] = []
  for (let last = SUSPECTS - 1; ; last = lanes.at(-1)!) {
    const next = await tx.get<{ lane: number }>(sql`
      SELECT lane FROM tasks WHERE state = 'ready' AND kind = ${kind} AND lane > ${last} ORDER BY lane LIMIT 1`)
    if (!next) return lanes
    lanes.push(next.lane)
  }
}

export async function claim(
  tx: Tx,
  kind: string,
  lane: number,
  limit: number,
  leaseMs: number,
): Promise<Task[]> {
  const tasks = await tx.all<Task>(sql`
    UPDATE tasks SET state = 'running', attempt = attempt + 1, lease_until = ${tx.now + leaseMs}
    WHERE id IN (
      SELECT id FROM tasks
      WHERE state = 'ready' AND kind = ${kind} AND lane = ${lane}
      ORDER BY priority, id
      LIMIT ${limit}
    )
    RETURNING ${columns}`)
  return tasks.sort((one, other) => one.id - other.id)
}

/** False when somebody else has taken the task over meanwhile: then nothing of this attempt may be kept. */
export async function complete(tx: Tx, task: Task): Promise<boolean> {
  const gone = await tx.run(sql`
    DELETE FROM tasks WHERE id = ${task.id} AND state = 'running' AND attempt = ${task.attempt}`)
  return gone === 1
}

/** The attempts that nobody else has taken over meanwhile. */
export async function stillRunning(tx: Tx, tasks: Task[]): Promise<Set<Task>> {
  const rows = await tx.all<{ id: number; attempt: number }>(sql`
    SELECT id, attempt FROM tasks WHERE id IN (${idsOf(tasks)}) AND state = 'running'`)
  const attempts = new Map(rows.map(({ id, attempt }) => [id, attempt]))
  return new Set(tasks.filter(({ id, attempt }) => attempts.get(id) === attempt))
}

/** For those that are known to be still running. */
export async function completeAll(tx: Tx, tasks: Task[]): Promise<void> {
  if (tasks.length > 0) await tx.run(sql`DELETE FROM tasks WHERE id IN (${idsOf(tasks)})`)
}

const idsOf = (tasks: Task[]) => join(tasks.map(({ id }) => id))

export async function retryAt(tx: Tx, task: Task, runAt: number): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE tasks SET state = 'waiting', run_at = ${runAt}, lease_until = NULL
    WHERE id = ${task.id} AND state = 'running' AND attempt = ${task.attempt}`)
  tx.signal('tasks')
  return changed === 1
}

/** Puts back what was claimed and not finished, as if it had not been tried. */
export async function release(tx: Tx, tasks: Task[]): Promise<void> {
  if (tasks.length === 0) return
  await tx.run(sql`
    UPDATE tasks SET state = 'ready', attempt = attempt - 1, lease_until = NULL
    WHERE state = 'running' AND id IN (${join(tasks.map(({ id }) => id))})`)
}

/**
 * Takes over what a dead process was running. Tasks of `suspectKinds` count the death and go on one at a time,
 * since one of them may have been what killed it.
 */
export async function takeOver(tx: Tx, suspectKinds: string[], leaseEndedBefore?: number): Promise<number> {
  const overdue = leaseEndedBefore === undefined ? sql`1 = 1` : sql`lease_until < ${leaseEndedBefore}`
  const suspects = await tx.run(sql`
    UPDATE tasks SET state = 'ready', lease_until = NULL, deaths = deaths + 1, lane = ${SUSPECTS}
    WHERE state = 'running' AND kind IN (${join(['', ...suspectKinds])}) AND ${overdue}`)
  const others = await tx.run(sql`
    UPDATE tasks SET state = 'ready', lease_until = NULL WHERE state = 'running' AND ${overdue}`)
  if (suspects + others > 0) tx.signal('tasks')
  return suspects + others
}

export interface Depth {
  kind: string
  ready: number
  waiting: number
  running: number
  /** Since when the first of those that are ready could have begun, in ms. */
  oldestAt: number | null
}

/** By kind. What is ready is counted in its index alone, since that is where a backlog piles up. */
export const queueDepth = (db: Queryable): Promise<Depth[]> =>
  db.all<Depth>(sql`
    SELECT d.kind, d.ready, d.waiting, d.running, t.run_at AS "oldestAt"
    FROM (
      SELECT kind, sum(ready) AS ready, sum(waiting) AS waiting, sum(running) AS running, min(oldest) AS oldest
      FROM (
        SELECT kind, count(*) AS ready, 0 AS waiting, 0 AS running, min(id) AS oldest FROM tasks
        WHERE state = 'ready' GROUP BY kind
        UNION ALL
        SELECT kind, 0, count(*), 0, NULL FROM tasks WHERE state = 'waiting' GROUP BY kind
        UNION ALL
        SELECT kind, 0, 0, count(*), NULL FROM tasks WHERE state = 'running' GROUP BY kind) AS counted
      GROUP BY kind) AS d
    LEFT JOIN tasks t ON t.id = d.oldest
    ORDER BY d.kind`)
