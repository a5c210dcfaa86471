/**
 * A worker thread that moves the write-ahead log into the database file, so that no commit has to wait for it.
 * Each message asks for one pass; the answer is the number of pages still in the log.
 */
import Database from 'better-sqlite3'

/** 256 MB of 4 KB pages: past this the log is cut, even if the writer has to wait for a moment. */
const MAX_LOG_PAGES = 65_536
/** While a pass is at work the log grows on; the pass after it has less to do, until the writer can start anew. */
const MAX_PASSES = 4
const BUSY_TIMEOUT_MS = 200

declare const self: Worker

let connection: Database | undefined

export interface CheckpointAnswer {
  pages: number
  /** Whether the log has nothing in it any more. */
  emptied: boolean
}

self.onmessage = ({ data }: MessageEvent<{ path: string; empty: boolean }>) => {
  self.postMessage(checkpoint(data.path, data.empty))
}

function checkpoint(path: string, empty: boolean): CheckpointAnswer {
  try {
    connection ??= new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    const pages = pass(connection)
    if (!empty && pages <= MAX_LOG_PAGES) return { pages, emptied: false }
    const [cut] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return { pages, emptied: cut?.busy === 0 }
  } catch {
    return { pages: -1, emptied: false } // busy or a full disk: the next pass tries again
  }
}

/** The number of pages in the log, all of which may be in the database by now. */
function pass(connection: Database): number {
  for (let left = MAX_PASSES; ; left--) {
    const [state] = connection.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[]
    if (!state || state.log === state.checkpointed || left === 1) return state?.log ?? 0
  }
}
