/**
 * A few numbers in a file that a host and its parent both map. The host writes what it is about to start,
 * so the parent knows what was on the CPU even when the host hangs or is gone.
 */
import { writeFileSync } from 'node:fs'

const CURRENT = 0
const STARTED = 1
const RETIRED = 2
const SLOTS = 4

export interface Marker {
  /** The run on the CPU; 0 when none; -1, -2 … while the first, second … source is loaded. */
  current(): number
  /** The highest run that was started. */
  started(): number
  loading(index: number): void
  enter(run: number): void
  /** A run that was started before has the CPU again. */
  resume(run: number): void
  leave(): void
  /** The parent's word to the host: start nothing more. */
  retire(): void
  retired(): boolean
}

export function createMarker(path: string): Marker {
  writeFileSync(path, new Uint8Array(SLOTS * 4), { mode: 0o600 })
  return openMarker(path)
}

export function openMarker(path: string): Marker {
  const slots = new Int32Array(Bun.mmap(path, { shared: true }).buffer)
  return {
    current: () => Atomics.load(slots, CURRENT),
    started: () => Atomics.load(slots, STARTED),
    loading: (index) => void Atomics.store(slots, CURRENT, -1 - index),
    enter(run) {
      Atomics.store(slots, STARTED, run)
      Atomics.store(slots, CURRENT, run)
    },
    resume: (run) => void Atomics.store(slots, CURRENT, run),
    leave: () => void Atomics.store(slots, CURRENT, 0),
    retire: () => void Atomics.store(slots, RETIRED, 1),
    retired: () => Atomics.load(slots, RETIRED) === 1,
  }
}
