import type { Latency } from './figures.ts'

/** How much of everything; `--quick` has less of it. */
export interface Extent {
  repetitions: number
  connections: number
  submissions: number
  jobs: number
  warmUp: number
  sequential: number
  starts: number
  storedJobs: number[]
  requestsPerList: number
}

export interface Bench {
  /** The appliance's executable, or the runtime and its entry point. */
  command: string[]
  extent: Extent
  say(line: string): void
}

/** One line of the table. */
export interface Row {
  name: string
  value: number
  unit: string
  /** What was set out to be reached, and on which side of it the value should lie. */
  goal?: { least: number } | { most: number }
  note?: string
}

export type Measure = (bench: Bench) => Promise<Row[]>

export const atLeast = (least: number) => ({ least })
export const atMost = (most: number) => ({ most })

export function latencyRows(
  name: string,
  { p50, p99 }: Latency,
  goals: { p50?: number; p99?: number } = {},
): Row[] {
  return [
    { name: `${name}, p50`, value: p50, unit: 'ms', ...(goals.p50 && { goal: atMost(goals.p50) }) },
    { name: `${name}, p99`, value: p99, unit: 'ms', ...(goals.p99 && { goal: atMost(goals.p99) }) },
  ]
}
