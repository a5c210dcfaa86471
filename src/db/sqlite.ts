import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type Clock, systemClock } from '../lib/clock.ts'
import { groupCommits } from './commits.ts'
import type { Db, Topic } from './db.ts'
import { reader, statementCache } from './statements.ts'

const BUSY_TIMEOUT_MS = 5000
const CHECKPOINT_EVERY_MS = 250
const WAL_SIZE_LIMIT = 64 * 1024 * 1024
const CACHE_KB = 32_000
/** Where no thread moves the log, SQLite does it itself, at this many pages. */
const OWN_CHECKPOINT_PAGES = 1000
/** Older releases can lose a write when a checkpoint and a log reset meet. */
const OLDEST_SQLITE = [3, 51, 3]
const BACKUP_PAGES_PER_STEP = 512

/** Opens the file for reading and writing; `checkpointThread` is for the long-running process. */
export function openDb(
  path: string,
  options: { clock?: Clock; checkpointThread?: boolean } = {},
): Db & { connection: Database } {
  const connection = openConnection(path)
  connection.pragma(`wal_autocheckpoint = ${options.checkpointThread ? 0 : OWN_CHECKPOINT_PAGES}`)
  const readOnly = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS })
  readOnly.pragma(`cache_size = -${CACHE_KB}`)
  const checkpoints = options.checkpointThread ? checkpointThread(path) : undefined
  const listeners = new Map<Topic, (() => void)[]>()
  const commits = groupCommits(connection, options.clock ?? systemClock, (signals) => {
    for (const topic of signals) for (const listener of listeners.get(topic) ?? []) listener()
    checkpoints?.request()
  })
  return {
    connection,
    ...reader(statementCache(readOnly)),
    tx: commits.tx,
    on: (topic, listener) => listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
    walBytes: () => fileSize(`${path}-wal`),
    async backup(to, onProgress) {
      await readOnly.backup(to, {
        progress: ({ totalPages, remainingPages }) => {
          onProgress?.(totalPages - remainingPages, totalPages)
          return BACKUP_PAGES_PER_STEP
        },
      })
    },
    close() {
      commits.close()
      checkpoints?.end()
      readOnly.close()
      if (!connection.inTransaction) connection.pragma('wal_checkpoint(TRUNCATE)')
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
  connection.pragma('secure_delete = FAST')
  connection.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT}`)
  connection.pragma(`cache_size = -${CACHE_KB}`)
  return connection
}

function requireSqlite(connection: Database) {
  const { version } = connection.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  const found = version.split('.').map(Number)
  const at = OLDEST_SQLITE.findIndex((wanted, index) => found[index] !== wanted)
  if (at >= 0 && (found[at] ?? 0) < OLDEST_SQLITE[at]!) throw new Error(`SQLite ${version} is too old`)
}

/** The thread starts with the first commit, so that an idle appliance does without it. */
function checkpointThread(path: string) {
  let worker: Worker | undefined
  let timer: Timer | undefined
  let busy = false
  const request = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      if (busy) return request()
      worker ??= start(path, () => {
        busy = false
      })
      busy = true
      worker.postMessage({})
    }, CHECKPOINT_EVERY_MS)
    timer.unref()
  }
  return {
    request,
    end() {
      clearTimeout(timer)
      worker?.postMessage({ end: true })
      worker?.terminate()
    },
  }
}

function start(path: string, onDone: () => void): Worker {
  const worker = new Worker(new URL('./checkpointer.ts', import.meta.url).href)
  worker.onmessage = onDone
  worker.postMessage({ path })
  worker.unref()
  return worker
}

function fileSize(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}
