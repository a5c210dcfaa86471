import { statfs } from 'node:fs/promises'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { SECOND } from '../../lib/clock.ts'
import { routes } from '../routes.ts'

const MB = 1024 * 1024
const LITTLE_DISK_MB = 1024
const NO_DISK_MB = 64
const LONG_WAL_MB = 256

const levels = ['healthy', 'degraded', 'unhealthy'] as const
type Level = (typeof levels)[number]

const Check = <Figures extends z.ZodRawShape>(figures: Figures) =>
  z.object({ status: z.enum(levels) }).extend(figures)

const HealthShape = z
  .object({
    status: z.enum(levels).meta({ description: 'The worst of the checks' }),
    version: z.string(),
    uptime_seconds: z.int(),
    checks: z.object({
      database: Check({ latency_ms: z.number(), wal_mb: z.number().optional() }),
      queue: Check({
        tasks: z
          .array(z.object({ kind: z.string(), ready: z.int(), waiting: z.int(), running: z.int() }))
          .optional()
          .meta({ description: 'For platform tokens' }),
      }),
      disk: Check({ free_mb: z.int().optional().meta({ description: 'For platform tokens' }) }),
      memory: Check({ resident_mb: z.int() }),
      plugins: Check({ loaded: z.int(), failed: z.int(), hosts: z.int() }),
    }),
  })
  .meta({ id: 'Health', description: 'How the appliance is doing, part by part' })

type Checks = z.input<typeof HealthShape>['checks']

export const healthRoutes = (app: App) =>
  routes<Actor>('Health').get(
    '/health',
    { summary: 'Read how the appliance is doing', answers: { 200: HealthShape } },
    async ({ actor }) => {
      const checks = await checkAll(app, actor.scope === 'platform')
      const status = levels.findLast((level) => Object.values(checks).some((each) => each.status === level))!
      const uptime_seconds = Math.floor((app.clock() - app.startedAt) / SECOND)
      return { status, version: app.version, uptime_seconds, checks }
    },
  )

/** How far others' work has piled up and how full the disk is concerns the platform alone. */
async function checkAll(app: App, withFigures: boolean): Promise<Checks> {
  const { database, tasks } = await checkDatabase(app, withFigures)
  return {
    database,
    queue: { status: 'healthy', ...(withFigures && { tasks }) },
    disk: await checkDisk(app, withFigures),
    memory: { status: 'healthy', resident_mb: Math.round(process.memoryUsage.rss() / MB) },
    plugins: checkPlugins(app),
  }
}

async function checkDatabase(app: App, withFigures: boolean) {
  const begun = performance.now()
  const tasks = await app.queueDepth()
  const latency_ms = Math.round((performance.now() - begun) * 100) / 100
  const wal_mb = Math.round(app.db.walBytes() / MB)
  const status: Level = wal_mb > LONG_WAL_MB ? 'degraded' : 'healthy'
  return { database: { status, latency_ms, ...(withFigures && { wal_mb }) }, tasks }
}

async function checkDisk(app: App, withFigures: boolean): Promise<Checks['disk']> {
  const { bavail, bsize } = await statfs(app.settings.data)
  const free_mb = Math.floor((bavail * bsize) / MB)
  const status = free_mb < NO_DISK_MB ? 'unhealthy' : free_mb < LITTLE_DISK_MB ? 'degraded' : 'healthy'
  return { status, ...(withFigures && { free_mb }) }
}

function checkPlugins({ plugins }: App): Checks['plugins'] {
  const catalogue = plugins.catalogue()
  const failed = catalogue.filter(({ error }) => error !== null).length
  const loaded = catalogue.length - failed
  const status = loaded === 0 ? 'unhealthy' : failed > 0 ? 'degraded' : 'healthy'
  return { status, loaded, failed, hosts: plugins.stats().hosts }
}
