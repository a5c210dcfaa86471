import { z } from 'zod'
import type { App } from '../app.ts'
import { configVersion } from '../core/config/configs.sql.ts'
import { type Dialect, dialect } from './dialect.ts'
import { docsRoutes } from './docs.ts'
import { metricsRoutes } from './metrics.ts'
import { reply } from './responses.ts'
import { routes } from './routes.ts'

const ABOUT =
  'A self-hosted call-intelligence appliance: calls in, analysed results out, by webhooks and over this API.'

const FailureShape = z.object({ detail: z.string(), request_id: z.string() }).meta({ id: 'Error' })
const Time = z.iso.datetime()
const Status = z.enum(['healthy', 'unhealthy'])

const HealthShape = z
  .object({
    success: z.boolean(),
    status: Status,
    version: z.string(),
    timestamp: Time,
    data: z.object({ status: Status, version: z.string(), timestamp: Time }),
  })
  .meta({ id: 'Health', description: 'One body for the clients of every dialect' })

const ReadinessShape = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({ database: z.boolean(), plugins: z.boolean() }),
  })
  .meta({ id: 'Readiness', description: 'Whether calls are processed now' })

/** What load balancers and supervisors ask without a token, and the pages that explain all of the API. */
export function root(app: App, dialects: Dialect[]): Dialect {
  const info = { title: 'Earshot', version: app.version, description: ABOUT }
  const docs = docsRoutes(info, () => [...dialects, surface])
  const surface: Dialect = dialect<undefined>({
    prefix: '',
    document: { name: 'Root', title: 'Probes', failure: FailureShape, security: {} },
    envelope: ({ message, requestId }) => ({ detail: message, request_id: requestId }),
    routes: [],
    open: [probeRoutes(app), metricsRoutes(app), docs],
    maxBody: app.settings.max_body,
    log: app.log,
  })
  return surface
}

const probeRoutes = (app: App) =>
  routes<undefined>('Probes')
    .get('/health', { summary: 'Is it well?', answers: { 200: HealthShape, 503: HealthShape } }, async () => {
      const healthy = await canRead(app)
      const status = healthy ? 'healthy' : 'unhealthy'
      const known = { status, version: app.version, timestamp: new Date(app.clock()).toISOString() }
      return reply(healthy ? 200 : 503, { success: healthy, ...known, data: known })
    })
    .get(
      '/readiness',
      { summary: 'Can it work?', answers: { 200: ReadinessShape, 503: ReadinessShape } },
      async () => {
        const checks = { database: await canRead(app), plugins: app.catalogue().size > 0 }
        const ready = checks.database && checks.plugins
        return reply(ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', checks })
      },
    )
    .get(
      '/liveness',
      { summary: 'Does it answer?', answers: { 200: z.object({ status: z.literal('alive') }) } },
      () => ({ status: 'alive' }),
    )
    .get(
      '/version',
      { summary: 'Which one is it?', answers: { 200: z.object({ name: z.string(), version: z.string() }) } },
      () => ({ name: 'earshot', version: app.version }),
    )

/** A probe answers whatever happens: the failure is its answer, and whoever needed the database has logged it. */
const canRead = ({ db }: App) =>
  configVersion(db).then(
    () => true,
    () => false,
  )
