/**
 * A worker thread that moves the write-ahead log into the database file, so that no commit has to wait for it.
 * Each message asks for one pass; the answer is the number of pages still in the log.
 */
import Database from 'better-sqlite3'

/** 64 MB of 4 KB pages: past this the log is cut, even if the writer has to wait for a moment. */
const MAX_LOG_PAGES = 16_384
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
    const [state] = connection.pragma('wal_checkpoint(PASSIVE)') as { log: number }[]
    const pages = state?.log ?? 0
    if (!empty && pages <= MAX_LOG_PAGES) return { pages, emptied: false }
    const [cut] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return { pages, emptied: cut?.busy === 0 }
  } catch {
    return { pages: -1, emptied: false } // busy or a full disk: the next pass tries again
  }
}
