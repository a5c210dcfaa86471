import { closeSync, fsyncSync, openSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { startThread } from '../lib/threads.ts'
import type { CopyAnswer } from './copier.ts'

const LOOK_EVERY_MS = 100
const PRIVATE = 0o600

export type CopyProgress = (done: number, total: number) => void

/**
 * Copies a database that others may be writing to, as it was at one moment. SQLite's backup calls would start over
 * with every foreign commit, so under load they never end; and this leaves out what was deleted.
 * Progress is in bytes; the total is the most that it may become.
 */
export async function copyDatabase(from: string, to: string, onProgress?: CopyProgress): Promise<void> {
  closeSync(openSync(to, 'wx', PRIVATE))
  const total = liveBytes(from)
  const looking = setInterval(() => onProgress?.(Math.min(statSync(to).size, total), total), LOOK_EVERY_MS)
  try {
    await copyInThread(from, to)
  } finally {
    clearInterval(looking)
  }
  sync(to)
  onProgress?.(total, total)
}

/** Without its free pages. */
export function liveBytes(path: string): number {
  const connection = new Database(path, { readonly: true, timeout: 5000 })
  const read = (name: string) => Number(connection.pragma(name, { simple: true }))
  const bytes = (read('page_count') - read('freelist_count')) * read('page_size')
  connection.close()
  return bytes
}

function copyInThread(from: string, to: string): Promise<void> {
  const thread = startThread('db/copier.ts')
  return new Promise<void>((resolve, reject) => {
    thread.onerror = ({ message }) => reject(new Error(`The copying thread failed: ${message}`))
    thread.onmessage = ({ data }: MessageEvent<CopyAnswer>) => {
      if ('done' in data) resolve()
      else reject(Object.assign(new Error(data.failure), { code: data.code }))
    }
    thread.postMessage({ from, to })
  }).finally(() => thread.terminate())
}

function sync(path: string) {
  const descriptor = openSync(path, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
