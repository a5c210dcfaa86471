import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

const NICENESS = 10

/** Slow, suspect and recognising hosts leave the processor to the others. */
export function stepBack(pid: number) {
  attempt(() => setPriority(pid, NICENESS))
  // Linux may weigh whole sessions against each other; each host is one, so its session must step back too.
  if (process.platform === 'linux') attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(NICENESS)))
}

/** The process may have ended, and not every system lets it be done: it is an improvement, no promise. */
function attempt(action: () => void) {
  try {
    action()
  } catch {}
}
