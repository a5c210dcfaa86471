import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import type { App, QueueDepth } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { MINUTE, SECOND } from '../../lib/clock.ts'
import { routes } from '../routes.ts'
import { type Checks, HealthShape, type Level, levels } from './health-shape.ts'
import { IntegrationsShape, integrationsOf } from './integrations.ts'
import { isoOrNull } from './present.ts'

const MB = 1024 * 1024
const LITTLE_DISK_MB = 1024
const NO_DISK_MB = 64
const LONG_WAL_MB = 256
const LONG_WAIT_MS = 10 * MINUTE
/** Of what the machine or its container has. */
const MUCH_MEMORY = 0.9

export const healthRoutes = (app: App) =>
  routes<Actor>('Health', '/health')
    .get(
      '',
      { summary: 'Read how the appliance is doing', answers: { 200: HealthShape } },
      async ({ actor }) => {
        const checks = await checkAll(app, actor.scope === 'platform')
        const status = levels.findLast((level) =>
          Object.values(checks).some((each) => each.status === level),
        )!
        const uptime_seconds = Math.floor((app.clock() - app.startedAt) / SECOND)
        return { status, version: app.version, uptime_seconds, checks }
      },
    )
    .get(
      '/integrations',
      {
        summary: 'Read how the things outside are doing',
        description:
          'Transcribers and the model endpoint, which all share, and the webhook endpoints that the token sees.',
        answers: { 200: IntegrationsShape },
      },
      async ({ actor }) => ({ integrations: await integrationsOf(app, actor) }),
    )

/** How far others' work has piled up and how full the disk is concerns the platform alone. */
async function checkAll(app: App, withFigures: boolean): Promise<Checks> {
  const { database, queue } = await checkDatabase(app, withFigures)
  return {
    database,
    queue,
    disk: await checkDisk(app, withFigures),
    memory: checkMemory(app, withFigures),
    plugins: checkPlugins(app, withFigures),
  }
}

/** A probe answers whatever happens: that the database cannot be read is its answer. */
async function checkDatabase(app: App, withFigures: boolean): Promise<Pick<Checks, 'database' | 'queue'>> {
  const begun = performance.now()
  const tasks = await app.queueDepth().then(
    (found) => found,
    () => undefined,
  )
  const latency_ms = Math.round((performance.now() - begun) * 100) / 100
  const wal_mb = Math.round(app.db.walBytes() / MB)
  const status: Level = !tasks ? 'unhealthy' : wal_mb > LONG_WAL_MB ? 'degraded' : 'healthy'
  const database = { status, latency_ms, ...(withFigures && { wal_mb }) }
  return { database, queue: checkQueue(tasks, app.clock(), withFigures) }
}

function checkQueue(tasks: QueueDepth[] | undefined, now: number, withFigures: boolean): Checks['queue'] {
  if (!tasks) return { status: 'unhealthy' }
  const waits = tasks.map(({ oldestAt }) => (oldestAt === null ? null : Math.max(0, now - oldestAt)))
  const status = waits.some((wait) => wait !== null && wait > LONG_WAIT_MS) ? 'degraded' : 'healthy'
  const figures = tasks.map(({ oldestAt, ...task }, at) => ({
    ...task,
    oldest_at: isoOrNull(oldestAt),
    oldest_seconds: waits[at] == null ? null : Math.floor(waits[at] / SECOND),
  }))
  return { status, ...(withFigures && { tasks: figures }) }
}

async function checkDisk(app: App, withFigures: boolean): Promise<Checks['disk']> {
  const { bavail, blocks, bsize } = await statfs(app.settings.data)
  const free_mb = Math.floor((bavail * bsize) / MB)
  const total_mb = Math.floor((blocks * bsize) / MB)
  const status = free_mb < NO_DISK_MB ? 'unhealthy' : free_mb < LITTLE_DISK_MB ? 'degraded' : 'healthy'
  return { status, ...(withFigures && { free_mb, total_mb }) }
}

function checkMemory({ plugins }: App, withFigures: boolean): Checks['memory'] {
  const resident_mb = Math.round(process.memoryUsage.rss() / MB)
  const plugin_hosts_mb = Math.round(plugins.stats().rss / MB)
  const limit_mb = Math.round(Math.min(process.constrainedMemory() || totalmem(), totalmem()) / MB)
  const status = resident_mb + plugin_hosts_mb > limit_mb * MUCH_MEMORY ? 'degraded' : 'healthy'
  return { status, resident_mb, plugin_hosts_mb, ...(withFigures && { limit_mb }) }
}

function checkPlugins({ plugins }: App, withFigures: boolean): Checks['plugins'] {
  const catalogue = plugins.catalogue()
  const errors = catalogue.flatMap(({ id, error }) => (error === null ? [] : [{ id, message: error }]))
  const { hosts, busy, restarts } = plugins.stats()
  const failed = errors.length
  const loaded = catalogue.length - failed
  const status = loaded === 0 ? 'unhealthy' : failed > 0 ? 'degraded' : 'healthy'
  return { status, loaded, failed, hosts, busy, restarts, ...(withFigures && { errors }) }
}
