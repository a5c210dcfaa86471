import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import type { Job } from '../../support/api.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Page {
  jobs: Job[]
  next_cursor: string | null
  total: number
  total_is_exact: boolean
}

const DAY = 86_400_000
const start = Date.UTC(2026, 2, 10, 12)
let now = start

let appliance: TestAppliance
let call: Caller
/** Ids of finished jobs, by their source call id. */
const ids: Record<string, number> = {}

/** Five in the default workspace, one day after another, and one in each of the others. */
beforeAll(async () => {
  appliance = await startAppliance({ clock: () => now })
  call = await callerOf(appliance.url, await makeTenants(appliance))
  const places: [string, keyof Tokens][] = [
    ['a', 'workspace'],
    ['b', 'workspace'],
    ['c', 'sibling'],
    ['d', 'workspace'],
    ['e', 'stranger'],
    ['f', 'workspace'],
    ['g', 'workspace'],
  ]
  for (const [name, as] of places) {
    ids[name] = await submit(name, as)
    now += DAY
  }
})
afterAll(stopAppliances)

async function submit(name: string, as: keyof Tokens, fields: object = {}): Promise<number> {
  const body = {
    transcript: `Agent: Hello\nCustomer: I am call ${name}`,
    source_call_id: name,
    source_company_id: name === 'b' ? 'acme' : undefined,
    algorithm_ids: [name === 'd' ? 'summary_v1' : 'key_phrases_v1'],
    duration_seconds: name === 'f' ? 10 : 60,
    ...fields,
  }
  const { body: job } = await call({ method: 'POST', path: '/calls/transcript', as, body })
  await appliance.api.ended(job.job_id)
  return job.job_id
}

const list = (query: string, as: keyof Tokens = 'workspace') =>
  call<Page>({ method: 'GET', path: `/jobs${query}`, as })
const namesOf = ({ body }: { body: Page }) => body.jobs.map(({ source_call_id }) => source_call_id).join('')

