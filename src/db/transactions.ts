import type Database from 'better-sqlite3'
import type { Statement } from 'better-sqlite3'
import type { Sql } from 'sql-template-tag'
import type { Collector, News, Topic, Tx } from './db.ts'
import { bound } from './statements.ts'

/** What one write wants to happen with the commit, if it is kept. */
export interface Wishes {
  signals: { topic: Topic; news: News | undefined }[]
  collected: { collector: Collector<unknown>; item: unknown }[]
}

/**
 * Savepoints make SQLite copy every page before it changes it, which doubles the cost of a small write. So a commit
 * first goes without them (`plain`); only when something has to be undone in it, all of it is undone and written
 * again with them (`careful`). Hence a write may run twice.
 */
export type Mode = 'plain' | 'careful'

/** What becomes of the commit that a write is part of. */
export interface Fate {
  /** Why SQLite gave up the transaction by itself. */
  lost: unknown
  /** Set in a plain commit when part of it would have to be undone. */
  mustRedo: boolean
}

export const whyLost = ({ lost }: Fate) => lost ?? new Error('A statement ended the transaction')

interface Opening {
  connection: Database
  prepare(text: string): Statement
  /** The savepoint of an attempt within a write. */
  inner: { save: Statement; release: Statement; undo: Statement }
  now: number
  mode: Mode
  fate: Fate
  wishes: Wishes
}

/** What one write gets to write with; `end` closes it for good and tells whether anything was written. */
export function openTx({ connection, prepare, inner, now, mode, fate, wishes }: Opening): {
  tx: Tx
  end: () => boolean
} {
  let open = true
  let wrote = false
  const isOpen = () => open && connection.inTransaction

  const attempts: { wrote: boolean }[] = []

  function statement(query: Sql) {
    requireOpen()
    const prepared = prepare(query.sql)
    if (!prepared.readonly) noteWrite()
    return prepared
  }

  /** Attempts get their savepoint only with the first thing that there may be to undo: most write nothing. */
  function noteWrite() {
    wrote = true
    for (const attempt of attempts) {
      if (attempt.wrote) continue
      if (mode === 'careful') inner.save.run()
      attempt.wrote = true
    }
  }

  /** Without a transaction every statement would be committed by itself. */
  function requireOpen() {
    if (!open) throw new Error('A transaction was used after its end')
    if (!connection.inTransaction) throw whyLost(fate)
  }

  /** On a full disk, for instance, SQLite may undo everything; what it said then is the reason to tell. */
  function run<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (open && !connection.inTransaction) fate.lost ??= error
      throw error
    }
  }

  const tx: Tx = {
    now,
    get: async <Row>(query: Sql) => run(() => statement(query).get(...bound(query))) as Row | undefined,
    all: async <Row>(query: Sql) => run(() => statement(query).all(...bound(query))) as Row[],
    run: async (query) => run(() => statement(query).run(...bound(query))).changes,
    signal: (topic, news) => wishes.signals.push({ topic, news }),
    collect: (collector, item) => wishes.collected.push({ collector: collector as Collector<unknown>, item }),
    async attempt(work) {
      requireOpen()
      const attempt = { wrote: false }
      attempts.push(attempt)
      const before = wishes.collected.length
      try {
        return await work()
      } catch (error) {
        if (mode === 'plain') fate.mustRedo ||= attempt.wrote
        else if (attempt.wrote && isOpen()) inner.undo.run()
        wishes.collected.length = before
        throw error
      } finally {
        attempts.pop()
        if (mode === 'careful' && attempt.wrote && isOpen()) inner.release.run()
      }
    },
  }
  return {
    tx,
    end: () => {
      open = false
      return wrote
    },
  }
}
