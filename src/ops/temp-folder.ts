import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../lib/refusal.ts'

const COMPILED = /\$bunfs|~BUN/.test(import.meta.path)
const PRIVATE_FOLDER = 0o700
/** No such interpreter exists: the attempt to run it tells `noexec` from a missing program. */
const PROBE = '#!/nonexistent/earshot-probe\n'

/**
 * The executable unpacks its database library into the temp folder and loads it from there. Where that cannot be,
 * as on a read-only system or a `noexec` mount, it starts itself again with a temp folder inside the data folder.
 * To be called before anything opens a database.
 */
export function ensureLoadableTemp(dataFolder: string, environment: Record<string, string | undefined>) {
  if (!COMPILED || allowsLoading(tmpdir())) return
  const own = join(dataFolder, 'tmp')
  mkdirIfPossible(own)
  if (!allowsLoading(own))
    throw new Refusal(
      'conflict',
      `Neither ${tmpdir()} nor ${own} allows loading libraries (missing, read-only or mounted noexec): set TMPDIR`,
    )
  restart({ ...environment, TMPDIR: own })
}

/** Whether files can be made in the folder and be run from it. */
export function allowsLoading(folder: string): boolean {
  const probe = join(folder, `.earshot-probe-${process.pid}-${Math.random().toString(36).slice(2)}`)
  if (!canMake(probe)) return false
  try {
    Bun.spawnSync([probe])
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES'
  } finally {
    rmSync(probe, { force: true })
  }
}

function canMake(probe: string): boolean {
  try {
    writeFileSync(probe, PROBE, { mode: 0o700, flag: 'wx' })
    return true
  } catch {
    return false
  }
}

function mkdirIfPossible(folder: string) {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
  } catch {
    // the look at it that follows says so in better words
  }
}

/** The process stays the same, so that signals and the exit status go where they did. */
function restart(environment: Record<string, string | undefined>) {
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  process.execve!(process.execPath, [process.execPath, ...process.argv.slice(2)], Object.fromEntries(given))
}
