import { type Db, isUnwritable, type Tx } from '../db/db.ts'
import { MINUTE, SECOND } from '../lib/clock.ts'
import { createPlaces, type Running } from './places.ts'
import { createSettling, Fenced } from './settling.ts'
import { claim, complete, promoteDue, readyLanes, release, retryAt, type Task, takeOver } from './tasks.ts'

/** A task that was running at this many deaths of the process is what kills it. */
const MAX_DEATHS = 3
const CLAIM_BATCH = 64
const LONGEST_SLEEP_MS = MINUTE
const SWEEP_EVERY_MS = 30 * SECOND

/** Writes what an attempt has brought; it may ask for another one later. */
export type Settle = (tx: Tx) => Promise<{ retryInMs: number } | undefined>

export interface Failure {
  code: 'poison' | 'internal'
  message: string
}

/** How tasks of one kind are done. `Work` is what `begin` found out and `perform` needs. */
export interface Stage<Work = unknown> {
  kind: string
  concurrency: number
  /** How many of one lane may run at once; all of `concurrency` by default. */
  laneLimit?(lane: number): number
  leaseMs: number
  /** Attempts before `abandon`, when `perform` throws. */
  attempts: number
  retryInMs(attempt: number): number
  /** Whether a task of this kind may be what kills the process. */
  suspect: boolean
  /** Reads at once what `begin` will need for each of those that are claimed together. */
  prepare?(tx: Tx, payloads: unknown[]): Promise<void>
  /** Decides in the transaction of the claim whether there is anything to do; undefined ends the task. */
  begin(tx: Tx, payload: unknown): Promise<Work | undefined>
  /** The slow work, outside any transaction. */
  perform(work: Work, task: Task): Promise<Settle>
  /** Records that the task will not be tried again. */
  abandon(tx: Tx, payload: unknown, failure: Failure): Promise<void>
}

export interface WorkerHooks {
  onError(message: string, error: unknown, task?: Task): void
}

