import { readdirSync } from 'node:fs'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../app.ts'
import { SECOND } from '../lib/clock.ts'
import type { Counter as Counts, Histogram as Durations, HistogramRow } from '../lib/counters.ts'

const MICROSECOND = 1e-6
const OPEN_FILES = '/proc/self/fd'

/** All figures of this moment. Most are counted elsewhere all the time; here they are only read and written out. */
export async function writeMetrics(app: App): Promise<{ text: string; type: string }> {
  const registry = new Registry()
  const { meters } = app
  await queue(registry, app)
  counter(registry, 'earshot_jobs_total', 'Jobs that took a status.', meters.jobs)
  counter(
    registry,
    'earshot_delivery_attempts_total',
    'Attempts of deliveries, by what came of them.',
    meters.deliveries,
  )
  histogram(registry, 'earshot_run_duration_seconds', 'Runs of algorithms.', meters.runs)
  histogram(registry, 'earshot_http_request_duration_seconds', 'Answers given.', meters.requests)
  plugins(registry, app)
  gauge(registry, 'earshot_database_wal_bytes', 'Length of the write-ahead log.', app.db.walBytes())
  gauge(registry, 'earshot_start_time_seconds', 'When this process began to serve.', app.startedAt / SECOND)
  gauge(registry, 'earshot_info', 'Always 1; the version is a label.', 1, { version: app.version })
  processFigures(registry)
  await eventLoop(registry)
  return { text: await registry.metrics(), type: registry.contentType }
}

type Labels = Record<string, string>

function gauge(registry: Registry, name: string, help: string, value: number, labels: Labels = {}) {
  const labelNames = Object.keys(labels)
  const metric = new Gauge({ name, help, labelNames, registers: [registry] })
  metric.set(labels, value)
}

function counter(registry: Registry, name: string, help: string, counts: Counts) {
  const metric = new Counter({ name, help, labelNames: [...counts.labels], registers: [registry] })
  for (const { values, count } of counts.all()) metric.inc(labelled(counts.labels, values), count)
}

/** The library can only observe one by one; what has been observed elsewhere is handed over as it is written. */
function histogram(registry: Registry, name: string, help: string, durations: Durations) {
  const { labels, bounds } = durations
  const metric = new Histogram({
    name,
    help,
    labelNames: [...labels],
    buckets: [...bounds],
    registers: [registry],
  })
  const values = durations.all().flatMap((row) => writtenOut(name, labelled(labels, row.values), bounds, row))
  Object.assign(metric, { getForPromString: async () => ({ name, help, type: 'histogram', values }) })
}

function writtenOut(name: string, labels: Labels, bounds: readonly number[], { counts, sum }: HistogramRow) {
  let count = 0
  const buckets = counts.map((each, at) => {
    count += each
    return { metricName: `${name}_bucket`, labels: { le: bounds[at] ?? '+Inf', ...labels }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

const labelled = (names: readonly string[], values: string[]): Labels =>
  Object.fromEntries(names.map((name, at) => [name, values[at]!]))

async function queue(registry: Registry, app: App) {
  const tasks = new Gauge({
    name: 'earshot_queue_tasks',
    help: 'Background work, by kind and state.',
    labelNames: ['kind', 'state'],
    registers: [registry],
  })
  const oldest = new Gauge({
    name: 'earshot_queue_oldest_seconds',
    help: 'How long the first of the work that is ready has been waiting.',
    labelNames: ['kind'],
    registers: [registry],
  })
  for (const { kind, ready, waiting, running, oldestAt } of await app.queueDepth()) {
    for (const [state, count] of Object.entries({ ready, waiting, running }))
      tasks.set({ kind, state }, count)
    oldest.set({ kind }, oldestAt === null ? 0 : Math.max(0, app.clock() - oldestAt) / SECOND)
  }
}

function plugins(registry: Registry, { plugins: pool }: App) {
  const { hosts, busy, outstanding, waiting, restarts, rss } = pool.stats()
  gauge(registry, 'earshot_plugin_hosts', 'Processes that run plugins.', hosts)
  gauge(registry, 'earshot_plugin_hosts_busy', 'Those with work.', busy)
  gauge(registry, 'earshot_plugin_tasks_running', 'Work that they have.', outstanding)
  gauge(registry, 'earshot_plugin_tasks_waiting', 'Work that waits for one of them.', waiting)
  gauge(registry, 'earshot_plugin_hosts_resident_bytes', 'Their memory.', rss)
  const metric = new Counter({
    name: 'earshot_plugin_host_restarts_total',
    help: 'Times that one of them was started anew.',
    registers: [registry],
  })
  metric.inc(restarts)
}

/** By the names that Prometheus has for every process. */
function processFigures(registry: Registry) {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system.',
    registers: [registry],
  })
  cpu.inc((user + system) * MICROSECOND)
  gauge(registry, 'process_resident_memory_bytes', 'Resident memory.', rss)
  gauge(registry, 'process_heap_bytes', 'Heap in use.', heapUsed)
  gauge(
    registry,
    'process_start_time_seconds',
    'Start of the process since the epoch.',
    (Date.now() - performance.now()) / SECOND,
  )
  const files = openFiles()
  if (files !== undefined) gauge(registry, 'process_open_fds', 'Open file descriptors.', files)
}

/** Only Linux tells. */
function openFiles(): number | undefined {
  try {
    return readdirSync(OPEN_FILES).length
  } catch {
    return undefined
  }
}

async function eventLoop(registry: Registry) {
  const since = performance.now()
  await new Promise(setImmediate)
  const seconds = (performance.now() - since) / SECOND
  gauge(registry, 'earshot_event_loop_lag_seconds', 'How long the next turn of the event loop took.', seconds)
}
