import { tmpdir } from 'node:os'
import { hostCommand } from './command.ts'
import type { CallRequest, Recording, Transcription } from './contract.ts'
import { goneFailure } from './crashes.ts'
import type { CallInput, CatalogueEntry, Failure, Method } from './messages.ts'
import type { OptionsCheck } from './options.ts'
import { SHIPPED } from './shipped.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { failTask, type Job, type RunOutcome, type Task } from './tasks.ts'
import { listPluginFiles, watchPlugins } from './watch.ts'

export type { CallInput, CatalogueEntry, FailureCode, JsonSchema, LogLine } from './messages.ts'
export type { OptionsCheck } from './options.ts'
export type { RunOutcome } from './tasks.ts'

const MINUTE = 60_000

export interface PoolOptions {
  /** Where outside plugins lie; it may not exist yet. Null for the shipped ones only. */
  folder: string | null
  /** By the names that plugins declare. */
  secrets?: Record<string, string>
  allowNetworks?: string[]
  /** How the host is started; default this very program. */
  command?: string[]
  /** Names from the shipped table; default all. */
  shipped?: string[]
  tempFolder?: string
  /** Processes that all well-behaved algorithms share. */
  hosts?: number
  maxHosts?: number
  algorithmLimitMs?: number
  transcriberLimitMs?: number
  carrierLimitMs?: number
  memoryLimitMb?: number
  loadLimitMs?: number
  /** After this time a host that is not needed ends. */
  idleMs?: number
  /** What no run can be told: stray errors of plugins, restarts. */
  onWarning?(message: string): void
}

export interface Order {
  algorithmId: string
  variables?: unknown
}

export interface PoolStats {
  hosts: number
  busy: number
  outstanding: number
  waiting: number
  restarts: number
  rss: number
}

export interface Limits {
  timeLimitMs?: number
}

