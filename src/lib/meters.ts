import { type Counter, createCounter, createHistogram, type Histogram } from './counters.ts'

/** What has happened since the process began, counted where it happens; `/metrics` tells it. */
export interface Meters {
  /** Answers by surface and status. */
  requests: Histogram
  /** Runs of algorithms by algorithm and status. */
  runs: Histogram
  /** Jobs by each status that they took. */
  jobs: Counter
  /** Attempts of deliveries by what the delivery was afterwards. */
  deliveries: Counter
}

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const RUN_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 15, 60, 300]

export const createMeters = (): Meters => ({
  requests: createHistogram(['surface', 'status'], REQUEST_SECONDS),
  runs: createHistogram(['algorithm', 'status'], RUN_SECONDS),
  jobs: createCounter(['status']),
  deliveries: createCounter(['outcome']),
})

const DELIVERED = new Set(['delivered', 'retrying', 'exhausted'])

/** The news of the topic `events`: what deliveries and jobs have become, in words that differ. */
export function countEvents({ jobs, deliveries }: Meters, news: string[]): void {
  for (const word of news) (DELIVERED.has(word) ? deliveries : jobs).add(word)
}
