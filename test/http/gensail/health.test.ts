import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { openDb } from '../../../src/db/sqlite.ts'
import { createGauges } from '../../../src/lib/gauges.ts'
import { startAppliance, stopAppliances, type TestAppliance, tokenFor } from '../../support/appliance.ts'
import { closedUrl, type Receiver, startReceiver, status } from '../../support/receiver.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'
import { spokenWav } from '../../support/transcribing.ts'

interface Health {
  status: string
  uptime_seconds: number
  checks: Record<string, Record<string, unknown>> & {
    queue: { tasks: { kind: string; ready: number; waiting: number; oldest_at: string | null }[] }
  }
}
interface Integration {
  kind: string
  name: string
  status: string
  circuit: string
  failure_rate: number | null
  latency_ms: number | null
  last_success_at: string | null
  last_error: string | null
}

let appliance: TestAppliance
let call: Caller
let receiver: Receiver

beforeAll(async () => {
  receiver = startReceiver()
  appliance = await startAppliance({
    fixtures: ['good/hears'],
    transcribers: { hears: { url: 'http://127.0.0.1' } },
    webhook_retries: [0, 0, 0, 0, 0, 3600],
  })
  call = await callerOf(appliance.url, await makeTenants(appliance))
  await appliance.app.plugins.ready()
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const health = async (as: keyof Tokens) => (await call<Health>({ method: 'GET', path: '/health', as })).body
const integrations = async (as: keyof Tokens = 'workspace') =>
  (await call<{ integrations: Integration[] }>({ method: 'GET', path: '/health/integrations', as })).body
    .integrations
const find = async (kind: string, name: string, as?: keyof Tokens) =>
  (await integrations(as)).find((one) => one.kind === kind && one.name === name)!

describe('health', () => {
  test('shows figures to the platform and how it is to all', async () => {
    const { checks, uptime_seconds } = await health('platform')
    expect(checks).toMatchObject({
      database: { status: 'healthy', latency_ms: expect.any(Number), wal_mb: expect.any(Number) },
      queue: { status: 'healthy', tasks: [] },
      disk: { free_mb: expect.any(Number), total_mb: expect.any(Number) },
      memory: { status: 'healthy', resident_mb: expect.any(Number), limit_mb: expect.any(Number) },
      plugins: { status: 'healthy', failed: 0, hosts: expect.any(Number), errors: [] },
    })
    expect(uptime_seconds).toBeLessThan(60)
    const { checks: own } = await health('workspace')
    expect(own.queue as object).toEqual({ status: 'healthy' })
    expect(own.disk).toEqual({ status: checks.disk!.status })
    expect(own.memory).not.toHaveProperty('limit_mb')
    expect(own.plugins).not.toHaveProperty('errors')
  })

  test('tells how much waits and since when', async () => {
    await appliance.api.configure({ webhooks: { endpoints: [{ url: closedUrl() }] } })
    await appliance.api.ended(await appliance.api.submit(sampleCall({ algorithm_ids: ['sentiment_v1'] })))
    let waits: Health['checks']['queue']['tasks'] = []
    for (const end = Date.now() + 5000; Date.now() < end; await Bun.sleep(20)) {
      waits = (await health('platform')).checks.queue.tasks
      if (waits.some(({ waiting }) => waiting === 1)) break
    }
    expect(waits).toMatchObject([{ kind: 'deliver', ready: 0, waiting: 1, running: 0, oldest_at: null }])
  })

  test('writes nothing, nor do the probes', async () => {
    const idle = await startAppliance()
    await idle.app.plugins.ready()
    const before = writtenBy(idle)
    for (const path of ['/health', '/readiness', '/liveness', '/version', '/metrics'])
      await fetch(idle.url + path, { headers: { authorization: `Bearer ${idle.token}` } })
    await idle.api.get('/health')
    await idle.api.get('/health/integrations')
    expect(writtenBy(idle)).toEqual(before)
  })

  /** By the connection that writes, and in the log. */
  function writtenBy({ app }: TestAppliance) {
    const { connection } = app.db as unknown as ReturnType<typeof openDb>
    return { rows: connection.prepare('SELECT total_changes() AS count').get(), wal: app.db.walBytes() }
  }
})

describe('integrations', () => {
  test('an endpoint is unused, then healthy, then its circuit opens, then it recovers', async () => {
    const url = `${receiver.url}/one`
    await appliance.api.configure({
      processing: { algorithms: ['sentiment_v1'] },
      webhooks: { endpoints: [{ url }] },
    })
    expect(await find('webhook', url)).toMatchObject({
      status: 'unused',
      failure_rate: null,
      circuit: 'closed',
    })
    await appliance.api.settled(await appliance.api.submit(sampleCall()))
    expect(await find('webhook', url)).toMatchObject({
      status: 'healthy',
      failure_rate: 0,
      latency_ms: expect.any(Number),
      last_success_at: expect.stringMatching(/Z$/),
      last_error: null,
      circuit: 'closed',
    })
    receiver.replyWith(() => status(503))
    const id = await appliance.api.submit(sampleCall())
    for (const end = Date.now() + 8000; Date.now() < end; await Bun.sleep(20))
      if ((await find('webhook', url)).circuit === 'open') break
    const open = await find('webhook', url)
    expect(open).toMatchObject({ status: 'unhealthy', circuit: 'open', last_error: 'http_5xx: Answered 503' })
    expect(open.failure_rate).toBeGreaterThan(0.7)
    receiver.replyWith(() => status(204))
    await appliance.api.post(`/jobs/${id}/retry`, { mode: 'redeliver' })
  })

  test('endpoints are seen by those they count for alone', async () => {
    const names = async (as: keyof Tokens) =>
      (await integrations(as)).filter(({ kind }) => kind === 'webhook').map(({ name }) => name)
    expect(await names('stranger')).toEqual([])
    expect(await names('sibling')).toEqual([])
    expect(await names('partner')).toEqual([`${receiver.url}/one`])
  })

  test('what was before the start is remembered for endpoints', async () => {
    const url = `${receiver.url}/two`
    const one = await startAppliance()
    await one.api.configure({
      processing: { algorithms: ['sentiment_v1'] },
      webhooks: { endpoints: [{ url }] },
    })
    await one.api.settled(await one.api.submit(sampleCall()))
    const { gauges } = one.app
    expect(gauges.namesOf('webhook')).toHaveLength(1)
    Object.assign(one.app, { gauges: createGauges() })
    const { integrations: all } = await one.api.get<{ integrations: Integration[] }>('/health/integrations')
    expect(all.find(({ name }) => name === url)).toMatchObject({
      status: 'healthy',
      last_success_at: expect.stringMatching(/Z$/),
      failure_rate: null,
    })
  })

  test('shared adapters are seen by all, their words by the platform alone', async () => {
    const { api } = appliance
    expect(await find('transcriber', 'openai')).toMatchObject({ status: 'off', failure_rate: null })
    expect(await find('transcriber', 'hears')).toMatchObject({ status: 'unused' })
    expect(await find('model', 'model', 'stranger')).toMatchObject({ status: 'off' })
    await api.configure({ transcription: { transcriber: 'hears' } })
    await api.ended(await api.submitFile(spokenWav([[1, 4]], 31)))
    expect(await find('transcriber', 'hears', 'stranger')).toMatchObject({
      status: 'healthy',
      failure_rate: 0,
      last_success_at: expect.stringMatching(/Z$/),
    })
  })
})

describe('metrics', () => {
  const read = (token?: string, at = appliance) =>
    fetch(`${at.url}/metrics`, { headers: token ? { authorization: `Bearer ${token}` } : {} })

  test('need a platform token, or none where the operator opens them', async () => {
    expect((await read()).status).toBe(401)
    expect((await read(await tokenFor(appliance, { scope: 'partner' }))).status).toBe(403)
    expect((await read(appliance.token)).status).toBe(200)
    const open = await startAppliance({ metrics: 'open' })
    expect((await read(undefined, open)).status).toBe(200)
  })

  test('count what has happened', async () => {
    const one = await startAppliance({ metrics: 'open', fixtures: ['bad/throws'] })
    await one.api.configure({ webhooks: { endpoints: [{ url: `${receiver.url}/metrics` }] } })
    await one.api.settled(await one.api.submit(sampleCall({ algorithm_ids: ['sentiment_v1', 'throws'] })))
    await one.api.ended(await one.api.submit(sampleCall({ duration_seconds: 1 })))
    const answer = await read(undefined, one)
    expect(answer.headers.get('content-type')).toStartWith('text/plain')
    const text = await answer.text()
    const value = (name: string) => Number(new RegExp(`^${RegExp.escape(name)} (.+)$`, 'm').exec(text)?.[1])
    expect(value('earshot_jobs_total{status="queued"}')).toBe(2)
    expect(value('earshot_jobs_total{status="partial"}')).toBe(1)
    expect(value('earshot_jobs_total{status="skipped"}')).toBe(1)
    expect(value('earshot_delivery_attempts_total{outcome="delivered"}')).toBe(2)
    const runs = 'earshot_run_duration_seconds'
    expect(value(`${runs}_count{algorithm="sentiment_v1",status="completed"}`)).toBe(1)
    expect(value(`${runs}_count{algorithm="throws",status="failed"}`)).toBe(1)
    expect(value(`${runs}_bucket{le="+Inf",algorithm="throws",status="failed"}`)).toBe(1)
    const requests = 'earshot_http_request_duration_seconds'
    expect(value(`${requests}_count{surface="/api/v1",status="202"}`)).toBe(2)
    for (const name of ['earshot_plugin_hosts', 'process_resident_memory_bytes', 'process_cpu_seconds_total'])
      expect({ name, value: value(name) }).toEqual({ name, value: expect.any(Number) })
    expect(value('earshot_database_wal_bytes')).toBeGreaterThan(0)
    expectWellFormed(text)
  })
})

/** As Prometheus reads it: help and type once before the samples, buckets that add up. */
function expectWellFormed(text: string) {
  const types = new Map<string, string>()
  const seen = new Set<string>()
  for (const line of text.split('\n').filter(Boolean)) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name) {
      expect(types.has(name)).toBe(false)
      types.set(name, type!)
    } else if (!line.startsWith('# HELP ')) {
      expect(line).toMatch(/^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? (-?[\d.e+-]+|\+Inf|NaN)$/)
      expect(seen.has(line.split(' ')[0]!)).toBe(false)
      seen.add(line.split(' ')[0]!)
      const family = /^[a-z_]+/.exec(line)![0].replace(/_(bucket|sum|count)$/, '')
      expect(types.has(family) || types.has(/^[a-z_]+/.exec(line)![0])).toBe(true)
    }
  }
}