describe('the list', () => {
  test.each<[string, string, keyof Tokens, string]>([
    ['is newest first', '', 'workspace', 'gfdba'],
    ['of a sibling has its own', '', 'sibling', 'c'],
    ['of an organization has all its workspaces', '', 'organization', 'gfdcba'],
    ['of a partner too', '', 'partner', 'gfdcba'],
    ['of the platform has everything', '', 'platform', 'gfedcba'],
    ['of one workspace, by slug', '?workspace_id=elsewhere', 'platform', 'e'],
    ['of the own workspace', '?workspace_id=default', 'workspace', 'gfdba'],
    ['by status', '?status=skipped', 'workspace', 'f'],
    ['by status that no job has', '?status=queued', 'workspace', ''],
    ['since a span', '?since=3d', 'workspace', 'gf'],
    ['since a longer span', '?since=1w', 'workspace', 'gfdba'],
    ['since a time, inclusive', '?since=2026-03-13T12:00:00Z', 'workspace', 'gfd'],
    ['since a time with an unescaped offset', '?since=2026-03-13T13:00:00+01:00', 'workspace', 'gfd'],
    ['since a time with microseconds and no zone', '?since=2026-03-13T12:00:00.000001', 'workspace', 'gfd'],
    ['since a day', '?since=2026-03-14', 'workspace', 'gf'],
    ['until a time, exclusive', '?until=2026-03-13T12:00:00Z', 'workspace', 'ba'],
    ['between two times', '?since=2026-03-11&until=2026-03-14', 'workspace', 'db'],
    ['between two times the wrong way round', '?since=2026-03-14&until=2026-03-11', 'workspace', ''],
    ['in the future', '?since=2027-01-01', 'workspace', ''],
    ['by status and time', '?status=completed&since=2026-03-13', 'workspace', 'gd'],
    ['by source call', '?source_call_id=d', 'workspace', 'd'],
    ['by a source call of others', '?source_call_id=c', 'workspace', ''],
    ['by company', '?source_company_id=acme', 'workspace', 'b'],
    ['by algorithm', '?algorithm_id=summary_v1', 'workspace', 'd'],
    ['by a parent without children', '?parent_job_id=1', 'workspace', ''],
    ['with a parameter that means nothing', '?colour=red', 'workspace', 'gfdba'],
  ])('%s', async (_name, query, as, names) => {
    const page = await list(query, as)
    expect({
      status: page.status,
      names: namesOf(page),
      total: page.body.total,
      exact: page.body.total_is_exact,
    }).toEqual({
      status: 200,
      names,
      total: names.length,
      exact: true,
    })
  })

  test('goes page by page, whatever arrives meanwhile', async () => {
    const first = await list('?limit=2', 'organization')
    ids.h = await submit('h', 'sibling')
    const second = await list(`?limit=2&cursor=${first.body.next_cursor}`, 'organization')
    const third = await list(`?limit=2&cursor=${second.body.next_cursor}`, 'organization')
    expect([first, second, third].map(namesOf)).toEqual(['gf', 'dc', 'ba'])
    expect(third.body.next_cursor).toBeNull()
    expect(second.body.total).toBe(7)
  })

  const refused = (name: string, path: string, field: string) => ({
    name,
    method: 'GET',
    path,
    status: 422,
    errors: { [field]: /./ },
  })
  play(
    () => call,
    [
      refused('has no limit 0', '/jobs?limit=0', 'limit'),
      refused('has no limit 101', '/jobs?limit=101', 'limit'),
      refused('has no limit in words', '/jobs?limit=many', 'limit'),
      refused('has one limit', '/jobs?limit=1&limit=2', 'limit'),
      refused('knows the statuses', '/jobs?status=done', 'status'),
      refused('knows times', '/jobs?since=yesterday', 'since'),
      refused('knows real days', '/jobs?until=2026-02-31', 'until'),
      refused('knows its units', '/jobs?since=30y', 'since'),
      refused('knows its cursors', '/jobs?cursor=made-up', 'cursor'),
      refused('knows ids', '/jobs?parent_job_id=1.5', 'parent_job_id'),
      {
        name: 'of another workspace is forbidden',
        method: 'GET',
        path: '/jobs?workspace_id=second',
        status: 403,
      },
      { name: 'of no workspace is not there', method: 'GET', path: '/jobs?workspace_id=nope', status: 404 },
    ],
  )

  test('takes a cursor only with the filter it was made for', async () => {
    const { body } = await list('?limit=1&status=completed')
    expect((await list(`?limit=1&status=completed&cursor=${body.next_cursor}`)).status).toBe(200)
    expect((await list(`?limit=1&cursor=${body.next_cursor}`)).status).toBe(422)
    expect((await list(`?limit=1&status=completed&cursor=${body.next_cursor}`, 'sibling')).status).toBe(422)
  })

  test('counts what is cheap to count and says where it stopped', async () => {
    await appliance.app.db.tx(async (tx) => {
      await tx.run(sql`
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
        INSERT INTO jobs (uuid, workspace_id, call_id, status, source, analytics_only, created_at, updated_at)
        SELECT printf('00000000-0000-4000-8000-%012d', i), 2, ${ids.c}, 'queued', 'transcript', 0, ${now}, ${now} FROM n`)
    })
    const { body } = await list('?status=queued&limit=1', 'sibling')
    expect([body.total, body.total_is_exact]).toEqual([10_000, false])
  })
})

