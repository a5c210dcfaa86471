/**
 * A worker thread that moves the write-ahead log into the database file, so that no commit has to wait for it.
 * Each message asks for one pass; the answer is the number of pages still in the log.
 */
import Database from 'better-sqlite3'

/** 64 MB of 4 KB pages: past this the log is cut, even if the writer has to wait for a moment. */
const MAX_LOG_PAGES = 16_384

declare const self: Worker & { close(): void }

let connection: Database | undefined

self.onmessage = ({ data }: MessageEvent<{ path?: string; end?: true }>) => {
  if (data.path) connection = new Database(data.path, { timeout: 200 })
  if (data.end) {
    connection?.close()
    self.postMessage({ ended: true })
    return
  }
  self.postMessage({ pages: checkpoint() })
}

function checkpoint(): number {
  try {
    if (!connection) return 0
    const [state] = connection.pragma('wal_checkpoint(PASSIVE)') as { log: number }[]
    const pages = state?.log ?? 0
    if (pages > MAX_LOG_PAGES) connection.pragma('wal_checkpoint(TRUNCATE)')
    return pages
  } catch {
    return -1 // busy or a full disk: the next pass tries again
  }
}
