import { existsSync, mkdirSync } from 'node:fs'
import type { App } from './app.ts'
import type { Algorithm } from './core/algorithms/catalogue.ts'
import { keepProcessing, requireKnownFilters } from './core/algorithms/configured.ts'
import { watchConfigVersion } from './core/config/configs.sql.ts'
import { keepSecrets } from './core/config/secrets.ts'
import { newestCreatedAt } from './core/jobs/jobs.sql.ts'
import { ensureDefaultTenants } from './core/tenancy/tenants.ts'
import { countTokens } from './core/tenancy/tokens.sql.ts'
import { createToken } from './core/tenancy/tokens.ts'
import { keepEndpoints } from './core/webhooks/endpoints.ts'
import { migrate, schemaVersion } from './db/migrate.ts'
import { openDb } from './db/sqlite.ts'
import type { Surface } from './http/arrival.ts'
import { gensail } from './http/gensail/index.ts'
import { root } from './http/probes.ts'
import { type HttpServer, serve } from './http/server.ts'
import { type Clock, SECOND, systemClock } from './lib/clock.ts'
import { createGauges } from './lib/gauges.ts'
import { sha256 } from './lib/ids.ts'
import { createLog } from './lib/log.ts'
import { countEvents, createMeters } from './lib/meters.ts'
import { createOutbound } from './lib/outbound.ts'
import { createCursors } from './lib/page.ts'
import { createSealer, loadKey } from './lib/sealed.ts'
import { databasePath, keyPath, recordingsPath, temporaryPath } from './ops/data-folder.ts'
import { takeLock } from './ops/lock.ts'
import { stages } from './pipeline/index.ts'
import { type CatalogueEntry, createPool, type Pool } from './plugin-host/pool.ts'
import { queueDepth } from './queue/tasks.ts'
import { startWorker } from './queue/worker.ts'
import { type Scheduler, startScheduler } from './scheduler.ts'
import { type Settings, WrongSetting } from './settings.ts'
import { version } from './version.ts'

const PRIVATE_FOLDER = 0o700

export interface Appliance {
  app: App
  /** The platform token made at the first start; it is nowhere else. */
  firstToken: string | undefined
  start(): Promise<HttpServer>
  stop(): Promise<void>
}

/** The only place where things are made; nothing is listening or running until `start`. */
export async function boot(settings: Settings, options: { clock?: Clock } = {}): Promise<Appliance> {
  const clock = options.clock ?? systemClock
  const folders = makeFolders(settings)
  const release = takeLock(settings.data)
  const log = createLog({ level: settings.log_level })
  const key = loadKey({ fromSetting: settings.key, file: keyPath(settings) })
  const db = openDb(databasePath(settings), { clock, checkpointThread: true })
  await migrateWithCopy(db, settings)
  db.startClockAt(await newestCreatedAt(db))
  watchConfigVersion(db)
  const firstToken = await db.tx(async (tx) => {
    await ensureDefaultTenants(tx)
    if (settings.token !== undefined || (await countTokens(tx)) > 0) return undefined
    return (await createToken(tx, { scope: 'platform', name: 'first start' })).token
  })
  let server: HttpServer | undefined
  let scheduler: Scheduler | undefined
  let stopping = false
  const stopper = new AbortController()
  const meters = createMeters()
  db.on('events', (news) => countEvents(meters, news))
  const plugins = createPool({
    folder: settings.plugins,
    secrets: settings.secrets,
    allowNetworks: settings.allow_networks,
    model: { url: settings.model_url, name: settings.model, concurrency: settings.model_concurrency },
    tempFolder: folders.temporary,
    hosts: settings.plugin_hosts,
    algorithmLimitMs: settings.algorithm_timeout * SECOND,
    transcriberLimitMs: settings.transcriber_timeout * SECOND,
    memoryLimitMb: Math.round(settings.plugin_memory / 1024 / 1024),
    onWarning: (message) => log.warn({ part: 'plugins' }, message),
  })
  const sealer = createSealer(key)
  const catalogue = algorithmsOf(plugins)
  const app: App = {
    settings,
    version,
    db,
    log,
    clock,
    sealer,
    cursors: createCursors(key),
    outbound: createOutbound({
      allowNetworks: settings.allow_networks,
      ownPort: () => server?.port,
      userAgent: `Earshot/${version}`,
    }),
    plugins,
    catalogue,
    transcribers: () =>
      plugins
        .catalogue()
        .filter(isTranscriber)
        .map(({ id }) => id),
    keepers: {
      webhooks: async (tx, entity, section) => {
        await requireKnownFilters(tx, catalogue(), entity, section)
        return keepEndpoints(tx, sealer, entity, section)
      },
      transcription: (tx, entity, section) => keepSecrets(tx, sealer, entity, 'transcription', section),
      integrations: (tx, entity, section) => keepSecrets(tx, sealer, entity, 'integrations', section),
      processing: (tx, entity, section) => keepProcessing(tx, catalogue(), entity, section),
    },
    operatorTokenHash: settings.token === undefined ? undefined : sha256(settings.token),
    folders,
    startedAt: clock(),
    stopping: () => stopping,
    stopSignal: stopper.signal,
    gauges: createGauges(),
    meters,
    queueDepth: () => queueDepth(db),
  }
  const worker = startWorker(db, stages(app), {
    onError: (message, error, task) =>
      log.error({ err: error, task_kind: task?.kind, task_id: task?.id }, message),
  })

  /** Probes answer at once; all else waits the moment that the plugins take to load. */
  async function start(): Promise<HttpServer> {
    const loaded = plugins.ready().catch((error: unknown) => {
      if (!stopping) log.error({ err: error }, 'no plugin could be loaded')
    })
    server = serve({ ...httpOptions(app, loaded), log })
    scheduler = startScheduler(app)
    void loaded.then(() => (stopping ? undefined : worker.start()))
    return server
  }

  /** Stops accepting, finishes or puts back what is running, and closes the log of the database. */
  async function stop() {
    stopping = true
    stopper.abort()
    const graceMs = settings.stop_timeout * SECOND * 0.8
    await Promise.all([server?.stop({ graceMs }), worker.stop(graceMs), scheduler?.stop(graceMs)])
    await plugins.close()
    db.close()
    release()
  }

  return { app, firstToken, start, stop }
}

