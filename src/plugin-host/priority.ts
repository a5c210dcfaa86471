import { setPriority } from 'node:os'

const NICENESS = 10

/** Slow, suspect and recognising hosts leave the processor to the others. */
export function stepBack(pid: number) {
  try {
    setPriority(pid, NICENESS)
  } catch {
    // It has ended already, or the system knows no priorities.
  }
}