describe('one job', () => {
  const at = (path: string, as: keyof Tokens = 'workspace') => ({ method: 'GET', path, as })
  for (const part of ['', '/logs', '/runs', '/transcript', '/deliveries']) {
    test(`is found by number and UUID: /jobs/{id}${part}`, async () => {
      const { uuid } = await appliance.api.job(ids.a!)
      const byNumber = await call(at(`/jobs/${ids.a}${part}`))
      const byUuid = await call(at(`/jobs/${uuid.toUpperCase()}${part}`))
      expect(byNumber.status).toBe(200)
      expect(byUuid.body).toEqual(byNumber.body)
    })

    test(`of others is forbidden, one that is not there is not found: /jobs/{id}${part}`, async () => {
      const statuses = await Promise.all(
        [
          at(`/jobs/${ids.a}${part}`, 'sibling'),
          at(`/jobs/${ids.a}${part}`, 'stranger'),
          at(`/jobs/${ids.e}${part}`, 'partner'),
          at(`/jobs/${ids.c}${part}`, 'organization'),
          at(`/jobs/999999999${part}`),
          at(`/jobs/01a200ec-af21-71d1-93c9-8b443c261778${part}`),
          ...['0', '01', '-1', '1.0', '1e3', 'abc', '99999999999999999999', '%00', '..%2f1', "1'--"].map(
            (id) => at(`/jobs/${id}${part}`),
          ),
        ].map(async (request) => (await call(request)).status),
      )
      expect(statuses.slice(0, 4)).toEqual([403, 403, 403, 200])
      expect(new Set(statuses.slice(4))).toEqual(new Set([404]))
    })
  }

  test('tells what happened, line by line and page by page', async () => {
    const { body } = await call<{ logs: { stage: string; level: string }[]; next_cursor: string }>(
      at(`/jobs/${ids.a}/logs?limit=2`),
    )
    expect(body.logs[0]).toMatchObject({
      stage: 'queued',
      level: 'info',
      message: expect.any(String),
      data: null,
    })
    const rest = await call<{ logs: unknown[] }>(at(`/jobs/${ids.a}/logs?cursor=${body.next_cursor}`))
    expect(rest.body.logs.length).toBeGreaterThan(0)
    expect(rest.body.logs).not.toContainEqual(body.logs[0])
    expect((await call(at(`/jobs/${ids.b}/logs?cursor=${body.next_cursor}`))).status).toBe(422)
  })

  test('that was too short says so with both numbers', async () => {
    const job = await appliance.api.job(ids.f!)
    expect(job).toMatchObject({ status: 'skipped', skip_reason: expect.stringMatching(/10.*30|30.*10/) })
  })

  test('has its results', async () => {
    const [run, ...others] = await appliance.api.runs(ids.a!)
    expect(others).toHaveLength(0)
    expect(run).toMatchObject({
      algorithm_id: 'key_phrases_v1',
      status: 'completed',
      error: null,
      webhook_status: 'none',
    })
    expect(run!.result).toHaveProperty('phrases')
  })

  test.each([
    ['text', 'text/plain', 'Agent: Hello\nCustomer: I am call a'],
    ['srt', 'application/x-subrip', '1\n00:00:00,000 --> 00:00:03,000\nAgent: Hello\n'],
    ['vtt', 'text/vtt', 'WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nAgent: Hello\n'],
  ])('has its transcript as %s', async (format, type, beginning) => {
    const { status, headers, body } = await call(at(`/jobs/${ids.a}/transcript?format=${format}`))
    expect(status).toBe(200)
    expect(headers.get('content-type')).toStartWith(type)
    expect(body as unknown as string).toStartWith(beginning)
  })

  play(
    () => call,
    [
      {
        name: 'has no transcript in another format',
        ...at('/jobs/1/transcript?format=pdf'),
        status: 422,
        errors: { format: /./ },
      },
      { name: 'of a transcript has no recording', ...at('/jobs/1/recording'), status: 404 },
    ],
  )
})

describe('lookup', () => {
  const lookup = (query: string, as: keyof Tokens = 'workspace') => ({
    method: 'GET',
    path: `/jobs/lookup${query}`,
    as,
  })
  play(
    () => call,
    [
      {
        name: 'finds the bare job',
        ...lookup('?source_call_id=a'),
        status: 200,
        answer: { source_call_id: 'a', job_id: 1 },
      },
      { name: 'needs the company where there is one', ...lookup('?source_call_id=b'), status: 404 },
      { name: 'finds it by both', ...lookup('?source_call_id=b&source_company_id=acme'), status: 200 },
      { name: 'sees nothing of others', ...lookup('?source_call_id=c'), status: 404 },
      { name: 'sees what is below', ...lookup('?source_call_id=c', 'organization'), status: 200 },
      {
        name: 'may be narrowed',
        ...lookup('?source_call_id=c&workspace_id=default', 'organization'),
        status: 404,
      },
      { name: 'needs the id', ...lookup(''), status: 422, errors: { source_call_id: 'Required' } },
      {
        name: 'needs an id that is not empty',
        ...lookup('?source_call_id='),
        status: 422,
        errors: { source_call_id: /./ },
      },
    ],
  )
})
