import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { guarded, hostEnvironment } from './command.ts'
import type { ModelEndpoint } from './contract.ts'
import { createMarker, type Marker } from './marker.ts'
import type { CatalogueEntry, Failure, FromHost, Init, RunOrder, Source, ToHost } from './messages.ts'
import type { Task } from './tasks.ts'

const STDERR_KEPT = 4096

export interface HostOptions {
  command: string[]
  runFolder: string
  folder: string | null
  secrets: Record<string, string>
  allowNetworks: string[]
  model: ModelEndpoint
  dataLimitMb: number | null
}

/** What a host came to be loaded with, or why it was not. */
export type Loading =
  | { ok: true; catalogue: CatalogueEntry[]; jit: boolean }
  | { ok: false; loading: number; message: string }

export interface Host {
  number: number
  pid: number
  sources: Source[]
  marker: Marker
  ready: Promise<Loading>
  isReady: boolean
  tasks: Map<number, Task>
  batches: Map<number, Task[]>
  /** Gets no new work; ends when it has none left. */
  retired: boolean
  gone: boolean
  rss: number
  /** What it took before its first run. */
  baseRss: number
  measuredAt: number
  lastRun: number
  lastBatch: number
  startedAt: number
  usedAt: number
  progressAt: number
  lastCurrent: number
  /** The reason when the parent ended it, and the run that is to blame. */
  verdict: { failure: Failure; culprit: number } | null
  stderr(): string
  send(message: ToHost): void
  /** Ends the process and everything in its group. */
  kill(): void
  exited: Promise<unknown>
}

export interface HostEvents {
  message(host: Host, message: FromHost): void
  exit(host: Host, how: string): void
}

let lastNumber = 0

/** Starts a child process; it loads `sources` and may be sent work at once, which waits for that. */
export function startHost(options: HostOptions, sources: Source[], events: HostEvents): Host {
  const number = ++lastNumber
  const path = join(options.runFolder, `host-${process.pid}-${number}.marker`)
  const marker = createMarker(path)
  const loading = Promise.withResolvers<Loading>()
  const child = Bun.spawn(guarded(options.command, options.dataLimitMb), {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    serialization: 'json',
    detached: true,
    cwd: options.runFolder,
    env: hostEnvironment(),
    ipc: (message) => receive(message as FromHost),
    onExit: (_child, code, signal) => finish(code, signal),
  })
  const tail = keepTail(child.stderr)
  const now = performance.now()
  const host: Host = {
    number,
    pid: child.pid,
    sources,
    marker,
    ready: loading.promise,
    isReady: false,
    tasks: new Map(),
    batches: new Map(),
    retired: false,
    gone: false,
    rss: 0,
    baseRss: 0,
    measuredAt: 0,
    lastRun: 0,
    lastBatch: 0,
    startedAt: now,
    usedAt: now,
    progressAt: now,
    lastCurrent: 0,
    verdict: null,
    stderr: tail,
    send: (message) => sendTo(child, message),
    kill: () => (host.gone ? undefined : killGroup(child.pid)),
    exited: child.exited,
  }
  host.send(initFor(options, sources, path))

  function receive(message: FromHost) {
    if (host.gone || typeof message !== 'object' || message === null) return
    host.progressAt = performance.now()
    if (message.t === 'ready') {
      host.isReady = true
      loading.resolve({ ok: true, catalogue: message.catalogue, jit: message.jit })
    }
    events.message(host, message)
  }

  function finish(code: number | null, signal: number | string | null) {
    if (host.gone) return
    host.kill()
    host.gone = true
    rmSync(path, { force: true })
    const how = signal ? `signal ${signal}` : `exit code ${code}`
    loading.resolve({
      ok: false,
      loading: -1 - marker.current(),
      message: host.verdict?.failure.message ?? how,
    })
    events.exit(host, how)
  }

  return host
}

/** Asks nothing more of it. What it has is brought to an end first. */
export function retireHost(host: Host) {
  if (host.retired) return
  host.retired = true
  host.marker.retire()
}

/** All tasks are of one job. */
export function sendTasks(host: Host, tasks: Task[]) {
  const now = performance.now()
  if (host.batches.size === 0) host.progressAt = now
  host.usedAt = now
  const batch = ++host.lastBatch
  host.batches.set(batch, tasks)
  host.send({ t: 'work', batch, input: tasks[0]!.job.input, runs: tasks.map((task) => order(host, task)) })
}

function order(host: Host, task: Task): RunOrder {
  task.run = ++host.lastRun
  task.detached = false
  task.seenAt = 0
  task.abortedAt = 0
  host.tasks.set(task.run, task)
  return { run: task.run, id: task.entry.id, method: task.method, variables: task.variables }
}

function initFor(options: HostOptions, sources: Source[], marker: string): Init {
  const { folder, secrets, allowNetworks, model } = options
  return { t: 'init', folder, sources, secrets, allow_networks: allowNetworks, model, marker }
}

/** A host that is just ending has no channel any more; its exit deals with what it had. */
function sendTo(child: { send(message: unknown): void; connected?: boolean }, message: ToHost) {
  try {
    child.send(message)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_IPC_CHANNEL_CLOSED') throw error
  }
}

function killGroup(pid: number) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL')
    } catch (error) {
      if ((error as { code?: string }).code !== 'ESRCH') throw error
    }
  }
}

/** Reads on for ever, so that a chatty child never blocks, and remembers the end. */
function keepTail(stream: ReadableStream<Uint8Array>): () => string {
  let tail = ''
  const decoder = new TextDecoder()
  const read = async () => {
    for await (const chunk of stream)
      tail = (tail + decoder.decode(chunk.slice(-STDERR_KEPT))).slice(-STDERR_KEPT)
  }
  read().catch(() => undefined)
  return () => tail
}
