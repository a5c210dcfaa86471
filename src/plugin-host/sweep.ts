import { timedOut, usedTooMuch } from './crashes.ts'
import type { Host } from './hosts.ts'
import { readRss } from './memory.ts'
import type { Failure } from './messages.ts'
import { isRepeatable, type Task } from './tasks.ts'

const GRACE = 250
const STALL = 500
const MEMORY_EVERY = 250
const MB = 1024 * 1024
/** A host that has grown this far, over many runs, is replaced before anybody is to blame. */
const WORN_OUT = 0.7
const GROWN_BY_ONE = 0.25

export interface SweepActions {
  memoryLimitMb: number
  loadLimitMs: number
  /** Ends the host; the run with that number is to blame. */
  condemn(host: Host, failure: Failure, culprit: number): void
  /** Fails the run and lets the host end when its other runs are done. */
  abandon(host: Host, task: Task, failure: Failure): void
  /** Gives these runs to another host; this one keeps the rest. */
  rescue(host: Host, tasks: Task[]): void
  replace(host: Host): void
}

/** Looks after one host that has work: time, memory, and whether others wait behind a slow run. */
export function watchHost(host: Host, now: number, actions: SweepActions) {
  noteProgress(host, now)
  if (!host.isReady) return watchLoading(host, now, actions)
  if (watchTimes(host, now, actions)) return
  watchStall(host, now, actions)
  watchMemory(host, now, actions)
}

/** One that is idle may have grown in runs too short to be seen. */
export function watchIdle(host: Host, now: number, actions: SweepActions) {
  if (isUnmeasured(host)) measure(host, now)
  watchMemory(host, now, actions)
}

export const isUnmeasured = (host: Host) => host.usedAt > host.measuredAt

function noteProgress(host: Host, now: number) {
  const current = host.marker.current()
  if (current !== host.lastCurrent) host.progressAt = now
  host.lastCurrent = current
  const started = host.marker.started()
  const begun = [...host.tasks.values()].filter((task) => !task.seenAt && task.run <= started)
  if (begun.length) measure(host, now)
  for (const task of begun) {
    task.seenAt = now
    task.rssBefore = host.rss
  }
}

function measure(host: Host, now: number) {
  host.measuredAt = now
  host.rss = readRss(host.pid)
}

function watchLoading(host: Host, now: number, { loadLimitMs, condemn }: SweepActions) {
  if (now - host.progressAt < loadLimitMs) return
  const message = `Loading did not end within ${loadLimitMs / 1000} s.`
  condemn(host, { code: 'plugin_unavailable', message }, 0)
}

/** True when the host had to be ended. */
function watchTimes(host: Host, now: number, actions: SweepActions): boolean {
  for (const task of host.tasks.values()) {
    if (!task.seenAt || now - task.seenAt < task.limitMs) continue
    if (task.run === host.marker.current()) return end(host, task, actions)
    if (!task.abortedAt) {
      task.abortedAt = now
      host.send({ t: 'abort', run: task.run })
    } else if (now - task.abortedAt >= GRACE) {
      if (host.marker.current() === 0 && host.progressAt < task.abortedAt) return end(host, task, actions)
      actions.abandon(host, task, timedOut(task.limitMs))
    }
  }
  return false
}

function end(host: Host, task: Task, { condemn }: SweepActions): true {
  condemn(host, timedOut(task.limitMs), task.run)
  return true
}

/** What follows a slow run in the same host has not been started, or its answer is held up with it. */
function watchStall(host: Host, now: number, { rescue }: SweepActions) {
  if (host.batches.size === 0 || now - host.progressAt < STALL) return
  const stuck = host.marker.current()
  const movable = [...host.tasks.values()].filter(
    (task) => task.run !== stuck && !task.detached && (!task.seenAt || isRepeatable(task)),
  )
  if (movable.length) rescue(host, movable)
}

function watchMemory(host: Host, now: number, { memoryLimitMb, condemn, replace }: SweepActions) {
  if (now - host.measuredAt >= MEMORY_EVERY) measure(host, now)
  const limit = memoryLimitMb * MB
  const used = host.rss - host.baseRss
  if (used > limit) condemn(host, usedTooMuch(memoryLimitMb), findEater(host, limit))
  else if (used > limit * WORN_OUT && !host.retired) replace(host)
}

/** The run on the CPU, if the memory has grown since it began; else nobody is known to be at fault. */
function findEater(host: Host, limit: number): number {
  const task =
    host.tasks.get(host.marker.current()) ?? (host.tasks.size === 1 ? [...host.tasks.values()][0] : undefined)
  return task?.seenAt && host.rss - task.rssBefore > limit * GROWN_BY_ONE ? task.run : 0
}
