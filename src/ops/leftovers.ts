import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { recordingFiles } from '../core/calls/recordings.sql.ts'
import type { Queryable } from '../db/db.ts'
import { type Clock, HOUR, systemClock } from '../lib/clock.ts'

/** Whatever is younger may belong to somebody who is about to name it. */
const OLD_ENOUGH_MS = HOUR

interface Folders {
  recordings: string
  temporary: string
}

/**
 * Removes what a dead process left behind: recordings that no row names and temporary files, once they are old.
 * Returns how many there were.
 */
export async function removeLeftovers(
  db: Queryable,
  { recordings, temporary }: Folders,
  clock: Clock = systemClock,
): Promise<number> {
  const named = new Set((await recordingFiles(db)).map(({ file }) => file))
  const before = clock() - OLD_ENOUGH_MS
  const found = [
    ...oldNames(recordings, before)
      .filter((name) => !named.has(name))
      .map((name) => join(recordings, name)),
    ...oldNames(temporary, before).map((name) => join(temporary, name)),
  ]
  for (const path of found) rmSync(path, { recursive: true, force: true })
  return found.length
}

function oldNames(folder: string, before: number): string[] {
  return readdirSync(folder).filter((name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false })
    return stat !== undefined && stat.mtimeMs < before
  })
}
