import { join } from 'node:path'
import { findLockHolder, holdLock, type LockHolder } from '../db/locks.ts'
import { Refusal } from '../lib/refusal.ts'

const LOCK_FILE = 'earshot.lock'

/**
 * Takes the data folder for this process until the returned function is called or the process ends, however it
 * does. Refuses with one sentence when another process has it.
 */
export function takeLock(dataFolder: string): () => void {
  const taken = holdLock(lockPath(dataFolder))
  if ('release' in taken) return taken.release
  throw new Refusal('conflict', `Another Earshot${named(taken)} is already running on ${dataFolder}`)
}

/** The process that runs on the data folder now. */
export const findInstance = (dataFolder: string): LockHolder | undefined =>
  findLockHolder(lockPath(dataFolder))

const lockPath = (dataFolder: string) => join(dataFolder, LOCK_FILE)

const named = ({ pid }: LockHolder) => (pid === undefined ? '' : ` (process ${pid})`)
