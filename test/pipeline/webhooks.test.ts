import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { certificateFor } from '../lib/certificate.ts'
import { rawServer } from '../lib/servers.ts'
import type { Delivery, Job } from '../support/api.ts'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { makeDataFolder } from '../support/data-folder.ts'
import { closedUrl, payloadOf, type Received, startReceiver, status } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { isStandardSignatureRight, readTimedSignature } from '../support/signatures.ts'

const SECRET = 'whsec_c2lnbmVkLXdpdGgtdGhpcy1zZWNyZXQtb2YtMzI='
const RETRIES = [0.1, 0.2, 0.3]
const ATTEMPTS = RETRIES.length + 1

const receiver = startReceiver()
const { api } = await startAppliance({
  fixtures: ['good/words'],
  webhook_retries: RETRIES,
  webhook_timeout: 0.3,
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})
beforeEach(() => {
  receiver.replyWith(() => status(204))
})

const endpoints = (...all: object[]) =>
  api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: all },
  })
const at = (path: string) => receiver.received.filter((one) => one.path === path)
const submitted = async () => api.settled(await api.submit(sampleCall()))
async function deliveryOf({ job_id }: Job): Promise<Delivery> {
  const [delivery] = await api.deliveries(job_id)
  return delivery!
}

describe('an endpoint that fails at first', () => {
  let job: Job
  let hooks: Received[]

  beforeEach(async () => {
    if (hooks) return
    receiver.replyWith(({ path }) => (at(path).length < 3 ? status(500, 'not now') : status(200, 'thanks')))
    await endpoints({ url: `${receiver.url}/late`, secret: SECRET })
    job = await submitted()
    hooks = at('/late')
  })

  test('gets the same bytes under the same id until it takes them', () => {
    expect(hooks).toHaveLength(3)
    for (const hook of hooks) {
      expect(hook.bytes.equals(hooks[0]!.bytes)).toBeTrue()
      expect(hook.headers.get('webhook-id')).toBe(hooks[0]!.headers.get('webhook-id')!)
      expect(readTimedSignature(hook, SECRET)).toMatchObject({
        isRight: true,
        time: Number(hook.headers.get('webhook-timestamp')),
      })
      expect(isStandardSignatureRight(hook, SECRET)).toBeTrue()
    }
  })

  test('is tried on the schedule, give or take a tenth', () => {
    const waits = hooks.slice(1).map((hook, before) => hook.at - hooks[before]!.at)
    for (const [index, wait] of waits.entries())
      expect(wait).toBeGreaterThanOrEqual(RETRIES[index]! * 900 - 2)
    expect(waits[1]!).toBeLessThan(2000)
  })

  test('has every attempt on record', async () => {
    expect(job.deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
    const { attempts, ...delivery } = await deliveryOf(job)
    expect(delivery).toMatchObject({
      status: 'delivered',
      next_attempt_at: null,
      url: `${receiver.url}/late`,
    })
    expect(attempts).toMatchObject([
      { status_code: 500, error_kind: 'http_5xx', response_excerpt: 'not now' },
      { status_code: 500, error_kind: 'http_5xx', response_excerpt: 'not now' },
      { status_code: 200, error_kind: null, response_excerpt: 'thanks' },
    ])
    for (const { at, duration_ms } of attempts) {
      expect(Date.parse(at)).toBeWithin(Date.parse(job.created_at) - 1, Date.now() + 1)
      expect(duration_ms).toBeWithin(0, 1000)
    }
    expect((await api.runs(job.job_id))[0]!.webhook_status).toBe('delivered')
  })
})

test('the time of each attempt is in its signature', async () => {
  receiver.replyWith(({ path }) =>
    at(path).length < 2 ? status(503, null, { 'retry-after': '1' }) : status(204),
  )
  await endpoints({ url: `${receiver.url}/seconds`, secret: SECRET })
  await submitted()
  const [first, second] = at('/seconds').map((hook) => readTimedSignature(hook, SECRET)!)
  expect(second!.time).toBeGreaterThan(first!.time)
  expect([first!.isRight, second!.isRight]).toEqual([true, true])
})

test('Retry-After is waited for', async () => {
  receiver.replyWith(({ path }) =>
    at(path).length < 2 ? status(429, null, { 'retry-after': '1' }) : status(204),
  )
  await endpoints({ url: `${receiver.url}/retry-after` })
  const { attempts } = await deliveryOf(await submitted())
  expect(attempts.map(({ error_kind }) => error_kind)).toEqual(['http_4xx', null])
  const [first, second] = at('/retry-after')
  expect(second!.at - first!.at).toBeWithin(950, 4000)
})

describe('what goes wrong is named', () => {
  const tls = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: certificateFor('localhost'),
    fetch: () => new Response('never seen'),
  })
  afterAll(() => tls.stop(true))

  const kinds: [kind: string, url: () => string | Promise<string>, statusCode: number | null][] = [
    ['http_5xx', () => `${receiver.url}/status-502`, 502],
    ['http_4xx', () => `${receiver.url}/status-404`, 404],
    ['http_3xx', () => `${receiver.url}/status-302`, 302],
    ['refused', closedUrl, null],
    ['timeout', () => `${receiver.url}/hangs`, null],
    ['tls', () => `https://localhost:${tls.port}/`, null],
    ['dns', () => 'http://no-such-host.invalid/', null],
    ['blocked', () => 'http://10.9.8.7/', null],
    ['reset', async () => (await rawServer((socket) => socket.destroy())).url, null],
  ]

  for (const [kind, url, statusCode] of kinds)
    test(kind, async () => {
      receiver.replyWith(async ({ path }) => {
        if (path === '/hangs') await Bun.sleep(500)
        const code = Number(path.slice('/status-'.length)) || 200
        return status(code, null, code === 302 ? { location: `${receiver.url}/elsewhere` } : {})
      })
      await endpoints({ url: await url() })
      const job = await submitted()
      expect(job).toMatchObject({ status: 'completed', deliveries: { pending: 0, delivered: 0, failed: 1 } })
      const delivery = await deliveryOf(job)
      expect(delivery.status).toBe('exhausted')
      expect(delivery.attempts).toHaveLength(ATTEMPTS)
      for (const attempt of delivery.attempts)
        expect(attempt).toMatchObject({ error_kind: kind, status_code: statusCode })
      expect(at('/elsewhere')).toEqual([])
    }, 15_000)

  test('what an endpoint answers is kept to one kilobyte, without the secret it was sent', async () => {
    const token = 'token-that-must-not-be-seen'
    await api.put('/config/workspaces/default/webhook-credential', { auth_type: 'bearer', token })
    receiver.replyWith(({ headers }) =>
      status(200, `${headers.get('authorization')} ${'x'.repeat(3_000_000)}`),
    )
    await endpoints({ url: `${receiver.url}/large` })
    const { status: ended, attempts } = await deliveryOf(await submitted())
    await api.delete('/config/workspaces/default/webhook-credential')
    expect(ended).toBe('delivered')
    expect(attempts[0]!.response_excerpt!.length).toBeWithin(500, 1025)
    expect(attempts[0]!.response_excerpt).not.toContain(token)
  })
})

