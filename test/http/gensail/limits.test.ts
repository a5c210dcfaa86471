import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance, tokenFor } from '../../support/appliance.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants } from '../../support/tenants.ts'
import { makeWav, tone } from '../../support/wav.ts'

afterAll(stopAppliances)

describe('requests per minute', () => {
  let appliance: TestAppliance
  beforeAll(async () => {
    appliance = await startAppliance({ rate_limits: true })
  })

  const get = (token: string | undefined, path = '/jobs', headers = {}) =>
    fetch(`${appliance.url}/api/v1${path}`, {
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    })
  const limitsOf = ({ status, headers }: Response) => ({
    status,
    limit: headers.get('x-ratelimit-limit'),
    remaining: headers.get('x-ratelimit-remaining'),
  })

  for (const [scope, limit] of [
    ['workspace', 50],
    ['organization', 120],
    ['partner', 500],
  ] as const)
    test(`are ${limit} for a ${scope}`, async () => {
      const token = await tokenFor(appliance, { scope })
      const first = await get(token)
      expect(limitsOf(first)).toEqual({ status: 200, limit: `${limit}`, remaining: `${limit - 1}` })
      const reset = Number(first.headers.get('x-ratelimit-reset'))
      expect(reset - Date.now() / 1000).toBeWithin(55, 62)
      for (let count = 1; count < limit; count++) await get(token, '/algorithms/none')
      const last = await get(token)
      expect(limitsOf(last)).toEqual({ status: 429, limit: `${limit}`, remaining: '0' })
      expect(Number(last.headers.get('retry-after'))).toBeWithin(1, 61)
      expect(await last.json()).toMatchObject({ detail: expect.stringContaining(`${limit} per minute`) })
    })

  test('are counted for each token, on every answer, unknown paths included', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => tokenFor(appliance, { scope: 'workspace' })))
    await get(one)
    expect(limitsOf(await get(one, '/no/such/path'))).toEqual({ status: 404, limit: '50', remaining: '48' })
    expect(limitsOf(await get(other))).toMatchObject({ remaining: '49' })
  })

  test('may be set for a token, also to any number', async () => {
    const strict = await tokenFor(appliance, { scope: 'workspace', rateLimit: 2 })
    const statuses = []
    for (let count = 0; count < 3; count++) statuses.push((await get(strict)).status)
    expect(statuses).toEqual([200, 200, 429])
    const free = await tokenFor(appliance, { scope: 'workspace', rateLimit: 0 })
    for (let count = 0; count < 60; count++) expect((await get(free)).status).toBe(200)
    expect((await get(free)).headers.has('x-ratelimit-limit')).toBe(false)
  })

  test('are any number for the platform', async () => {
    for (let count = 0; count < 130; count++) expect((await get(appliance.token)).status).toBe(200)
    expect((await get(appliance.token)).headers.has('x-ratelimit-limit')).toBe(false)
  })

  test('without a good token shut an address out, but not the good tokens it has', async () => {
    const good = await tokenFor(appliance, { scope: 'workspace', rateLimit: 0 })
    await get(good)
    const statuses = []
    for (let count = 0; count < 61; count++) statuses.push((await get(`esk_guess_${count}`)).status)
    expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true)
    expect(statuses[60]).toBe(429)
    const shut = await get(undefined)
    expect(limitsOf(shut)).toEqual({ status: 429, limit: '60', remaining: '0' })
    expect(Number(shut.headers.get('retry-after'))).toBeWithin(1, 61)
    expect((await get(good)).status).toBe(200)
    expect((await fetch(`${appliance.url}/health`)).status).toBe(200)
  })
})

test('limits are switched off all at once', async () => {
  const appliance = await startAppliance({ rate_limits: false })
  const token = await tokenFor(appliance, { scope: 'workspace' })
  for (let count = 0; count < 70; count++) {
    const headers = { 'x-api-key': count % 2 ? token : 'esk_wrong' }
    const answer = await fetch(`${appliance.url}/api/v1/jobs`, { headers })
    expect(answer.status).toBe(count % 2 ? 200 : 401)
    expect(answer.headers.has('x-ratelimit-limit')).toBe(false)
  }
})

describe('quotas', () => {
  let now = Date.parse('2026-03-01T22:00:00Z')
  let appliance: TestAppliance
  let call: Caller
  beforeAll(async () => {
    appliance = await startAppliance({ clock: () => now })
    call = await callerOf(appliance.url, await makeTenants(appliance))
  })

  const limit = (limits: object, entity = 'workspaces/default') => appliance.api.configure({ limits }, entity)
  const submit = (fields: object = {}) =>
    call({
      method: 'POST',
      path: '/calls/transcript',
      body: {
        transcript: 'Agent: Hello',
        algorithm_ids: ['key_phrases_v1'],
        duration_seconds: 60,
        ...fields,
      },
    })
  const upload = (seconds: number) => {
    const form = new FormData()
    form.append('file', new File([new Uint8Array(makeWav([tone(440, 8000, seconds)]))], 'call.wav'))
    return call({ method: 'POST', path: '/calls/audio-file', body: form })
  }

  test('of jobs are for a day, and say when it ends', async () => {
    await submit()
    await limit({ jobs_per_day: 3 })
    const second = await submit({ source_call_id: 'second' })
    await submit()
    const refused = await submit()
    expect(refused.status).toBe(429)
    expect(refused.body.detail).toBe('The workspace has used its 3 jobs of today (UTC)')
    expect(refused.headers.get('retry-after')).toBe('7200')
    expect((await submit({ source_call_id: 'second' })).body.job_id).toBe(second.body.job_id)
    await appliance.api.ended(second.body.job_id)
    const child = await call({
      method: 'POST',
      path: `/jobs/${second.body.job_id}/run-algorithms`,
      body: { algorithm_ids: ['summary_v1'] },
    })
    expect(child.status).toBe(429)
    await appliance.api.delete(`/jobs/${second.body.job_id}`)
    expect((await submit()).status).toBe(429)
    now += 2 * 3_600_000
    expect((await submit()).status).toBe(202)
    await limit({ jobs_per_day: null })
  })

  test('cannot be loosened below the level that sets them', async () => {
    await limit({ jobs_per_day: 0 }, 'organizations/default')
    await limit({ jobs_per_day: 1000 })
    expect((await submit()).status).toBe(429)
    const { body } = await call<{ config: object; provenance: object }>({
      method: 'GET',
      path: '/config/workspaces/default/resolved',
    })
    expect(body).toMatchObject({
      config: { limits: { jobs_per_day: 0, stored_minutes: null } },
      provenance: { 'limits.jobs_per_day': 'organization', 'limits.stored_minutes': 'default' },
    })
    await limit({ jobs_per_day: null }, 'organizations/default')
    await limit({ jobs_per_day: null })
  })

  test('of the size of a recording are 413, and leave no file', async () => {
    await limit({ upload_bytes: 20_000 })
    const refused = await upload(2)
    expect(refused.status).toBe(413)
    expect(refused.body.detail).toMatch(/takes up to 20000$/)
    await limit({ upload_bytes: null })
  })

  test('of stored minutes stand until something is deleted', async () => {
    await limit({ stored_minutes: 0.05 })
    const first = await upload(3)
    expect(first.status).toBe(202)
    await appliance.api.ended(first.body.job_id)
    const refused = await upload(1)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toMatch(/keeps 0.1 of at most 0.05 minutes/)
    expect((await submit()).status).toBe(202)
    await appliance.api.delete(`/jobs/${first.body.job_id}`)
    const second = await upload(1)
    expect(second.status).toBe(202)
    await appliance.api.ended(second.body.job_id)
  })
})
