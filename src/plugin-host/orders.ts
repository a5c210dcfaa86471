import { goneFailure } from './crashes.ts'
import type { CatalogueEntry, Failure, Method } from './messages.ts'
import type { Supervisor } from './supervisor.ts'
import { failTask, type Job, type Task } from './tasks.ts'

export interface Order {
  algorithmId: string
  variables?: unknown
  /** When it may take longer, or less long, than the others. */
  timeLimitMs?: number
}

/** Puts a job's runs on their way; those that no plugin can take have failed at once. */
export function startRuns(
  supervisor: Supervisor,
  job: Job,
  method: Method,
  orders: Order[],
  limitMs: number,
) {
  const generation = supervisor.generation() ?? EMPTY
  const tasks: Task[] = []
  for (const [index, { algorithmId, variables, timeLimitMs }] of orders.entries()) {
    const entry = generation.byId.get(algorithmId)
    const task = newTask(
      job,
      index,
      entry ?? nameless(algorithmId),
      method,
      variables,
      timeLimitMs ?? limitMs,
    )
    if (entry) tasks.push(task)
    else failTask(task, whyMissing(generation.catalogue, algorithmId))
  }
  if (tasks.length === 0) return
  supervisor.lanes.place(tasks)
  supervisor.wake()
}

const EMPTY = { byId: new Map<string, CatalogueEntry>(), catalogue: [] }

function newTask(
  job: Job,
  index: number,
  entry: CatalogueEntry,
  method: Method,
  variables: unknown,
  limitMs: number,
): Task {
  return {
    job,
    index,
    entry,
    method,
    variables,
    limitMs,
    run: 0,
    detached: false,
    queuedAt: 0,
    seenAt: 0,
    abortedAt: 0,
    rssBefore: 0,
    suspicion: 0,
    tries: 0,
  }
}

const nameless = (id: string) => ({ id, version: '' }) as CatalogueEntry

function whyMissing(catalogue: CatalogueEntry[], id: string): Failure {
  const broken = catalogue.find((entry) => entry.id === id && entry.error)
  if (!broken) return goneFailure(id)
  return { code: 'plugin_unavailable', message: `The plugin «${id}» could not be loaded: ${broken.error}` }
}
