import type Database from 'better-sqlite3'
import type { Clock } from '../lib/clock.ts'
import type { Collector, News, Topic, Tx } from './db.ts'
import { statementCache } from './statements.ts'
import { type Fate, type Mode, openTx, type Wishes, whyLost } from './transactions.ts'

/** Bounds how long one commit keeps the event loop. */
const MAX_WRITES_PER_COMMIT = 512

type Write = (tx: Tx) => Promise<unknown>

interface Pending {
  write: Write
  resolve(value: unknown): void
  reject(error: unknown): void
}

type Outcome = { value: unknown } | { error: unknown }

/** The topics of a commit and what there is to say about each. */
export type Signals = Map<Topic, News[]>

/** One writer, one commit per turn of the event loop: see `Db.tx`. */
export function groupCommits(connection: Database, clock: Clock, onCommit: (signals: Signals) => void) {
  const prepare = statementCache(connection)
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((text) =>
    connection.prepare(text),
  )
  const { save, release, undo } = savepoint('one')
  const inner = savepoint('inner')
  let waiting: Pending[] = []
  let scheduled = false
  let flushing = false
  let closed = false
  let now = 0
  let measuredAt = performance.now()
  let giveUpOn: ((outcome: Outcome) => void) | undefined
  let fate: Fate = { lost: undefined, mustRedo: false }

  function savepoint(name: string) {
    return {
      save: connection.prepare(`SAVEPOINT ${name}`),
      release: connection.prepare(`RELEASE ${name}`),
      undo: connection.prepare(`ROLLBACK TO ${name}`),
    }
  }

  function schedule() {
    if (scheduled || flushing || waiting.length === 0) return
    scheduled = true
    setImmediate(flush)
  }

  async function flush() {
    scheduled = false
    flushing = true
    const batch = waiting.slice(0, MAX_WRITES_PER_COMMIT)
    waiting = waiting.slice(MAX_WRITES_PER_COMMIT)
    const watchdog = watchTurn()
    const signals: Signals = new Map()
    try {
      answer(batch, await writeBatch(batch, signals))
    } catch (error) {
      for (const pending of batch) pending.reject(error)
      if (connection.inTransaction) rollback!.run()
      signals.clear()
    } finally {
      watchdog.stop()
      flushing = false
      schedule()
    }
    onCommit(signals)
  }

  /**
   * Never earlier than what was written before. While the clock has been set back it goes on at the pace of the
   * machine: else whatever waits for its time would wait until the clock has caught up.
   */
  function nextNow(): number {
    const read = clock()
    const elapsed = Math.floor(performance.now() - measuredAt)
    measuredAt += elapsed
    return read < now ? now + elapsed : read
  }

  async function writeBatch(batch: Pending[], signals: Signals): Promise<Outcome[]> {
    const outcomes = await writeAll(batch, signals, 'plain')
    if (outcomes) return outcomes
    rollback!.run()
    signals.clear()
    return (await writeAll(batch, signals, 'careful'))!
  }

  /** Undefined, and not committed, when a plain commit has something to undo. */
  async function writeAll(batch: Pending[], signals: Signals, mode: Mode): Promise<Outcome[] | undefined> {
    now = nextNow()
    fate = { lost: undefined, mustRedo: false }
    begin!.run()
    const outcomes: Outcome[] = []
    const collected = new Map<Collector<unknown>, unknown[]>()
    for (const { write } of batch) {
      outcomes.push(await writeOne(write, mode, signals, collected))
      if (fate.mustRedo) return undefined
    }
    if (collected.size > 0) await writeCollected(collected, mode, signals)
    if (fate.mustRedo) return undefined
    commit!.run()
    return outcomes
  }

  /** A failure undoes only this one's statements, unless SQLite itself gave up the whole transaction. */
  async function writeOne(
    write: Write,
    mode: Mode,
    signals: Signals,
    collected: Map<Collector<unknown>, unknown[]>,
  ): Promise<Outcome> {
    if (mode === 'careful') save.run()
    const wishes: Wishes = { signals: [], collected: [] }
    const { tx, end } = openTx({ connection, prepare, inner, now, mode, fate, wishes })
    const outcome = await settled(write, tx)
    const wrote = end()
    if (!connection.inTransaction) throw whyLost(fate)
    if (!('error' in outcome)) keep(wishes, signals, collected)
    else if (mode === 'careful') undo.run()
    else fate.mustRedo ||= wrote
    if (mode === 'careful') release.run()
    return outcome
  }

  function keep(wishes: Wishes, signals: Signals, collected: Map<Collector<unknown>, unknown[]>) {
    for (const { topic, news } of wishes.signals) {
      const known = signals.get(topic) ?? []
      if (news !== undefined) known.push(news)
      signals.set(topic, known)
    }
    for (const { collector, item } of wishes.collected) {
      const items = collected.get(collector)
      if (items) items.push(item)
      else collected.set(collector, [item])
    }
  }

  /** Part of the commit as a whole: without it the writes that it belongs to must not be kept either. */
  async function writeCollected(collected: Map<Collector<unknown>, unknown[]>, mode: Mode, signals: Signals) {
    const further = new Map<Collector<unknown>, unknown[]>()
    for (const [collector, items] of collected) {
      const outcome = await writeOne((tx) => collector(tx, items), mode, signals, further)
      if ('error' in outcome) throw outcome.error
    }
    if (further.size > 0) await writeCollected(further, mode, signals)
  }

  function settled(write: Write, tx: Tx): Promise<Outcome> {
    return new Promise((resolve) => {
      giveUpOn = resolve
      write(tx).then(
        (value) => resolve({ value }),
        (error: unknown) => resolve({ error }),
      )
    })
  }

  /** Writes settle in microtasks; one that is still open when the next turn starts waits for something foreign. */
  function watchTurn() {
    let watching = true
    const look = () => {
      if (!watching) return
      giveUpOn?.({ error: new Error('A transaction awaited something other than its tx') })
      setImmediate(look)
    }
    setImmediate(look)
    return {
      stop: () => {
        watching = false
      },
    }
  }

  function answer(batch: Pending[], outcomes: Outcome[]) {
    batch.forEach((pending, at) => {
      const outcome = outcomes[at]!
      if ('error' in outcome) pending.reject(outcome.error)
      else pending.resolve(outcome.value)
    })
  }

  return {
    tx<T>(write: (tx: Tx) => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(new Error('The database is closed'))
      return new Promise<T>((resolve, reject) => {
        waiting.push({ write, resolve: resolve as (value: unknown) => void, reject })
        schedule()
      })
    },
    startClockAt(time: number) {
      now = Math.max(now, time)
    },
    close() {
      closed = true
      for (const pending of waiting) pending.reject(new Error('The database is closed'))
      waiting = []
    },
  }
}
