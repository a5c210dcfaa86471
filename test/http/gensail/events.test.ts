import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addLogs } from '../../../src/core/jobs/logs.sql.ts'
import { revokeToken } from '../../../src/core/tenancy/tokens.sql.ts'
import { createToken } from '../../../src/core/tenancy/tokens.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { openEvents, type StreamedEvent } from '../../support/event-streams.ts'
import { type Receiver, startReceiver, status } from '../../support/receiver.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

const ALGORITHMS = ['sentiment_v1', 'key_phrases_v1']

let appliance: TestAppliance
let call: Caller
let tokens: Tokens
let receiver: Receiver
let open: Awaited<ReturnType<typeof openEvents>>[] = []

beforeAll(async () => {
  receiver = startReceiver()
  appliance = await startAppliance({ webhook_retries: [0.05] })
  tokens = await makeTenants(appliance)
  call = await callerOf(appliance.url, tokens)
  await configure(appliance)
})
beforeEach(() => receiver.replyWith(() => status(204)))
afterEach(async () => {
  await Promise.all(open.map((stream) => stream.close()))
  open = []
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const configure = ({ api }: TestAppliance) =>
  api.configure({
    processing: { algorithms: ALGORITHMS },
    webhooks: { endpoints: [{ url: receiver.url }] },
  })

async function follow(path: string, as: keyof Tokens | string = 'workspace', headers = {}, at = appliance) {
  const token = tokens[as as keyof Tokens] ?? as
  const stream = await openEvents(`${at.url}/api/v1${path}`, token, headers)
  open.push(stream)
  return stream
}

const short = ({ event, data }: StreamedEvent) => `${event} ${data.status}`
const deliveries = (events: StreamedEvent[]) =>
  events.filter(({ event }) => event === 'delivery.attempted').length
const WHOLE = [
  'job.status queued',
  'job.status analyzing',
  'run.finished completed',
  'run.finished completed',
  'job.status completed',
  'delivery.attempted delivered',
  'delivery.attempted delivered',
]

test('a stream tells the whole way of a call as it happens', async () => {
  const stream = await follow('/jobs/events')
  expect(stream.status).toBe(200)
  expect(stream.headers.get('content-type')).toStartWith('text/event-stream')
  const job = await appliance.api.submit(sampleCall())
  const events = await stream.until((all) => deliveries(all) === 2)
  expect(events.map(short)).toEqual(WHOLE)
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  for (const { data } of events)
    expect(data).toMatchObject({
      job_id: job,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      uuid: expect.any(String),
    })
  const runs = await appliance.api.runs(job)
  expect(events[2]!.data).toMatchObject({
    algorithm_run_id: runs[0]!.algorithm_run_id,
    algorithm_id: 'sentiment_v1',
    error_code: null,
  })
  const [delivery] = await appliance.api.deliveries(job)
  expect(events[5]!.data).toMatchObject({
    delivery_id: delivery!.delivery_id,
    endpoint_id: delivery!.endpoint_id,
    algorithm_run_id: delivery!.algorithm_run_id,
    status_code: 204,
    error_kind: null,
  })
})

test("a job's stream begins with what has happened, and goes on", async () => {
  const { api } = appliance
  const job = await api.submit(sampleCall())
  await api.settled(job)
  await api.settled(await api.submit(sampleCall()))
  const stream = await follow(`/jobs/${job}/events`)
  expect((await stream.until((all) => deliveries(all) === 2)).map(short)).toEqual(WHOLE)
  await api.post(`/jobs/${job}/retry`, { mode: 'rerun' })
  const events = await stream.until((all) => deliveries(all) === 4)
  expect(events.slice(7).map(short)).toEqual(WHOLE.slice(1))
  expect(events.every(({ data }) => data.job_id === job)).toBe(true)
})

test('attempts tell what the delivery has become', async () => {
  const { api } = appliance
  receiver.replyWith(() => status(500))
  const job = await api.submit(sampleCall({ algorithm_ids: ['sentiment_v1'] }))
  const stream = await follow(`/jobs/${job}/events`)
  const failed = await stream.until((all) => deliveries(all) === 2)
  expect(failed.slice(-2).map(({ data }) => [data.status, data.status_code, data.error_kind])).toEqual([
    ['retrying', 500, 'http_5xx'],
    ['exhausted', 500, 'http_5xx'],
  ])
  receiver.replyWith(() => status(204))
  await api.post(`/jobs/${job}/retry`, { mode: 'redeliver' })
  const events = await stream.until((all) => deliveries(all) === 3)
  expect(events.at(-1)!.data).toMatchObject({ status: 'delivered', status_code: 204 })
  expect((await replay(job, '0-0')).map(({ data }) => data)).toEqual(events.map(({ data }) => data))
})

async function replay(job: number, after: string) {
  const stream = await follow(`/jobs/${job}/events`, 'workspace', { 'last-event-id': after })
  await Bun.sleep(50)
  return stream.events
}

test('requeueing, skipping, failing and on-demand runs are told', async () => {
  const { api } = appliance
  const stream = await follow('/jobs/events')
  const skipped = await api.submit(sampleCall({ duration_seconds: 3 }))
  await api.ended(skipped)
  await api.patch(`/jobs/${skipped}/status`, { status: 'queued' })
  await stream.until((all) => all.map(short).filter((text) => text === 'job.status skipped').length === 2)
  expect(stream.events.map(short)).toEqual([
    'job.status queued',
    'job.status skipped',
    'job.status queued',
    'job.status skipped',
  ])
  const failed = await api.submit(
    { audio_url: 'http://169.254.169.254/a.wav', duration_seconds: 60 },
    'audio',
  )
  await api.ended(failed)
  await stream.until((all) => all.some((one) => short(one) === 'job.status failed'))
  const ofFailed = stream.events.filter(({ data }) => data.job_id === failed)
  expect(ofFailed.slice(0, 5).map(short)).toEqual([
    'job.status queued',
    'job.status transcribing',
    'run.finished failed',
    'run.finished failed',
    'job.status failed',
  ])
  expect(ofFailed[4]!.data.error_code).toBe('audio_fetch_failed')
})

describe('Last-Event-ID', () => {
  test.each([0, 1, 3, 4, 5, 6])('after event %d gives exactly the rest', async (at) => {
    const job = await appliance.api.submit(sampleCall())
    const stream = await follow(`/jobs/${job}/events`)
    const all = [...(await stream.until((events) => deliveries(events) === 2))]
    const { id } = all[at]!
    expect(await replay(job, id)).toEqual(all.slice(at + 1))
    const byQuery = await follow(`/jobs/${job}/events?last_event_id=${id}`)
    await byQuery.until((events) => events.length === all.length - at - 1)
  })

  test('given before anything happened leaves no gap', async () => {
    const stream = await follow('/jobs/events')
    await Bun.sleep(20)
    const id = stream.lastId()
    expect(id).not.toBe('')
    await stream.close()
    const job = await appliance.api.submit(sampleCall())
    await appliance.api.settled(job)
    const again = await follow('/jobs/events', 'workspace', { 'last-event-id': id })
    expect((await again.until((all) => deliveries(all) === 2)).map(short)).toEqual(WHOLE)
  })

  test('from beyond what has happened, as after a restore, waits for what comes', async () => {
    const stream = await follow('/jobs/events', 'workspace', { 'last-event-id': '999999999-999999999' })
    await appliance.api.submit(sampleCall())
    expect((await stream.until((all) => deliveries(all) === 2)).map(short)).toEqual(WHOLE)
  })

  test('goes on across restarts, without a gap or a repeat', async () => {
    const data = mkdtempSync(join(tmpdir(), 'earshot-test-events-'))
    try {
      let lastId = '0-0'
      const told: StreamedEvent[] = []
      const wanted: number[] = []
      for (let round = 0; round < 3; round++) {
        const one = await startAppliance({ data, webhook_retries: [0.05] })
        if (round === 0) await configure(one)
        const stream = await openEvents(`${one.url}/api/v1/jobs/events`, one.token, {
          'last-event-id': lastId,
        })
        for (let at = 0; at < 5; at++) wanted.push(await one.api.submit(sampleCall()))
        const cutAt = told.length + 7 + round * 5
        await stream.until((all) => told.length + all.length >= cutAt)
        if (round === 1) await stream.close()
        await one.stop()
        await stream.over
        told.push(...stream.events)
        lastId = stream.lastId()
      }
      const last = await startAppliance({ data })
      const stream = await openEvents(`${last.url}/api/v1/jobs/events`, last.token, {
        'last-event-id': lastId,
      })
      for (const job of wanted) await last.api.settled(job)
      await stream.until((all) => told.length + all.length >= wanted.length * WHOLE.length)
      await Bun.sleep(50)
      told.push(...stream.events)
      await stream.close()
      await last.stop()
      for (const job of wanted)
        expect(told.filter(({ data }) => data.job_id === job).map(short)).toEqual(WHOLE)
      expect(told).toHaveLength(wanted.length * WHOLE.length)
    } finally {
      rmSync(data, { recursive: true, force: true })
    }
  }, 30_000)
})

test('what is older than a day is not told again', async () => {
  let ahead = 0
  const one = await startAppliance({ clock: () => Date.now() + ahead })
  const old = await one.api.submit(sampleCall({ duration_seconds: 1 }))
  await one.api.ended(old)
  ahead = 25 * 3_600_000
  const young = await one.api.submit(sampleCall({ duration_seconds: 1 }))
  await one.api.ended(young)
  const stream = await openEvents(`${one.url}/api/v1/jobs/events`, one.token, { 'last-event-id': '0-0' })
  await stream.until((all) => all.length === 2)
  expect(stream.events.map(({ data }) => data.job_id)).toEqual([young, young])
  await stream.close()
})

test('a token sees its own tenants alone', async () => {
  const streams = {
    workspace: await follow('/jobs/events', 'workspace'),
    organization: await follow('/jobs/events', 'organization'),
    partner: await follow('/jobs/events', 'partner'),
    platform: await follow('/jobs/events', 'platform'),
    sibling: await follow('/jobs/events', 'sibling'),
    stranger: await follow('/jobs/events', 'stranger'),
    narrowed: await follow('/jobs/events?workspace_id=second', 'partner'),
  }
  const jobs: Record<string, number> = {}
  for (const workspace of ['default', 'second', 'elsewhere'])
    jobs[workspace] = await appliance.api.submit({
      ...sampleCall({ duration_seconds: 1 }),
      workspace_id: workspace,
    })
  await streams.platform.until((all) => all.length === 6)
  await Bun.sleep(50)
  const seen = (name: keyof typeof streams) => [
    ...new Set(streams[name].events.map(({ data }) => data.job_id)),
  ]
  const { default: first, second, elsewhere } = jobs
  expect(seen('workspace')).toEqual([first!])
  expect(seen('organization')).toEqual([first!, second!])
  expect(seen('partner')).toEqual([first!, second!])
  expect(seen('sibling')).toEqual([second!])
  expect(seen('narrowed')).toEqual([second!])
  expect(seen('stranger')).toEqual([elsewhere!])
})

test('a heartbeat comes every few seconds, and with it the stream of a revoked token ends', async () => {
  const made = await appliance.app.db.tx((tx) => createToken(tx, { scope: 'workspace' }))
  const good = await follow('/jobs/events')
  const revoked = await follow('/jobs/events', made.token)
  await appliance.app.db.tx((tx) => revokeToken(tx, made.row.uuid))
  await Bun.sleep(1000)
  expect(revoked.isOver()).toBe(false)
  await Promise.race([revoked.over, Bun.sleep(8000)])
  expect(revoked.isOver()).toBe(true)
  while (good.comments.length < 2) await Bun.sleep(50)
  expect(good.comments).toEqual(['connected', 'heartbeat'])
  expect(good.isOver()).toBe(false)
}, 20_000)

test('one who does not read holds up nobody, is not read ahead of, and gets everything later', async () => {
  const { api, app, url, token } = appliance
  const job = await api.submit(sampleCall({ duration_seconds: 1 }))
  await api.ended(job)
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  socket.pause()
  socket.write(
    `GET /api/v1/jobs/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`,
  )
  await Bun.sleep(50)
  const line = { level: 'info', stage: 'queued', message: 'Again', status: 'queued' } as const
  // More than any buffer of the system holds.
  for (let at = 0; at < 60; at++) await app.db.tx((tx) => addLogs(tx, job, new Array(1000).fill(line)))
  const other = await follow(`/jobs/${job}/events?last_event_id=0-0`)
  await other.until((all) => all.length > 60_000)
  let [count, rest] = [0, '']
  socket.on('data', (chunk) => {
    const parts = (rest + chunk.toString()).split('event: job.status')
    rest = parts.at(-1)!.slice(-20)
    count += parts.length - 1
  })
  socket.resume()
  for (const end = Date.now() + 8000; Date.now() < end && count < 60_000; ) await Bun.sleep(20)
  await Bun.sleep(100)
  expect(count).toBe(60_000)
  socket.destroy()
}, 30_000)

test('a token has so many streams and no more, and gets back those that it closes', async () => {
  const made = await appliance.app.db.tx((tx) => createToken(tx, { scope: 'workspace' }))
  const streams = await Promise.all(Array.from({ length: 50 }, () => follow('/jobs/events', made.token)))
  expect(new Set(streams.map((stream) => stream.status))).toEqual(new Set([200]))
  expect((await follow('/jobs/events', made.token)).status).toBe(429)
  expect((await follow('/jobs/events')).status).toBe(200)
  await streams[0]!.close()
  await Bun.sleep(50)
  expect((await follow('/jobs/events', made.token)).status).toBe(200)
})

test('a stop of the appliance does not wait for its streams', async () => {
  const one = await startAppliance()
  const stream = await openEvents(`${one.url}/api/v1/jobs/events`, one.token)
  const since = performance.now()
  await one.stop()
  await stream.over
  expect(stream.isOver()).toBe(true)
  expect(performance.now() - since).toBeLessThan(2000)
})

play(
  () => call,
  [
    { name: 'needs a token', method: 'GET', path: '/jobs/events', as: null, status: 401 },
    { name: 'of a job that is not there', method: 'GET', path: '/jobs/999999/events', status: 404 },
    { name: 'of a job of others', method: 'GET', path: '/jobs/1/events', as: 'stranger', status: 403 },
    {
      name: 'of a workspace of others',
      method: 'GET',
      path: '/jobs/events?workspace_id=elsewhere',
      status: 403,
    },
    {
      name: 'from an id that is none',
      method: 'GET',
      path: '/jobs/events',
      headers: { 'last-event-id': 'yesterday' },
      status: 422,
      errors: { 'Last-Event-ID': /not the id/ },
    },
    { name: 'is read, not written', method: 'POST', path: '/jobs/events', body: {}, status: 405 },
    { name: 'says what it is before it is read', method: 'HEAD', path: '/jobs/events', status: 200 },
  ],
)
