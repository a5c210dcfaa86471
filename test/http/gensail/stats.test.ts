import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { foldTallies } from '../../../src/scheduler.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Receiver, startReceiver } from '../../support/receiver.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

const DAY = 86_400_000
const begun = Date.now()
/** Clocks in New York go forward in the night before the third day. */
const FIRST = Date.UTC(2026, 2, 6, 12)
let shift = FIRST - begun

let appliance: TestAppliance
let receiver: Receiver
let call: Caller
const ids: Record<string, number> = {}

const runs = { algorithm_ids: ['sentiment_v1', 'summary_v1'] }
const submit = (body: object) => appliance.api.submit(sampleCall({ ...runs, ...body }))

/** Six calls on four days, a child and a second round, in three workspaces. */
beforeAll(async () => {
  receiver = startReceiver()
  appliance = await startAppliance({ clock: () => Date.now() + shift })
  call = await callerOf(appliance.url, await makeTenants(appliance))
  const { api } = appliance
  await api.configure({ webhooks: { endpoints: [{ url: receiver.url }] } })
  ids.first = await submit({ duration_seconds: 60, source_company_id: 'north' })
  ids.short = await submit({ duration_seconds: 12.5 })
  await Promise.all(Object.values(ids).map((id) => api.settled(id)))
  shift += DAY
  ids.second = await submit({ duration_seconds: 90, source_company_id: 'south', algorithm_ids: ['pii_v1'] })
  ids.elsewhere = await submit({ duration_seconds: 100, workspace_id: 'elsewhere' })
  await Promise.all(Object.values(ids).map((id) => api.settled(id)))
  await foldTallies(appliance.app)
  // Four in the morning in London, still the evening before in New York.
  shift += 2 * DAY - 8.5 * 3_600_000
  ids.third = await submit({ duration_seconds: 2000, workspace_id: 'second' })
  ids.child = (
    await api.post<{ job_id: number }>(`/jobs/${ids.first}/run-algorithms`, {
      algorithm_ids: ['key_phrases_v1'],
      analytics_only: true,
    })
  ).job_id
  await api.post(`/jobs/${ids.second}/retry`, { mode: 'rerun' })
  await Promise.all(Object.values(ids).map((id) => api.settled(id)))
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

interface Stats {
  total_jobs: number
  child_jobs: number
  by_status: Record<string, number>
  average_processing_ms: number | null
}
interface Days {
  days: Record<string, unknown>[]
  change: Record<string, unknown>
}

const stats = async <T = Stats>(path: string, as: keyof Tokens = 'organization'): Promise<T> => {
  const { status, body } = await call<T>({ method: 'GET', path: `/stats${path}`, as })
  expect(status).toBe(200)
  return body as T
}

describe('the sums', () => {
  test('are of all that the token sees, of every round, and calls count once', async () => {
    expect(await stats('')).toEqual({
      total_jobs: 5,
      child_jobs: 1,
      by_status: {
        queued: 0,
        transcribing: 0,
        analyzing: 0,
        publishing: 0,
        completed: 4,
        partial: 0,
        failed: 0,
        skipped: 1,
        cancelled: 0,
      },
      total_duration_seconds: 2162.5,
      average_duration_seconds: 540.625,
      average_processing_ms: expect.any(Number),
      algorithm_runs: { completed: 7, failed: 0 },
      deliveries: { delivered: 4, pending: 0, exhausted: 0 },
    } as never)
  })

  test.each<[keyof Tokens, string, number]>([
    ['platform', '', 6],
    ['partner', '', 5],
    ['workspace', '', 4],
    ['sibling', '', 1],
    ['stranger', '', 1],
    ['platform', '?workspace_id=elsewhere', 1],
    ['platform', '?organization_id=elsewhere', 1],
    ['platform', '?organization_id=elsewhere&workspace_id=default', 0],
    ['workspace', '?organization_id=default', 4],
    ['organization', '?status=skipped', 1],
    ['organization', '?source_company_id=north', 2],
    ['organization', '?algorithm_id=key_phrases_v1', 1],
    ['organization', '?algorithm_id=summary_v1&source_company_id=north', 1],
    ['organization', '?since=1d', 2],
    ['organization', '?until=2026-03-07', 2],
    ['organization', '?since=2026-03-07&until=2026-03-08', 1],
    ['organization', '?since=2026-03-07T12:00&until=2026-03-07T13:00', 1],
    ['organization', '?since=2026-03-07T17:45&until=2026-03-07T18:00&time_zone=Asia/Kathmandu', 1],
    ['organization', '?since=2026-03-07T07:00-05:00&until=2026-03-07T13:00+01:00', 0],
    ['organization', '?since=2026-03-07T07:00-05:00&until=2026-03-07T14:00 01:00', 1],
  ])('of a %s token, stats%s', async (as, query, total) => {
    const { total_jobs, by_status } = await stats(query, as)
    expect(total_jobs).toBe(total)
    expect(Object.values(by_status).reduce((sum, count) => sum + count, 0)).toBe(total)
    if (query.includes('organization_id') || query.includes('time_zone')) return
    const list = await call<{ total: number }>({ method: 'GET', path: `/jobs${query || '?'}&limit=1`, as })
    expect(list.body.total).toBe(total)
  })

  test('say nothing of nothing', async () => {
    expect(await stats('?until=2020-01-01')).toMatchObject({
      total_jobs: 0,
      average_processing_ms: null,
      average_duration_seconds: null,
    } as never)
  })
})

describe('day by day', () => {
  const day = (
    date: string,
    total: number,
    completed: number,
    skipped: number,
    duration_seconds: number,
  ) => ({
    date,
    total,
    completed,
    partial: 0,
    failed: 0,
    skipped,
    duration_seconds,
  })

  test('the days of the zone, those without jobs too', async () => {
    expect((await stats<Days>('/daily?since=2026-03-06')).days).toEqual([
      day('2026-03-06', 2, 1, 1, 72.5),
      day('2026-03-07', 1, 1, 0, 90),
      day('2026-03-08', 0, 0, 0, 0),
      day('2026-03-09', 2, 2, 0, 2000),
    ])
    const { days } = await stats<Days>('/daily?since=2026-03-06&time_zone=America/New_York')
    expect(days).toEqual([
      day('2026-03-06', 2, 1, 1, 72.5),
      day('2026-03-07', 1, 1, 0, 90),
      day('2026-03-08', 2, 2, 0, 2000),
    ])
  })

  test('thirty of them, and today is the last', async () => {
    const { days } = await stats<Days>('/daily')
    expect([days.length, days[0]!.date, days.at(-1)!.date]).toEqual([30, '2026-02-08', '2026-03-09'])
  })

  test('a day that is cut is told as cut', async () => {
    expect((await stats<Days>('/daily?since=2026-03-06T13:00&until=2026-03-07T11:00')).days).toEqual([
      day('2026-03-06', 0, 0, 0, 0),
      day('2026-03-07', 0, 0, 0, 0),
    ])
  })
})

test('lengths stand in their bucket, children in none', async () => {
  const found = await stats<{
    buckets: { from_seconds: number; to_seconds: number | null; count: number }[]
  }>('/duration-distribution')
  expect(found as object).toEqual({
    buckets: [
      { from_seconds: 0, to_seconds: 30, count: 1 },
      { from_seconds: 30, to_seconds: 60, count: 0 },
      { from_seconds: 60, to_seconds: 120, count: 2 },
      { from_seconds: 120, to_seconds: 300, count: 0 },
      { from_seconds: 300, to_seconds: 600, count: 0 },
      { from_seconds: 600, to_seconds: 1800, count: 0 },
      { from_seconds: 1800, to_seconds: null, count: 1 },
    ],
    unknown_duration: 0,
  })
})

test('organizations stand by what they have done, each token sees its own', async () => {
  const own = {
    organization_id: expect.any(String),
    name: 'Default organization',
    total: 5,
    completed: 4,
    failed: 0,
    duration_seconds: 2162.5,
  }
  const other = { ...own, name: 'Elsewhere', total: 1, completed: 1, duration_seconds: 100 }
  expect(await stats<object>('/by-organization', 'platform')).toEqual({ organizations: [own, other] })
  expect(await stats<object>('/by-organization', 'partner')).toEqual({ organizations: [own] })
  expect(await stats<object>('/by-organization', 'sibling')).toEqual({
    organizations: [{ ...own, total: 1, completed: 1, duration_seconds: 2000 }],
  })
})

test('trends average seven days and compare with the time before', async () => {
  const { days, change } = await stats<Days>('/trends?since=2026-03-07&until=2026-03-08')
  expect(days).toEqual([
    {
      date: '2026-03-07',
      calls: 1,
      duration_seconds: 90,
      average_duration_seconds: 90,
      calls_7d_average: 0.429,
    },
  ])
  expect(change).toEqual({ calls_percent: -50, duration_percent: 24.138 })
  const later = await stats<Days>('/trends?since=2026-03-09')
  expect(later.days).toMatchObject([{ date: '2026-03-09', calls: 1, calls_7d_average: 0.571 }])
  expect(later.change).toEqual({ calls_percent: null, duration_percent: null })
})

const paths = ['', '/daily', '/duration-distribution', '/by-organization', '/trends']

describe.each(paths)('stats%s refuses', (path) => {
  const refused = (name: string, query: string, field: string, message = /./) => ({
    name,
    method: 'GET',
    path: `/stats${path}?${query}`,
    status: 422,
    errors: { [field]: message },
  })
  const answers = (name: string, query: string, status: number, as: keyof Tokens | null = 'workspace') => ({
    name,
    method: 'GET',
    path: `/stats${path}?${query}`,
    status,
    as,
  })
  play(
    () => call,
    [
      refused('times that are none', 'since=yesterday', 'since'),
      refused('an end before the beginning', 'since=2026-03-07&until=2026-03-06', 'until'),
      refused('zones that are none', 'time_zone=Mars/Olympus', 'time_zone'),
      refused('states that are none', 'status=done', 'status'),
      answers('what is outside the token: workspace', 'workspace_id=second', 403),
      answers('what is outside the token: organization', 'organization_id=elsewhere', 403),
      answers('a workspace that is not there', 'workspace_id=nope', 404),
      answers('an organization that is not there', 'organization_id=nope', 404),
      answers('nobody, without a token', '', 401, null),
    ],
  )
})

test('a hundred years are too many days', async () => {
  const { status, body } = await call({ method: 'GET', path: '/stats/daily?since=1926-01-01' })
  expect([status, body.errors?.[0]?.field]).toEqual([422, 'since'])
})
