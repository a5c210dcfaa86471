import { type Answers, isAnswer } from './answers.ts'
import { examine, FAULTS, GIVEN_UP, goneFailure, NOT_UNDERSTOOD, timedOut } from './crashes.ts'
import { type Host, retireHost } from './hosts.ts'
import type { Lanes } from './lanes.ts'
import { readRss } from './memory.ts'
import type { Answer, CatalogueEntry, Failure, FromHost } from './messages.ts'
import { completeTask, failTask, isRepeatable, type Task } from './tasks.ts'
import type { Trust } from './trust.ts'

const MAX_TRIES = 5

export interface DispatcherOptions {
  lanes: Lanes
  answers: Answers
  trust: Trust
  find(id: string): CatalogueEntry | undefined
  /** A host ended although it was not doing anything that could be named. */
  onUnexplained(host: Host, how: string): void
  note(message: string): void
}

/** What becomes of runs: answered, failed with a reason, or given to another host. */
export function createDispatcher(options: DispatcherOptions) {
  const { lanes, answers, trust } = options

  function take(host: Host, message: FromHost) {
    if (message.t === 'ready') measureBase(host)
    if (message.t === 'note') options.note(String(message.message).slice(0, 500))
    if (message.t === 'late') takeAnswer(host, message.answer)
    if (message.t === 'done') takeBatch(host, message.batch, message.answers)
    if (host.retired && host.tasks.size === 0) host.kill()
    if (lanes.anyWaiting()) lanes.pumpAll()
  }

  function takeBatch(host: Host, batch: number, given: Answer[]) {
    const tasks = host.batches.get(batch)
    if (!tasks || !Array.isArray(given)) return
    host.batches.delete(batch)
    for (const answer of given) takeAnswer(host, answer)
    if (host.tasks.size === 0) return
    for (const task of tasks) if (host.tasks.get(task.run) === task) task.detached = true
  }

  function takeAnswer(host: Host, answer: Answer) {
    const task = host.tasks.get(answer?.run)
    if (!task) return
    host.tasks.delete(task.run)
    if (!isAnswer(answer)) return failTask(task, NOT_UNDERSTOOD)
    if (answer.skipped) return again([task])
    if (answer.failure) return takeFailure(task, answer, answer.failure)
    const read = answers.read(task.entry, task.method, answer.result!, task.variables)
    if (read.failure) return failTask(task, read.failure, answer)
    trust.noteSuccess(task.entry)
    completeTask(task, answer, read.result)
  }

  function takeFailure(task: Task, answer: Answer, failure: Failure) {
    const shown = task.abortedAt ? timedOut(task.limitMs) : failure
    if (FAULTS.has(shown.code) && !hasWaited(task)) trust.noteFault(task.entry, shown)
    failTask(task, shown, answer)
  }

  function bury(host: Host, how: string) {
    const isAlone = lanes.all().some((lane) => lane.perHost === 1 && lane.hosts.includes(host))
    lanes.remove(host)
    const { culprit, failure, started, unstarted } = examine(host, how, isAlone)
    host.tasks.clear()
    host.batches.clear()
    if (culprit) blame(culprit, failure)
    else if (!host.retired) options.onUnexplained(host, how)
    for (const task of started) suspect(task, failure, culprit !== undefined)
    again([...started.filter(isRepeatable), ...unstarted], culprit === undefined)
    lanes.pumpAll()
  }

  function blame(task: Task, failure: Failure) {
    trust.noteFault(task.entry, failure)
    failTask(task, failure)
  }

  function suspect(task: Task, failure: Failure, isInnocent: boolean) {
    if (!isRepeatable(task)) return failTask(task, failure)
    if (!isInnocent) task.suspicion++
  }

  /** Dispatches runs anew, by today's catalogue. Where another was at fault it does not count: that one is out. */
  function again(tasks: Task[], counts = true) {
    const allowed = tasks.filter((task) => mayTryAgain(task, counts))
    const byJob = Map.groupBy(allowed, (task) => task.job)
    for (const group of byJob.values()) lanes.place(group)
  }

  function mayTryAgain(task: Task, counts: boolean): boolean {
    const entry = options.find(task.entry.id)
    if (counts) task.tries++
    if (!entry) failTask(task, goneFailure(task.entry.id))
    else if (task.tries > MAX_TRIES) failTask(task, GIVEN_UP)
    else task.entry = entry
    return entry !== undefined && task.tries <= MAX_TRIES
  }

  function abandon(host: Host, task: Task, failure: Failure) {
    host.tasks.delete(task.run)
    blame(task, failure)
    retire(host)
  }

  function rescue(host: Host, tasks: Task[]) {
    const slow = host.tasks.get(host.marker.current())
    if (slow) trust.noteStall(slow.entry)
    retire(host)
    for (const task of tasks) host.tasks.delete(task.run)
    if (host.tasks.size === 0) host.kill()
    again(tasks)
  }

  function condemn(host: Host, failure: Failure, culprit: number) {
    host.verdict = { failure, culprit }
    host.kill()
  }

  function retire(host: Host) {
    lanes.remove(host)
    retireHost(host)
    if (host.tasks.size === 0) host.kill()
  }

  return { take, bury, abandon, rescue, condemn, retire }
}

/** The runtime and the loaded plugins themselves do not count against the limit. */
function measureBase(host: Host) {
  host.rss = readRss(host.pid)
  host.baseRss = host.rss
}

/** It gave up its wait when it was told to: the model was slow, not the plugin. */
const hasWaited = ({ abortedAt, entry }: Task) => abortedAt > 0 && entry.kind === 'prompt'

export type Dispatcher = ReturnType<typeof createDispatcher>
