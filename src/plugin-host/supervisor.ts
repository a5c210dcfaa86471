import { rmSync } from 'node:fs'
import { within } from '../lib/patience.ts'
import { type Answers, createAnswers } from './answers.ts'
import type { ModelEndpoint } from './contract.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { type Generation, type Reading, readPlugins } from './generations.ts'
import { type Host, type HostOptions, startHost } from './hosts.ts'
import { createLanes, type Lane, type Lanes } from './lanes.ts'
import type { CatalogueEntry, Source } from './messages.ts'
import { stepBack } from './priority.ts'
import { openSweep } from './rounds.ts'
import { makeRunFolder } from './run-folder.ts'
import { createTrust } from './trust.ts'
import type { Files } from './watch.ts'

/** `ulimit -d` counts reserved memory too; below this the runtime silently gives up its compiler. */
const RESERVED_MB = 2200
const EXIT_WITHIN_MS = 1500
const QUICK_DEATH = 5000
const TOO_MANY_QUICK_DEATHS = 3

export interface SupervisorOptions {
  command: string[]
  folder: string | null
  shipped: string[]
  tempFolder: string
  secrets: Record<string, string>
  allowNetworks: string[]
  model: ModelEndpoint
  hosts: number
  maxHosts: number
  memoryLimitMb: number
  loadLimitMs: number
  idleMs: number
  note(message: string): void
  onChange(): void
}

export interface Supervisor {
  lanes: Lanes
  dispatcher: Dispatcher
  answers: Answers
  hosts: Set<Host>
  generation(): Generation | null
  restarts(): number
  /** Reads the folder anew and moves on to the result; resolves when that is in force. */
  reload(files: Files): Promise<void>
  wake(): void
  close(): Promise<void>
}

const closedError = () => new Error('The plugin pool is closed.')

const EMPTY: Generation = { catalogue: [], byId: new Map(), files: new Map() }

/** Keeps the hosts: starts them, listens to them, buries them, and changes to new plugins. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const runFolder = makeRunFolder(options.tempFolder)
  const hosts = new Set<Host>()
  const answers = createAnswers()
  const trust = createTrust((entry) => fingerprintOf(entry))
  let generation: Generation | null = null
  let separate = false
  let quickDeaths = 0
  let restarts = 0
  let limited = true
  let closed = false
  let reloading: Promise<void> = Promise.resolve()

  const lanes = createLanes({
    sharedHosts: options.hosts,
    maxHosts: options.maxHosts,
    open: openFor,
    close: (host) => dispatcher.retire(host),
    countHosts: () => hosts.size,
    trust,
    note: options.note,
    isSeparate: () => separate,
  })
  const dispatcher = createDispatcher({
    lanes,
    answers,
    trust,
    find: (id) => generation?.byId.get(id),
    onUnexplained: countQuickDeath,
    note: options.note,
  })
  const sweep = openSweep({ ...options, hosts, lanes, dispatcher, trust })

  function openFor(lane: Lane): Host {
    const sources = lane.source ? [lane.source] : loadableSources()
    const recognises = lane.source !== null && !lane.isForAlgorithms
    const host = open(sources, recognises)
    if (lane.source) stepBack(host.pid)
    return host
  }

  /** Recognisers may map models larger than any limit for algorithms, and they inherit it. */
  function open(sources: Source[], unlimited = false): Host {
    if (closed) throw closedError()
    const dataLimitMb = unlimited || !limited ? null : RESERVED_MB + 2 * options.memoryLimitMb
    const host = startHost(hostOptions(dataLimitMb), sources, {
      message: (from, message) => dispatcher.take(from, message),
      exit: (from, how) => bury(from, how),
    })
    hosts.add(host)
    sweep.wake()
    return host
  }

  function hostOptions(dataLimitMb: number | null): HostOptions {
    const { command, folder, secrets, allowNetworks, model } = options
    return { command, runFolder, folder, secrets, allowNetworks, model, dataLimitMb }
  }

  /** What hung or crashed at load stays out of every further host. */
  const loadableSources = () =>
    (generation ?? EMPTY).catalogue.filter((entry) => !entry.error).map((entry) => entry.source)

  function bury(host: Host, how: string) {
    hosts.delete(host)
    if (!host.retired) restarts++
    if (!closed) dispatcher.bury(host, how)
    if (!closed && generation && !separate && lanes.shared.hosts.length === 0 && !host.retired) warmUp()
  }

  function warmUp() {
    if (lanes.shared.hosts.length === 0) lanes.start(lanes.shared)
  }

  /** Something takes the host down behind the back of all runs: then no two plugins share one. */
  function countQuickDeath(host: Host, how: string) {
    if (host.isReady) options.note(`A plugin host ended by itself (${how}).`)
    const isQuick = host.isReady && performance.now() - host.startedAt < QUICK_DEATH
    quickDeaths = isQuick ? quickDeaths + 1 : 0
    if (quickDeaths < TOO_MANY_QUICK_DEATHS || separate) return
    separate = true
    options.note('The plugin host keeps ending by itself; each plugin now runs in a process of its own.')
  }

  function reload(files: Files): Promise<void> {
    reloading = reloading.catch(() => undefined).then(() => moveOn(files))
    return reloading
  }

  async function moveOn(files: Files): Promise<void> {
    const reading = await read(files)
    if (closed) throw closedError()
    separate = false
    quickDeaths = 0
    generation = reading.generation
    for (const lane of lanes.all()) for (const host of [...lane.hosts]) dispatcher.retire(host)
    lanes.shared.hosts.push(reading.host)
    lanes.pumpAll()
    options.onChange()
  }

  /** Where the limit costs the compiler or keeps hosts from starting, the parent's own watch must do. */
  async function read(files: Files): Promise<Reading> {
    try {
      const reading = await readPlugins(files, options.shipped, open)
      if (reading.jit || !limited) return reading
      reading.host.kill()
    } catch (error) {
      if (!limited || closed) throw error
    }
    limited = false
    return readPlugins(files, options.shipped, open)
  }

  function fingerprintOf(entry: CatalogueEntry): string {
    return entry.file === null ? `shipped:${entry.version}` : (generation?.files.get(entry.file) ?? '')
  }

  async function close() {
    closed = true
    sweep.stop()
    const all = [...hosts]
    for (const host of all) host.kill()
    await within(EXIT_WITHIN_MS, Promise.all(all.map((host) => host.exited)))
    rmSync(runFolder, { recursive: true, force: true })
  }

  return {
    lanes,
    dispatcher,
    answers,
    hosts,
    generation: () => generation,
    restarts: () => restarts,
    reload,
    wake: sweep.wake,
    close,
  }
}
