import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { hostCommand } from './command.ts'
import type { Failure, Method } from './messages.ts'
import type { OptionsCheck } from './options.ts'
import { type Order, startRuns } from './orders.ts'
import type { Limits, Pool, PoolOptions, PoolStats } from './pool-types.ts'
import { SHIPPED } from './shipped.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import type { Job, RunOutcome } from './tasks.ts'
import { listPluginFiles, watchPlugins } from './watch.ts'

export type { CallInput, CatalogueEntry, FailureCode, JsonSchema, LogLine } from './messages.ts'
export type { OptionsCheck } from './options.ts'
export type { Order } from './orders.ts'
export type * from './pool-types.ts'
export type { RunOutcome } from './tasks.ts'

const MINUTE = 60_000

const DEFAULTS = {
  secrets: {},
  allowNetworks: [],
  model: {},
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
  const folder = given.folder === null ? null : resolve(given.folder)
  const options = { ...DEFAULTS, ...given, folder }
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
  loading.catch(complain)
  const stopWatching = folder ? watchPlugins(folder, reload) : () => undefined

  function complain(error: Error) {
    if (!closed) note(error.message)
  }

  function load() {
    return supervisor.reload(listPluginFiles(folder))
  }

  function reload(files: Map<string, string>) {
    supervisor.reload(files).catch(complain)
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
    return new Promise((done, reject) => {
      const job: Job = {
        input,
        outcomes: new Array(orders.length),
        open: orders.length,
        resolve: done,
        reject,
      }
      if (orders.length === 0) return done([])
      startRuns(supervisor, job, method, orders, limitMs)
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
    const answer = job.resolve
    job.resolve = (outcomes) => {
      open.delete(job)
      answer(outcomes)
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
    if (outcome.status === 'failed') return uncheckable(outcome.error)
    const check = outcome.result as OptionsCheck
    const fault = entry && check.valid && supervisor.answers.findSchemaProblem(entry, check.value)
    return fault ? unusable(entry.result_from!, fault) : check
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

const uncheckable = ({ message }: Failure): OptionsCheck => ({
  valid: false,
  value: null,
  problems: [{ field: '', message }],
  missing: null,
})

const unusable = (field: string, message: string): OptionsCheck => ({
  valid: false,
  value: null,
  problems: [{ field, message: `cannot be used: ${message}` }],
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
