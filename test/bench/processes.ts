import { readdirSync, readFileSync } from 'node:fs'

const KB_PER_MB = 1024
const PAGE_KB = 4
const LOOK_EVERY_MS = 100
/** Linux counts processor time in hundredths of a second towards user space, whatever its own clock does. */
const TICKS_PER_SECOND = 100
const USER_TIME = 11
const SYSTEM_TIME = 12

/** A process and all below it. */
export function processTree(pid: number): number[] {
  const all = [pid]
  for (let at = 0; at < all.length; at++) all.push(...childrenOf(all[at]!))
  return all
}

export interface Memory {
  /** Resident, MB; pages that several processes share count for each. */
  rss: number
  /** The same with shared pages split among those who share them. */
  pss: number
}

export function memoryOf(pid: number): Memory {
  const sum = { rss: 0, pss: 0 }
  for (const one of processTree(pid)) {
    const text = read(`/proc/${one}/smaps_rollup`)
    sum.rss += Number(/^Rss: +(\d+)/m.exec(text)?.[1] ?? 0) / KB_PER_MB
    sum.pss += Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0) / KB_PER_MB
  }
  return sum
}

/** Processor seconds, user and system, of a process and all below it that still live. */
export function processorSeconds(pid: number): number {
  const ticks = processTree(pid).map((one) => {
    const fields = read(`/proc/${one}/stat`).split(') ')[1]?.split(' ') ?? []
    return Number(fields[USER_TIME] ?? 0) + Number(fields[SYSTEM_TIME] ?? 0)
  })
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND
}

/** Watches resident memory until stopped; the highest that was seen, MB. Counts cheaply, since it looks often. */
export function watchPeak(pid: number): () => number {
  let peak = 0
  const look = () => {
    const pages = processTree(pid).map((one) => Number(read(`/proc/${one}/statm`).split(' ')[1] ?? 0))
    peak = Math.max(peak, (pages.reduce((sum, each) => sum + each, 0) * PAGE_KB) / KB_PER_MB)
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return () => {
    clearInterval(timer)
    look()
    return peak
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