/** Performs the tasks of `stages` until it is stopped. */
export function startWorker(db: Db, stages: Stage[], hooks: WorkerHooks) {
  const places = createPlaces()
  const { running, take, letGo } = places
  const settleTogether = createSettling(db)
  let claiming = false
  let again = false
  let stopping = false
  let timer: Timer | undefined
  let idle: (() => void)[] = []

  const suspectKinds = stages.filter(({ suspect }) => suspect).map(({ kind }) => kind)
  const sweeper = setInterval(sweep, SWEEP_EVERY_MS)
  sweeper.unref()
  db.on('tasks', wake)

  function wake() {
    if (stopping) return
    if (claiming) {
      again = true
      return
    }
    claiming = true
    again = false
    clearTimeout(timer)
    const claimed: Running[] = []
    db.tx((tx) => claimAll(tx, claimed)).then(
      (sleepMs) => startAll(claimed, sleepMs),
      (error: unknown) => {
        hooks.onError('Claiming tasks failed', error)
        for (const one of claimed) letGo(one)
        claiming = false
        sleep(SECOND)
      },
    )
  }

  /** Resolves to the time until the next task is due. */
  async function claimAll(tx: Tx, claimed: Running[]): Promise<number | undefined> {
    for (const one of claimed.splice(0)) letGo(one) // of an earlier try at the same commit
    const nextAt = await promoteDue(tx)
    for (const stage of stages) await claimStage(tx, stage, claimed)
    return nextAt === undefined ? undefined : nextAt - tx.now
  }

  /** Lanes take turns at going first, and share what is free. */
  async function claimStage(tx: Tx, stage: Stage, claimed: Running[]) {
    let free = Math.min(CLAIM_BATCH, places.free(stage))
    if (free <= 0) return
    const lanes = await readyLanes(tx, stage.kind)
    if (lanes.length === 0) return
    const first = places.nextLane(stage, lanes)
    const share = Math.ceil(free / lanes.length)
    for (const pass of [share, free]) {
      for (let at = 0; at < lanes.length && free > 0; at++) {
        const lane = lanes[(first + at) % lanes.length]!
        const limit = Math.min(free, pass, places.room(stage, lane))
        if (limit <= 0) continue
        const tasks = await claim(tx, stage.kind, lane, limit, stage.leaseMs)
        free -= tasks.length
        await stage.prepare?.(
          tx,
          tasks.map((task) => JSON.parse(task.payload) as unknown),
        )
        for (const task of tasks) await beginOne(tx, stage, task, claimed)
      }
      if (lanes.length === 1) return
    }
  }

  async function beginOne(tx: Tx, stage: Stage, task: Task, claimed: Running[]) {
    const payload: unknown = JSON.parse(task.payload)
    try {
      if (task.deaths >= MAX_DEATHS) {
        await abandon(tx, stage, task, poisoned(task))
        again = true
        return
      }
      const begun = await tx.attempt(() => stage.begin(tx, payload))
      if (begun === undefined) {
        await complete(tx, task)
        again = true // its place is free for the next one
      } else claimed.push(take({ task, stage, begun }))
    } catch (error) {
      hooks.onError('A task could not begin', error, task)
      await failed(tx, stage, task)
    }
  }

  function startAll(claimed: Running[], sleepMs: number | undefined) {
    claiming = false
    for (const one of claimed) void performOne(one)
    if (again) return wake()
    if (sleepMs !== undefined) sleep(sleepMs)
    rest()
  }

  async function performOne(one: Running) {
    const { task, stage, begun } = one
    try {
      const settle = await stage.perform(begun, task)
      const settled = settleWhenWritable(stage, task, settle)
      places.leave(one)
      wake() // what takes the place is claimed in the commit that settles this one
      await settled
    } catch (error) {
      if (!(error instanceof Fenced)) await attemptFailed(stage, task, error)
    } finally {
      letGo(one)
      wake()
    }
  }

  /** On a full disk the work is not lost: it is written down as soon as there is room again. */
  async function settleWhenWritable(stage: Stage, task: Task, settle: Settle) {
    for (let tries = 0; ; tries++) {
      try {
        return await settleTogether(stage, task, settle)
      } catch (error) {
        if (!isUnwritable(error) || stopping) throw error
        if (tries === 0) hooks.onError('A result cannot be written now and waits', error, task)
        await Bun.sleep(SECOND)
      }
    }
  }

  async function attemptFailed(stage: Stage, task: Task, error: unknown) {
    hooks.onError('A task failed', error, task)
    try {
      await db.tx((tx) => failed(tx, stage, task))
    } catch (second) {
      hooks.onError('A task could not be settled; it stays until its lease is over', second, task)
    }
  }

  async function failed(tx: Tx, stage: Stage, task: Task) {
    if (task.attempt < stage.attempts) {
      await retryAt(tx, task, tx.now + stage.retryInMs(task.attempt))
      return
    }
    const failure: Failure = { code: 'internal', message: `Processing failed ${task.attempt} times` }
    await abandon(tx, stage, task, failure)
  }

  /** One that cannot even be given up must not keep the others from being claimed. */
  async function abandon(tx: Tx, stage: Stage, task: Task, failure: Failure) {
    try {
      await tx.attempt(() => stage.abandon(tx, JSON.parse(task.payload), failure))
      await complete(tx, task)
    } catch (error) {
      hooks.onError('A task could not be given up', error, task)
      await retryAt(tx, task, tx.now + MINUTE)
    }
  }

  function sleep(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(wake, Math.min(Math.max(ms, 1), LONGEST_SLEEP_MS))
    timer.unref()
  }

  /** What outlived its lease hangs, or its settling could not be committed. */
  async function sweep() {
    if (stopping) return
    await db
      .tx((tx) => takeOver(tx, suspectKinds, tx.now))
      .catch((error) => hooks.onError('The sweep failed', error))
  }

  function rest() {
    if (running.size > 0 || claiming) return
    for (const resolve of idle) resolve()
    idle = []
  }

  return {
    /** Takes over what a dead process left running, and starts. */
    async start() {
      await db.tx((tx) => takeOver(tx, suspectKinds))
      wake()
    },
    wake,
    running: () => running.size,
    /** Claims nothing more, waits up to `graceMs` for what is running, and puts the rest back. */
    async stop(graceMs: number) {
      stopping = true
      clearTimeout(timer)
      clearInterval(sweeper)
      const deadline = Date.now() + graceMs
      while ((running.size > 0 || claiming) && Date.now() < deadline) await Bun.sleep(10)
      const left = [...running.values()].map(({ task }) => task)
      await db.tx((tx) => release(tx, left))
      return left.length
    },
    /** Resolves when nothing is ready or running. */
    settled: () =>
      new Promise<void>((resolve) => {
        idle.push(resolve)
        wake()
      }),
  }
}

const poisoned = (task: Task): Failure => ({
  code: 'poison',
  message: `The process died ${task.deaths} times while this was running, so it is not tried again`,
})
