import type { Answer, CatalogueEntry, Failure, LogLine, Method, RunUsage } from './messages.ts'

interface Run {
  algorithmId: string
  version: string
  durationMs: number
  /** Milliseconds since the epoch. */
  startedAt: number
  logs: LogLine[]
  usage: RunUsage | null
}

export type RunOutcome = Run &
  ({ status: 'completed'; result: unknown } | { status: 'failed'; error: Failure })

/** One call of a caller: several runs on the same input, answered together. */
export interface Job {
  input: unknown
  outcomes: RunOutcome[]
  open: number
  resolve(outcomes: RunOutcome[]): void
  reject(error: Error): void
}

/** One run on its way through the hosts. Times are those of `performance.now()`; 0 is never. */
export interface Task {
  job: Job
  index: number
  entry: CatalogueEntry
  method: Method
  variables: unknown
  limitMs: number
  /** Changes with every dispatch; 0 while it waits for a host. */
  run: number
  /** Its batch has been worked through, so it goes on beside others. */
  detached: boolean
  queuedAt: number
  seenAt: number
  abortedAt: number
  /** Resident memory of the host when the run was first seen there. */
  rssBefore: number
  /** How often a host ended while it was among those that may be at fault. */
  suspicion: number
  tries: number
}

/** Only what changes nothing in the world may be started a second time. */
export const isRepeatable = ({ method }: Task) => method !== 'call' && method !== 'hang_up'

export function completeTask(task: Task, answer: Answer, result: unknown) {
  settle(task, { ...factsOf(task, answer), status: 'completed', result })
}

export function failTask(task: Task, error: Failure, answer?: Answer) {
  settle(task, { ...factsOf(task, answer), status: 'failed', error })
}

function factsOf({ entry, seenAt }: Task, answer: Answer | undefined): Run {
  const ran = seenAt ? Math.round(performance.now() - seenAt) : 0
  return {
    algorithmId: entry.id,
    version: entry.version,
    durationMs: answer ? answer.ms : ran,
    startedAt: answer?.at || Date.now() - ran,
    logs: answer?.logs ?? [],
    usage: answer?.usage ?? null,
  }
}

function settle({ job, index }: Task, outcome: RunOutcome) {
  job.outcomes[index] = outcome
  if (--job.open === 0) job.resolve(job.outcomes)
}
