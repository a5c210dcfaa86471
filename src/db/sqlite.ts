import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type Clock, systemClock } from '../lib/clock.ts'
import { startThread } from '../lib/threads.ts'
import type { CheckpointAnswer } from './checkpointer.ts'
import { groupCommits } from './commits.ts'
import { copyDatabase } from './copies.ts'
import { type Db, isUnwritable, type News, type Topic } from './db.ts'
import { reader, statementCache } from './statements.ts'

const BUSY_TIMEOUT_MS = 5000
const CHECKPOINT_EVERY_MS = 250
const WAL_SIZE_LIMIT = 64 * 1024 * 1024
const CACHE_KB = 32_000
/** Where no thread moves the log, SQLite does it itself, at this many pages. */
const OWN_CHECKPOINT_PAGES = 1000
/** Older releases can lose a write when a checkpoint and a log reset meet. */
const OLDEST_SQLITE = [3, 51, 3]

/** Opens the file for reading and writing; `checkpointThread` is for the long-running process. */
export function openDb(
  path: string,
  options: { clock?: Clock; checkpointThread?: boolean } = {},
): Db & { connection: Database; startClockAt(time: number): void } {
  const connection = openConnection(path)
  connection.pragma(`wal_autocheckpoint = ${options.checkpointThread ? 0 : OWN_CHECKPOINT_PAGES}`)
  const readOnly = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS })
  readOnly.pragma(`cache_size = -${CACHE_KB}`)
  const checkpoints = options.checkpointThread
    ? checkpointThread(path, () => connection.pragma(`wal_autocheckpoint = ${OWN_CHECKPOINT_PAGES}`))
    : undefined
  const listeners = new Map<Topic, ((news: News[]) => void)[]>()
  const commits = groupCommits(connection, options.clock ?? systemClock, (signals) => {
    for (const [topic, news] of signals) for (const listener of listeners.get(topic) ?? []) listener(news)
    checkpoints?.request()
  })
  return {
    connection,
    ...reader(statementCache(readOnly)),
    tx: commits.tx,
    startClockAt: commits.startClockAt,
    on: (topic, listener) => listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
    walBytes: () => fileSize(`${path}-wal`),
    emptyLogSoon: () => (checkpoints ? checkpoints.empty() : emptyLog(connection)),
    backup: (to, onProgress) => copyDatabase(path, to, onProgress),
    close() {
      commits.close()
      checkpoints?.end()
      readOnly.close()
      emptyLog(connection)
      connection.close()
    },
  }
}

function openConnection(path: string): Database {
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  requireSqlite(connection)
  connection.pragma('journal_mode = WAL')
  // After journal_mode: the addon is built to fall back to NORMAL in WAL mode, which loses commits at power loss.
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  // FAST would leave what filled whole pages: transcripts, results.
  connection.pragma('secure_delete = ON')
  // Else what the savepoints may have to undo goes through temporary files: half of the time of a small write.
  connection.pragma('temp_store = MEMORY')
  connection.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT}`)
  connection.pragma(`cache_size = -${CACHE_KB}`)
  return connection
}

/** What cannot be moved now, on a full disk, stays in the log and is read from there at the next start. */
function emptyLog(connection: Database) {
  if (connection.inTransaction) return
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    if (!isUnwritable(error)) throw error
  }
}

function requireSqlite(connection: Database) {
  const { version } = connection.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  const found = version.split('.').map(Number)
  const at = OLDEST_SQLITE.findIndex((wanted, index) => found[index] !== wanted)
  if (at >= 0 && (found[at] ?? 0) < OLDEST_SQLITE[at]!) throw new Error(`SQLite ${version} is too old`)
}

/** The thread starts with the first commit, so that an idle appliance does without it. */
function checkpointThread(path: string, withoutThread: () => void) {
  let worker: Worker | undefined
  let timer: Timer | undefined
  let busy = false
  let broken = false
  let toBeEmptied = false

  function request() {
    if (broken || timer) return
    timer = setTimeout(checkpoint, CHECKPOINT_EVERY_MS)
    timer.unref()
  }

  function checkpoint() {
    timer = undefined
    if (busy) return request()
    worker ??= start()
    busy = true
    worker.postMessage({ path, empty: toBeEmptied })
  }

  function start() {
    const thread = startThread('db/checkpointer.ts')
    thread.onmessage = ({ data }: MessageEvent<CheckpointAnswer>) => {
      busy = false
      if (data.emptied) toBeEmptied = false
      else if (toBeEmptied) request()
    }
    thread.onerror = () => {
      broken = true
      withoutThread()
    }
    thread.unref()
    return thread
  }

  return {
    request,
    empty() {
      toBeEmptied = true
      request()
    },
    end() {
      broken = true
      clearTimeout(timer)
      worker?.terminate()
    },
  }
}

function fileSize(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}
