import type { Dispatcher } from './dispatcher.ts'
import type { Host } from './hosts.ts'
import type { Lane, Lanes } from './lanes.ts'
import type { Failure } from './messages.ts'
import { isUnmeasured, type SweepActions, watchHost, watchIdle } from './sweep.ts'
import { failTask, type Task } from './tasks.ts'
import type { Trust } from './trust.ts'

const EVERY = 100
const PATIENCE_WITH_THE_BAD = 2000
const PATIENCE_WITH_THE_GOOD = 60_000

export interface RoundsOptions {
  hosts: Set<Host>
  lanes: Lanes
  dispatcher: Dispatcher
  trust: Trust
  memoryLimitMb: number
  loadLimitMs: number
  idleMs: number
}

/** One timer looks after all hosts, and only while there is something to look after. */
export function openSweep(options: RoundsOptions) {
  const { hosts, lanes, dispatcher } = options
  const actions: SweepActions = {
    memoryLimitMb: options.memoryLimitMb,
    loadLimitMs: options.loadLimitMs,
    condemn: dispatcher.condemn,
    abandon: dispatcher.abandon,
    rescue: dispatcher.rescue,
    replace: dispatcher.retire,
  }
  let timer: ReturnType<typeof setInterval> | undefined
  let last = 0
  let wasLate = false

  function wake() {
    if (timer) return
    last = performance.now()
    timer = setInterval(round, EVERY)
    timer.unref()
  }

  function stop() {
    clearInterval(timer)
    timer = undefined
  }

  function round() {
    const now = performance.now()
    if (isBehind(now)) return
    for (const host of [...hosts]) watch(host, now)
    for (const lane of lanes.all()) {
      if (lane.queue.length) expireQueue(lane, now, options.trust)
      closeIdle(lane, now)
    }
    lanes.pumpAll()
    if (isQuiet()) stop()
  }

  /** After a pause of this process, answers wait to be read: judging hosts by their silence would be unjust. */
  function isBehind(now: number): boolean {
    const late = now - last > 3 * EVERY && !wasLate
    last = now
    wasLate = late
    return late
  }

  function watch(host: Host, now: number) {
    if (host.verdict) return
    if (host.tasks.size || !host.isReady) watchHost(host, now, actions)
    else watchIdle(host, now, actions)
  }

  function closeIdle(lane: Lane, now: number) {
    const kept = lane === lanes.shared ? 1 : 0
    for (const host of lane.hosts.slice(kept))
      if (host.tasks.size === 0 && now - host.usedAt > options.idleMs) dispatcher.retire(host)
  }

  const isQuiet = () => !lanes.anyWaiting() && hosts.size <= 1 && [...hosts].every(isSettled)

  return { wake, stop }
}

const isSettled = (host: Host) => host.isReady && host.tasks.size === 0 && !isUnmeasured(host)

/** Runs of a plugin that keeps failing are not kept waiting for it much longer than a run may take. */
function expireQueue(lane: Lane, now: number, trust: Trust) {
  const expired = lane.queue.filter((task) => now - task.queuedAt > patienceFor(task, trust))
  if (expired.length === 0) return
  lane.queue = lane.queue.filter((task) => !expired.includes(task))
  for (const task of expired) failTask(task, whyNotStarted(task, trust))
}

function patienceFor(task: Task, trust: Trust): number {
  if (trust.isHopeless(task.entry.id)) return Math.min(PATIENCE_WITH_THE_BAD, task.limitMs)
  return trust.findLastFault(task.entry) ? task.limitMs : Math.max(PATIENCE_WITH_THE_GOOD, task.limitMs)
}

function whyNotStarted({ entry, limitMs }: Task, trust: Trust): Failure {
  const last = trust.findLastFault(entry)
  if (last) return { code: last.code, message: `Not started, because earlier runs failed: ${last.message}` }
  const seconds = Math.round(Math.max(PATIENCE_WITH_THE_GOOD, limitMs) / 1000)
  return { code: 'plugin_unavailable', message: `No plugin host became free within ${seconds} s.` }
}
