import type { Sql } from 'sql-template-tag'

/** Reads. Rows come as the database has them; the caller names their type once, at this edge. */
export interface Queryable {
  get<Row>(query: Sql): Promise<Row | undefined>
  all<Row>(query: Sql): Promise<Row[]>
}

/** Writes, inside the transaction that the caller opened. Its promises settle without leaving the turn. */
export interface Tx extends Queryable {
  /** Resolves to the number of rows changed. */
  run(query: Sql): Promise<number>
  /** Milliseconds since the epoch; never goes back, and is the same for all of one commit. */
  readonly now: number
  /** Tells the listeners of `topic` once this is committed, and only then. */
  signal(topic: Topic, news?: News): void
  /** Runs `write` in a savepoint: what it wrote is undone when it throws, and the error goes on to the caller. */
  attempt<T>(write: () => Promise<T>): Promise<T>
  /** Leaves `item` to be written at the end of the commit, in one go with what others leave; undone with the rest. */
  collect<Item>(collector: Collector<Item>, item: Item): void
}

/** Writes what the transactions of one commit have collected; when it throws, none of them is kept. */
export type Collector<Item> = (tx: Tx, items: Item[]) => Promise<void>

/** What others may want to hear of as soon as it is committed. */
export type Topic = 'tasks' | 'config' | 'events'

/** What happened, in a word or two: for those who count. */
export type News = string

export interface Db extends Queryable {
  /**
   * Runs `write` in a transaction and resolves once it is committed to disk. What concurrent callers ask for in one
   * turn of the event loop shares one commit, and a failure undoes only its own. `write` may await only its tx. It
   * may run twice, since a commit in which something has to be undone is written anew: what it does besides writing
   * must bear that.
   */
  tx<T>(write: (tx: Tx) => Promise<T>): Promise<T>
  /** Calls `listener` after each commit that signalled `topic`, with all the news of that commit. */
  on(topic: Topic, listener: (news: News[]) => void): void
  /** Copies the live database to `path`, which must not exist. */
  backup(path: string, onProgress?: (done: number, total: number) => void): Promise<void>
  /** Bytes of the write-ahead log. */
  walBytes(): number
  /** Has the log emptied as soon as nobody reads from it: what was deleted still stands in it. */
  emptyLogSoon(): void
  close(): void
}

export const isDiskFull = (error: unknown) => sqliteCode(error) === 'SQLITE_FULL'

/** The database cannot write now, though nothing is wrong with what it was asked. */
export const isUnwritable = (error: unknown) => /^SQLITE_(FULL|IOERR|BUSY|READONLY)/.test(sqliteCode(error))

export const isDuplicate = (error: unknown) => sqliteCode(error).startsWith('SQLITE_CONSTRAINT_UNIQUE')

const sqliteCode = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '')
