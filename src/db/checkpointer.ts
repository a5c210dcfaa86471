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

self.onmessage = ({ data }: MessageEvent<{ path: string }>) => {
  self.postMessage({ pages: checkpoint(data.path) })
}

function checkpoint(path: string): number {
  try {
    connection ??= new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    const [state] = connection.pragma('wal_checkpoint(PASSIVE)') as { log: number }[]
    const pages = state?.log ?? 0
    if (pages > MAX_LOG_PAGES) connection.pragma('wal_checkpoint(TRUNCATE)')
    return pages
  } catch {
    return -1 // busy or a full disk: the next pass tries again
  }
}
