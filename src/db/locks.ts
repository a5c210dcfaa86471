import { chmodSync, existsSync } from 'node:fs'
import Database from 'better-sqlite3'

const PRIVATE = 0o600
/** Outlasts somebody who only looks. */
const PATIENCE_MS = 100

/** A connection that nobody refers to any more is closed by the garbage collector, and its lock would go with it. */
const held = new Set<Database>()

export interface LockHolder {
  /** Undefined in the instant in which the holder has not yet written it down. */
  pid: number | undefined
}

/**
 * A lock that the operating system takes back when its holder dies: the write lock of a database of its own, which
 * others may still read to learn who holds it.
 */
export function holdLock(path: string): { release(): void } | LockHolder {
  const connection = new Database(path, { timeout: PATIENCE_MS })
  chmodSync(path, PRIVATE)
  try {
    connection.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER); DELETE FROM holder')
    connection.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid)
    connection.exec('COMMIT; BEGIN IMMEDIATE')
    held.add(connection)
    return { release: () => letGo(connection) }
  } catch (error) {
    const holder = isTaken(error) ? { pid: readHolder(connection) } : undefined
    connection.close()
    if (holder) return holder
    throw error
  }
}

function letGo(connection: Database) {
  if (held.delete(connection)) connection.close()
}

/** Who holds the lock now, without taking it. */
export function findLockHolder(path: string): LockHolder | undefined {
  if (!existsSync(path)) return undefined
  const connection = new Database(path, { timeout: 0 })
  try {
    connection.exec('BEGIN IMMEDIATE; ROLLBACK')
    return undefined
  } catch (error) {
    if (isTaken(error)) return { pid: readHolder(connection) }
    throw error
  } finally {
    connection.close()
  }
}

const isTaken = (error: unknown) => (error as { code?: string }).code?.startsWith('SQLITE_BUSY')

function readHolder(connection: Database): number | undefined {
  try {
    const row = connection.prepare('SELECT pid FROM holder').get() as { pid: number } | undefined
    return row?.pid
  } catch {
    return undefined // it is only a name for people; the lock itself is what counts
  }
}