function httpOptions(app: App, loaded: Promise<unknown>) {
  const { settings } = app
  const dialects = [gensail(app)]
  return {
    host: settings.host,
    port: settings.port,
    surfaces: [...dialects.map((surface) => after(loaded, surface)), root(app, dialects)],
    maxBody: settings.max_body,
    maxUpload: settings.max_upload,
    trustedProxies: settings.trusted_proxies,
    observe: (surface: string, status: number, ms: number) =>
      app.meters.requests.observe(ms / 1000, surface || '/', `${status}`),
  }
}

function after(loaded: Promise<unknown>, surface: Surface): Surface {
  let isLoaded = false
  void loaded.then(() => {
    isLoaded = true
  })
  const { prefix, handle } = surface
  return {
    prefix,
    handle: (request, arrival) =>
      isLoaded ? handle(request, arrival) : loaded.then(() => handle(request, arrival)),
  }
}

function makeFolders(settings: Settings): App['folders'] {
  const folders = { recordings: recordingsPath(settings), temporary: temporaryPath(settings) }
  try {
    for (const folder of [settings.data, ...Object.values(folders)])
      mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    throw new WrongSetting(`The data folder ${settings.data} cannot be used: ${(error as Error).message}`)
  }
  return folders
}

async function migrateWithCopy(db: ReturnType<typeof openDb>, settings: Settings) {
  await migrate(db.connection, async () => {
    const copy = `${databasePath(settings)}.before-${schemaVersion(db.connection)}`
    if (!existsSync(copy)) await db.backup(copy)
  })
}

/** The algorithms of the pool as the core sees them, made anew only when the plugins change. */
function algorithmsOf(plugins: Pool): App['catalogue'] {
  let known: Map<string, Algorithm> | undefined
  plugins.onChange(() => {
    known = undefined
  })
  return () => {
    known ??= new Map(
      plugins
        .catalogue()
        .filter(isAlgorithm)
        .map((entry) => [entry.id, asAlgorithm(entry)]),
    )
    return known
  }
}

const isAlgorithm = ({ plugin, error }: CatalogueEntry) => plugin === 'algorithm' && error === null
const isTranscriber = ({ plugin, error }: CatalogueEntry) => plugin === 'transcriber' && error === null

const asAlgorithm = (entry: CatalogueEntry): Algorithm => ({
  id: entry.id,
  version: entry.version,
  name: entry.name,
  description: entry.description || null,
  kind: entry.kind ?? 'analysis',
  shipped: entry.shipped,
  variablesSchema: entry.variables_schema ?? {},
  resultSchema: entry.result_schema ?? {},
  defaults: entry.defaults ?? {},
  resultFrom: entry.result_from,
})
