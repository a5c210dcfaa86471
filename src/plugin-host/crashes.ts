import type { Host } from './hosts.ts'
import type { Failure, FailureCode } from './messages.ts'
import type { Task } from './tasks.ts'

const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|cannot allocate memory/i

export interface Postmortem {
  culprit: Task | undefined
  failure: Failure
  /** Had been started beside the culprit, or when nobody knows whose fault it was. */
  started: Task[]
  unstarted: Task[]
}

/** Who was it? The marker tells what was on the CPU; a host of one run at a time leaves no doubt either. */
export function examine(host: Host, how: string, isAlone: boolean): Postmortem {
  const tasks = [...host.tasks.values()]
  const current = host.marker.current()
  const begun = host.marker.started()
  const started = tasks.filter((task) => task.run <= begun)
  const culprit =
    host.tasks.get(host.verdict?.culprit ?? current) ??
    (isAlone && started.length === 1 ? started[0] : undefined)
  return {
    culprit,
    failure: host.verdict?.failure ?? crashOf(host, how),
    started: started.filter((task) => task !== culprit),
    unstarted: tasks.filter((task) => task.run > begun && task !== culprit),
  }
}

function crashOf(host: Host, how: string): Failure {
  if (OUT_OF_MEMORY.test(host.stderr()))
    return { code: 'plugin_memory', message: 'The plugin ran out of memory and took its process down.' }
  return { code: 'plugin_crashed', message: `The plugin ended its process (${how}).` }
}

/** These make a plugin work apart from the others. */
export const FAULTS = new Set<FailureCode>(['plugin_timeout', 'plugin_crashed', 'plugin_memory'])

export const NOT_UNDERSTOOD: Failure = {
  code: 'plugin_bad_result',
  message: 'The answer of the plugin host cannot be understood.',
}

export const GIVEN_UP: Failure = {
  code: 'plugin_crashed',
  message: 'The plugin host ended each time before this run was done.',
}

export const goneFailure = (id: string): Failure => ({
  code: 'plugin_unavailable',
  message: `There is no plugin «${id}».`,
})

export const timedOut = (limitMs: number): Failure => ({
  code: 'plugin_timeout',
  message: `The plugin did not finish within ${inWords(limitMs)} and was stopped.`,
})

export const usedTooMuch = (megabytes: number): Failure => ({
  code: 'plugin_memory',
  message: `The plugin used more than ${megabytes} MB of memory and was stopped.`,
})

function inWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 100) / 10} s`
}