export interface Pool {
  /** Resolves when the plugins are loaded; rejects when no host can be started at all. */
  ready(): Promise<void>
  /** Everything found, also what could not be loaded (`error` says why). */
  catalogue(): CatalogueEntry[]
  /** One outcome for each run, in their order. Rejects only when the pool is closed under way. */
  analyze(asked: { call: CallInput; runs: Order[]; timeLimitMs?: number }): Promise<RunOutcome[]>
  /** The result is a `Transcription`. */
  transcribe(id: string, recording: Recording, settings: unknown, limits?: Limits): Promise<RunOutcome>
  /** The result is `{ carrier_call_id }`. Never done twice, whatever happens to the host. */
  dial(id: string, request: CallRequest, settings: unknown, limits?: Limits): Promise<RunOutcome>
  hangUp(id: string, carrierCallId: string, settings: unknown, limits?: Limits): Promise<RunOutcome>
  /** Strict: unknown fields are problems. Also for the settings of transcribers and carriers. */
  validateVariables(id: string, variables: unknown): Promise<OptionsCheck>
  stats(): PoolStats
  /** Called after the catalogue has changed. Returns how to stop listening. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

const DEFAULTS = {
  secrets: {},
  allowNetworks: [],
  hosts: 1,
  maxHosts: 6,
  algorithmLimitMs: MINUTE,
  transcriberLimitMs: 15 * MINUTE,
  carrierLimitMs: MINUTE,
  memoryLimitMb: 512,
  loadLimitMs: 10_000,
  idleMs: MINUTE,
}

/** The appliance's side of the plugins: keeps their processes and gives them work. */
export function createPool(given: PoolOptions): Pool {
  const options = { ...DEFAULTS, ...given }
  const listeners = new Set<() => void>()
  const open = new Set<Job>()
  const note = given.onWarning ?? (() => undefined)
  const supervisor = createSupervisor({
    ...options,
    command: given.command ?? hostCommand(),
    shipped: given.shipped ?? Object.keys(SHIPPED),
    tempFolder: given.tempFolder ?? tmpdir(),
    note,
    onChange: () => {
      for (const listener of listeners) listener()
    },
  })
  let closed = false
  const loading = load()
  loading.catch((error: Error) => note(error.message))
  const stopWatching = options.folder ? watchPlugins(options.folder, reload) : () => undefined

  function load() {
    return supervisor.reload(listPluginFiles(options.folder))
  }

  function reload(files: Map<string, string>) {
    supervisor.reload(files).catch((error: Error) => note(error.message))
  }

  const limitOf: Record<Method, number> = {
    analyze: options.algorithmLimitMs,
    transcribe: options.transcriberLimitMs,
    call: options.carrierLimitMs,
    hang_up: options.carrierLimitMs,
    check: 10_000,
  }

  async function submit(
    method: Method,
    input: unknown,
    orders: Order[],
    limits?: Limits,
  ): Promise<RunOutcome[]> {
    if (!supervisor.generation()) await insist()
    if (closed) throw poolClosed()
    const limitMs = limits?.timeLimitMs ?? limitOf[method]
    return new Promise((resolve, reject) => {
      const job: Job = { input, outcomes: new Array(orders.length), open: orders.length, resolve, reject }
      if (orders.length === 0) return resolve([])
      start(supervisor, job, method, orders, limitMs)
      keepUntilDone(job)
    })
  }

  /** When nothing could be loaded at first, every later wish tries again. */
  async function insist() {
    await loading.catch(() => undefined)
    if (!supervisor.generation()) await load().catch(() => undefined)
  }

  function keepUntilDone(job: Job) {
    if (job.open === 0) return
    open.add(job)
    const { resolve } = job
    job.resolve = (outcomes) => {
      open.delete(job)
      resolve(outcomes)
    }
  }

  async function submitOne(method: Method, input: unknown, order: Order, limits?: Limits) {
    const [outcome] = await submit(method, input, [order], limits)
    return outcome!
  }

  async function validateVariables(id: string, variables: unknown): Promise<OptionsCheck> {
    if (!supervisor.generation()) await insist()
    const entry = supervisor.generation()?.byId.get(id)
    const problems = entry ? supervisor.answers.findProblems(entry, variables) : []
    if (problems.length) return { valid: false, value: null, problems, missing: null }
    const outcome = await submitOne('check', null, { algorithmId: id, variables })
    return outcome.status === 'completed' ? (outcome.result as OptionsCheck) : uncheckable(outcome.error)
  }

  async function close() {
    if (closed) return
    closed = true
    stopWatching()
    await supervisor.close()
    for (const job of open) job.reject(poolClosed())
    open.clear()
  }

  return {
    ready: () => loading,
    catalogue: () => supervisor.generation()?.catalogue ?? [],
    analyze: ({ call, runs, timeLimitMs }) => submit('analyze', call, runs, { timeLimitMs }),
    transcribe: (id, recording, settings, limits) =>
      submitOne('transcribe', recording, { algorithmId: id, variables: settings }, limits),
    dial: (id, request, settings, limits) =>
      submitOne('call', request, { algorithmId: id, variables: settings }, limits),
    hangUp: (id, carrierCallId, settings, limits) =>
      submitOne('hang_up', carrierCallId, { algorithmId: id, variables: settings }, limits),
    validateVariables,
    stats: () => statsOf(supervisor),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close,
  }
}

export const transcriptionOf = (outcome: RunOutcome) =>
  outcome.status === 'completed' ? (outcome.result as Transcription) : undefined

function start(supervisor: Supervisor, job: Job, method: Method, orders: Order[], limitMs: number) {
  const generation = supervisor.generation() ?? EMPTY
  const tasks: Task[] = []
  for (const [index, { algorithmId, variables }] of orders.entries()) {
    const entry = generation.byId.get(algorithmId)
    const task = newTask(job, index, entry ?? nameless(algorithmId), method, variables, limitMs)
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
    alone: false,
    tries: 0,
  }
}

const nameless = (id: string) => ({ id, version: '' }) as CatalogueEntry

function whyMissing(catalogue: CatalogueEntry[], id: string): Failure {
  const broken = catalogue.find((entry) => entry.id === id && entry.error)
  if (!broken) return goneFailure(id)
  return { code: 'plugin_unavailable', message: `The plugin «${id}» could not be loaded: ${broken.error}` }
}

const uncheckable = ({ message }: Failure): OptionsCheck => ({
  valid: false,
  value: null,
  problems: [{ field: '', message }],
  missing: null,
})

const poolClosed = () => Object.assign(new Error('The plugin pool is closed.'), { code: 'pool_closed' })

function statsOf({ hosts, lanes, restarts }: Supervisor): PoolStats {
  const all = [...hosts]
  return {
    hosts: all.length,
    busy: all.filter((host) => host.tasks.size > 0).length,
    outstanding: all.reduce((sum, host) => sum + host.tasks.size, 0),
    waiting: lanes.all().reduce((sum, lane) => sum + lane.queue.length, 0),
    restarts: restarts(),
    rss: all.reduce((sum, host) => sum + host.rss, 0),
  }
}
