import { describeError } from './errors.ts'
import { type Host, sendTasks } from './hosts.ts'
import type { CatalogueEntry, Source } from './messages.ts'
import type { Task } from './tasks.ts'
import type { Trust } from './trust.ts'

/** Hosts that do the same kind of work, and what waits for them. */
export interface Lane {
  key: string
  /** Null means everything in the catalogue. */
  source: Source | null
  isForAlgorithms: boolean
  pluginId: string | null
  lastStart: number
  maxHosts: number
  /** How many runs a host of it may have at a time. */
  perHost: number
  hosts: Host[]
  queue: Task[]
}

export interface LaneOptions {
  /** For the well-behaved algorithms. */
  sharedHosts: number
  maxHosts: number
  open(lane: Lane): Host
  close(host: Host): void
  countHosts(): number
  trust: Trust
  note(message: string): void
  /** True when no two plugins may share a process. */
  isSeparate(): boolean
}

const APART_HOSTS = 2
const TRANSCRIPTIONS_PER_HOST = 4
const SUSPECTS_PER_HOST = 16
const BUSY = 16
const REST = 1000
/** Run numbers are 32 bits wide in the marker. */
const LAST_RUN = 2_000_000_000

/** Decides which host a run goes to, and starts hosts as they are needed. */
export function createLanes(options: LaneOptions) {
  const shared = newLane('shared', null, options.sharedHosts, Number.POSITIVE_INFINITY)
  const lanes = new Map<string, Lane>([[shared.key, shared]])

  /** All tasks are of one job. */
  function place(tasks: Task[]) {
    const together = tasks.filter((task) => laneOf(task) === shared)
    if (together.length) give(shared, together)
    if (together.length === tasks.length) return
    for (const task of tasks) if (!together.includes(task)) give(laneOf(task), [task])
  }

  /** Suspects first share a host with runs of their own plugin only; if that ends too, each is alone in one. */
  function laneOf({ entry, suspicion }: Task): Lane {
    if (suspicion > 1 || options.trust.isOnProbation(entry))
      return lane(`apart:${entry.id}`, entry, APART_HOSTS, 1)
    const isSingled = suspicion === 1 || options.isSeparate() || needsOwnHost(entry)
    return isSingled ? lane(`own:${entry.id}`, entry, 1, perOwnHost(entry)) : shared
  }

  function lane(key: string, entry: CatalogueEntry, maxHosts: number, perHost: number): Lane {
    const known = lanes.get(key)
    const { source } = entry
    if (known) {
      known.source = source
      return known
    }
    const made = {
      ...newLane(key, source, maxHosts, perHost),
      isForAlgorithms: entry.plugin === 'algorithm',
      pluginId: entry.id,
    }
    lanes.set(key, made)
    return made
  }

  function give(to: Lane, tasks: Task[]) {
    const host = to.queue.length === 0 ? findHost(to, tasks.length) : undefined
    if (host) return sendTasks(host, tasks)
    const now = performance.now()
    for (const task of tasks) task.queuedAt = now
    to.queue.push(...tasks)
  }

  /** Sends what waits, as far as there is room. */
  function pump(lane: Lane) {
    while (lane.queue.length) {
      const host = findHost(lane, 1)
      if (!host) return
      sendTasks(host, [lane.queue.shift()!])
    }
  }

  function pumpAll() {
    for (const lane of lanes.values()) if (lane.queue.length) pump(lane)
  }

  function findHost(lane: Lane, count: number): Host | undefined {
    let best: Host | undefined
    for (const host of lane.hosts) if (!best || host.tasks.size < best.tasks.size) best = host
    if (best && best.lastRun > LAST_RUN) return retireInto(lane, best)
    const room = best && best.tasks.size + count <= lane.perHost
    const crowded = !room || (lane === shared && best!.tasks.size > BUSY)
    if (crowded && lane.hosts.length < lane.maxHosts && mayStart(lane))
      return start(lane) ?? (room ? best : undefined)
    return room ? best : undefined
  }

  function retireInto(lane: Lane, host: Host): Host | undefined {
    options.close(host)
    return start(lane)
  }

  /** Undefined when the system has no process left to give; what waits is tried again soon. */
  function start(lane: Lane): Host | undefined {
    try {
      const host = options.open(lane)
      lane.hosts.push(host)
      lane.lastStart = performance.now()
      return host
    } catch (error) {
      options.note(`A plugin host cannot be started: ${describeError(error)}`)
    }
  }

  /** One place is kept for the shared lane, so that plugins on probation cannot take them all. */
  function mayStart(lane: Lane): boolean {
    if (isRestingAfterFaults(lane)) return false
    const limit = lane === shared ? options.maxHosts : options.maxHosts - 1
    return options.countHosts() < limit || closeIdle(lane)
  }

  /** Starting a process for a plugin that ends it each time costs the others their processor. */
  const isRestingAfterFaults = ({ pluginId, lastStart }: Lane) =>
    pluginId !== null && options.trust.isHopeless(pluginId) && performance.now() - lastStart < REST

  function closeIdle(needy: Lane): boolean {
    for (const lane of lanes.values()) {
      const idle = lane === needy || lane === shared ? undefined : lane.hosts.find((host) => !host.tasks.size)
      if (!idle) continue
      options.close(idle)
      return true
    }
    return false
  }

  function remove(host: Host) {
    for (const lane of lanes.values()) {
      const index = lane.hosts.indexOf(host)
      if (index >= 0) lane.hosts.splice(index, 1)
    }
  }

  function anyWaiting() {
    for (const lane of lanes.values()) if (lane.queue.length) return true
    return false
  }

  return { shared, anyWaiting, all: () => [...lanes.values()], place, pump, pumpAll, remove, start }
}

export type Lanes = ReturnType<typeof createLanes>

/** Those who ask models wait more than they work, and bring a client along that the others need not carry. */
const needsOwnHost = ({ plugin, kind }: CatalogueEntry) => plugin !== 'algorithm' || kind === 'prompt'

function perOwnHost({ plugin, kind }: CatalogueEntry): number {
  if (kind === 'prompt') return Number.POSITIVE_INFINITY
  return plugin === 'algorithm' ? SUSPECTS_PER_HOST : TRANSCRIPTIONS_PER_HOST
}

function newLane(key: string, source: Source | null, maxHosts: number, perHost: number): Lane {
  return {
    key,
    source,
    isForAlgorithms: true,
    pluginId: null,
    lastStart: Number.NEGATIVE_INFINITY,
    maxHosts,
    perHost,
    hosts: [],
    queue: [],
  }
}
