/** The middle one of an odd number of repetitions. */
export const median = (values: number[]): number => quantile(values, 0.5)

export function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export interface Latency {
  p50: number
  p99: number
}

export const latency = (ms: number[]): Latency => ({ p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) })

/** Each part is the median of that part over all repetitions. */
export const medianLatency = (all: Latency[]): Latency => ({
  p50: median(all.map(({ p50 }) => p50)),
  p99: median(all.map(({ p99 }) => p99)),
})