test('a delivery that is given up can be sent again by hand', async () => {
  receiver.replyWith(() => status(500))
  await endpoints({ url: `${receiver.url}/given-up`, secret: SECRET })
  const job = await submitted()
  const [run] = await api.runs(job.job_id)
  expect(run!.webhook_status).toBe('exhausted')
  const logs = await api.logs(job.job_id)
  expect(logs.map(({ message }) => message)).toContain(
    `Delivery given up after ${ATTEMPTS} attempts: http_5xx`,
  )
  receiver.replyWith(() => status(204))
  await api.post(`/algorithm-runs/${run!.algorithm_run_id}/redeliver-webhook`)
  expect((await api.settled(job.job_id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
  const delivery = await deliveryOf(job)
  expect(delivery).toMatchObject({ status: 'delivered' })
  expect(delivery.attempts).toHaveLength(ATTEMPTS + 1)
  const hooks = at('/given-up')
  expect(new Set(hooks.map(({ headers }) => headers.get('webhook-id'))).size).toBe(1)
  expect(new Set(hooks.map(({ bytes }) => bytes.toString())).size).toBe(1)
})

describe('an endpoint that is taken out of the configuration', () => {
  test('gets nothing more, and what it missed can go to the one that came after it', async () => {
    receiver.replyWith(({ path }) => status(path === '/moved-out' ? 503 : 204))
    await endpoints({ url: `${receiver.url}/moved-out` })
    const id = await api.submit(sampleCall())
    await api.jobWhen(id, async () => (await api.deliveries(id))[0]?.status === 'retrying')
    await endpoints({ url: `${receiver.url}/moved-in` })
    const tried = at('/moved-out').length
    const job = await api.settled(id)
    expect(job.deliveries).toEqual({ pending: 0, delivered: 0, failed: 1 })
    expect((await api.logs(id)).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('taken out of the configuration'),
    )
    await api.post(`/jobs/${id}/retry`, { mode: 'redeliver' })
    await receiver.until(1, ({ path }) => path === '/moved-in')
    expect(at('/moved-in')[0]!.bytes.equals(at('/moved-out')[0]!.bytes)).toBeTrue()
    expect(at('/moved-out').length).toBeLessThanOrEqual(tried + 1)
  })

  test('or switched off gets nothing more either', async () => {
    receiver.replyWith(() => status(503))
    await endpoints({ url: `${receiver.url}/switched-off` })
    const id = await api.submit(sampleCall())
    await api.jobWhen(id, async () => (await api.deliveries(id))[0]?.status === 'retrying')
    await endpoints({ url: `${receiver.url}/switched-off`, enabled: false })
    expect((await api.settled(id)).deliveries).toEqual({ pending: 0, delivered: 0, failed: 1 })
    expect((await api.logs(id)).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('switched off in the configuration'),
    )
  })
})

test('a delivery that waits for its next attempt is sent at once when it is asked for', async () => {
  const { api, stop } = await startAppliance({ fixtures: ['good/words'], webhook_retries: [3600] })
  await api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: [{ url: `${receiver.url}/asked-for` }] },
  })
  receiver.replyWith(() => status(503))
  const id = await api.submit(sampleCall())
  await api.jobWhen(id, async () => (await api.deliveries(id))[0]?.status === 'retrying')
  receiver.replyWith(() => status(204))
  await api.post(`/jobs/${id}/retry`, { mode: 'redeliver' })
  expect((await api.settled(id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
  expect(at('/asked-for')).toHaveLength(2)
  await stop()
})

interface Listed {
  endpoint_id: string
  url: string
  state: string
  disabled_reason: string | null
  consecutive_failures: number
}

const endpointAt = async (path: string, from = api) =>
  (await from.get<{ endpoints: Listed[] }>('/webhooks/endpoints')).endpoints.find(({ url }) =>
    url.endsWith(path),
  )!

test('410 disables an endpoint at once, and enabling it brings back what it missed', async () => {
  receiver.replyWith(() => status(410))
  await endpoints({ url: `${receiver.url}/gone` })
  const first = await submitted()
  expect(at('/gone')).toHaveLength(1)
  expect(await deliveryOf(first)).toMatchObject({ status: 'exhausted', attempts: [{ status_code: 410 }] })
  const second = await submitted()
  expect(second.deliveries).toEqual({ pending: 0, delivered: 0, failed: 1 })
  expect(at('/gone')).toHaveLength(1)
  const disabled = await endpointAt('/gone')
  expect(disabled).toMatchObject({ state: 'disabled', disabled_reason: expect.stringContaining('410') })
  expect((await api.logs(first.job_id)).map(({ message }) => message)).toContainEqual(
    expect.stringContaining('The endpoint was disabled'),
  )

  receiver.replyWith(() => status(204))
  const enabled = await api.post(`/webhooks/endpoints/${disabled.endpoint_id}/enable`, { redeliver: true })
  expect(enabled).toMatchObject({ state: 'active', disabled_reason: null, redelivered: 2 })
  for (const { job_id } of [first, second])
    expect((await api.settled(job_id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
})

test('five days of nothing but failures disable an endpoint', async () => {
  const DAY = 86_400_000
  let now = Date.now()
  const { api } = await startAppliance({
    fixtures: ['good/words'],
    clock: () => now,
    webhook_retries: Array(7).fill(86_400),
  })
  await api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: [{ url: `${receiver.url}/five-days` }] },
  })
  receiver.replyWith(() => status(500))
  const id = await api.submit(sampleCall())
  await receiver.until(1, ({ path }) => path === '/five-days')
  await api.jobWhen(id, async () => (await api.deliveries(id))[0]!.attempts.length === 1)
  for (let day = 1; day <= 6 && (await endpointAt('/five-days', api)).state !== 'disabled'; day++) {
    now += 1.2 * DAY
    await api.ended(await api.submit(sampleCall({ analytics_only: true }))) // new work makes the worker look at the clock
    await receiver.until(day + 1, ({ path }) => path === '/five-days')
    await api.jobWhen(id, async () => (await api.deliveries(id))[0]!.attempts.length === day + 1)
  }
  expect(at('/five-days').length).toBe(6)
  const disabled = await endpointAt('/five-days', api)
  expect(disabled).toMatchObject({ state: 'disabled', disabled_reason: expect.stringContaining('5 days') })
  expect((await api.job(id)).deliveries).toEqual({ pending: 0, delivered: 0, failed: 1 })
  expect((await api.logs(id)).map(({ message }) => message)).toContainEqual(expect.stringContaining('5 days'))

  receiver.replyWith(() => status(204))
  await api.post(`/webhooks/endpoints/${disabled.endpoint_id}/enable`, { redeliver: true })
  expect((await api.settled(id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
  expect(await endpointAt('/five-days', api)).toMatchObject({ state: 'active', consecutive_failures: 0 })
})

test('what was to be tried later is tried by the next process, under the same id', async () => {
  const data = makeDataFolder(['good/words'])
  receiver.replyWith(() => status(503))
  const first = await startAppliance({ data, webhook_retries: [1, 1, 1] })
  await first.api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: [{ url: `${receiver.url}/restarted` }] },
  })
  const id = await first.api.submit(sampleCall())
  await first.api.jobWhen(id, async () => (await first.api.deliveries(id))[0]?.status === 'retrying')
  await first.stop()
  receiver.replyWith(() => status(204))
  const second = await startAppliance({ data })
  expect((await second.api.settled(id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
  const hooks = at('/restarted')
  expect(new Set(hooks.map(({ headers }) => headers.get('webhook-id'))).size).toBe(1)
  expect(new Set(hooks.map(({ bytes }) => bytes.toString())).size).toBe(1)
  await second.stop()
})

describe('a clock that jumps', () => {
  const DAY = 86_400_000
  for (const [way, by] of [
    ['back', -3 * DAY],
    ['on', 3 * DAY],
  ] as const)
    test(`three days ${way} keeps no retry waiting and makes no storm`, async () => {
      let now = Date.now()
      const path = `/clock-${way}`
      const { api, stop } = await startAppliance({
        fixtures: ['good/words'],
        clock: () => now,
        webhook_retries: [0.3, 0.3, 0.3, 0.3],
      })
      await api.put('/config/workspaces/default', {
        processing: { algorithms: ['words'] },
        webhooks: { endpoints: [{ url: receiver.url + path }] },
      })
      receiver.replyWith(() => status(at(path).length < 3 ? 503 : 204))
      const ticking = setInterval(() => {
        now += 20
      }, 20)
      const id = await api.submit(sampleCall())
      await receiver.until(1, (one) => one.path === path)
      now += by
      const job = await api.settled(id)
      clearInterval(ticking)
      expect(job.deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
      expect(at(path)).toHaveLength(3)
      await stop()
    })
})

test('waits are spread, so that what failed together does not come back together', async () => {
  await endpoints({ url: `${receiver.url}/spread` })
  receiver.replyWith(() => status(500))
  const ids = await Promise.all(Array.from({ length: 12 }, () => api.submit(sampleCall())))
  await Promise.all(ids.map((id) => api.settled(id)))
  const waits: number[] = []
  for (const id of ids) {
    const hooks = at('/spread').filter((hook) => payloadOf(hook).call.job_id === id)
    waits.push(hooks[3]!.at - hooks[2]!.at)
  }
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(RETRIES[2]! * 900 - 2)
  expect(new Set(waits).size).toBeGreaterThan(3)
})

describe('a dead endpoint delays nobody', () => {
  const JOBS = 20
  const deliverAll = async (path: string) => {
    const began = Date.now()
    const ids = await Promise.all(Array.from({ length: JOBS }, () => api.submit(sampleCall())))
    await receiver.until(JOBS, (one) => one.path === path && ids.includes(payloadOf(one).call.job_id))
    return Date.now() - began
  }

  test('neither one that hangs nor one that refuses', async () => {
    await endpoints({ url: `${receiver.url}/alone` })
    const alone = await deliverAll('/alone')
    receiver.replyWith(async ({ path }) => {
      if (path === '/hanging') await Bun.sleep(1000)
      return status(204)
    })
    await endpoints({ url: `${receiver.url}/hanging` }, { url: `${receiver.url}/good` }, { url: closedUrl() })
    expect(await deliverAll('/good')).toBeLessThan(alone * 5 + 1000)
    await endpoints()
  })

  test('and a job does not wait for it', async () => {
    const answer = Promise.withResolvers<void>()
    receiver.replyWith(() => answer.promise.then(() => status(204)))
    await endpoints({ url: `${receiver.url}/waits` })
    const job = await api.ended(await api.submit(sampleCall()))
    expect(job).toMatchObject({ status: 'completed', deliveries: { pending: 1 } })
    answer.resolve()
    await api.settled(job.job_id)
    await endpoints()
  })
})

test('a test of an endpoint tells what came back', async () => {
  await endpoints({ url: `${receiver.url}/tested`, secret: SECRET })
  const { endpoint_id } = await endpointAt('/tested')
  expect(await api.post('/webhooks/test', { endpoint_id })).toMatchObject({
    delivered: true,
    status_code: 204,
  })
  expect(readTimedSignature(at('/tested')[0]!, SECRET)?.isRight).toBeTrue()
  expect(await api.post('/webhooks/test', { url: closedUrl() })).toMatchObject({
    delivered: false,
    status_code: null,
    error_kind: 'refused',
  })
})
