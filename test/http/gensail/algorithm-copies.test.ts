import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Run } from '../../support/api.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { payloadOf, startReceiver } from '../../support/receiver.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Algorithm {
  algorithm_id: string
  scope: string
  status: string
  successor: string | null
  copy_of: string | null
  revision: number
  used_by: { level: string; field: string }[]
}

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

type As = keyof Tokens

const copy = (of: string, body: object, as: As = 'workspace') =>
  call<Algorithm>({ method: 'POST', path: `/algorithms/${of}/copy`, body, as })
const deprecate = (id: string, body: object | undefined, as: As = 'workspace') =>
  call<Algorithm>({ method: 'POST', path: `/algorithms/${id}/deprecate`, body, as })
const restore = (id: string, as: As = 'workspace') =>
  call<Algorithm>({ method: 'POST', path: `/algorithms/${id}/restore`, as })
const read = (id: string, as: As = 'workspace') =>
  call<Algorithm>({ method: 'GET', path: `/algorithms/${id}`, as })
const list = async (query = '', as: As = 'workspace') => {
  const { body } = await call<{ algorithms: Algorithm[] }>({ method: 'GET', path: `/algorithms${query}`, as })
  return body.algorithms.map(({ algorithm_id }) => algorithm_id)
}
const submit = (algorithm_ids: string[] | undefined, as: As = 'workspace') =>
  call({ method: 'POST', path: '/calls/transcript', as, body: sampleCall({ algorithm_ids }) })
const configure = (processing: object, as: As = 'workspace', entity = 'workspaces/default', query = '') =>
  call({ method: 'PATCH', path: `/config/${entity}/processing${query}`, as, body: processing })

async function runsOf(algorithm_ids: string[] | undefined, as: As = 'workspace'): Promise<Run[]> {
  const { body } = await submit(algorithm_ids, as)
  await appliance.api.ended(body.job_id)
  return appliance.api.runs(body.job_id)
}

describe('a copy', () => {
  test('runs as its base, with an id, variables and a revision of its own', async () => {
    const { status, body } = await copy('competitor_mentions_v1', {
      algorithm_id: 'rivals',
      name: 'Rivals',
      variables: { competitors: [{ name: 'Brightsmile', aliases: [] }] },
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        algorithm_id: 'rivals',
        name: 'Rivals',
        scope: 'workspace',
        status: 'active',
        revision: 1,
        copy_of: 'competitor_mentions_v1',
      },
    })
    const [own, base] = await runsOf(['rivals', 'competitor_mentions_v1'])
    expect(own).toMatchObject({
      algorithm_id: 'rivals',
      status: 'completed',
      revision: 1,
      result: { total: 1 },
    })
    expect(own!.version).toBe(base!.version)
    expect(base).toMatchObject({ algorithm_id: 'competitor_mentions_v1', revision: 0, result: { total: 0 } })
  })

  test('begins with what was set for the original, and goes its own way', async () => {
    const change = (id: string, limit: number) =>
      call({
        method: 'PATCH',
        path: `/algorithms/${id}/variables`,
        as: 'sibling',
        body: { variables: { limit } },
      })
    const limitOf = async (id: string) =>
      (
        await call<{ variables: { limit: number } }>({
          method: 'GET',
          path: `/algorithms/${id}/variables`,
          as: 'sibling',
        })
      ).body.variables.limit
    await change('key_phrases_v1', 4)
    await copy('key_phrases_v1', { algorithm_id: 'phrases_2' }, 'sibling')
    await change('key_phrases_v1', 5)
    expect(await limitOf('phrases_2')).toBe(4)
    await copy('phrases_2', { algorithm_id: 'phrases_3' }, 'sibling')
    await change('phrases_3', 9)
    expect([await limitOf('phrases_2'), await limitOf('phrases_3')]).toEqual([4, 9])
    expect((await read('phrases_3', 'sibling')).body.copy_of).toBe('key_phrases_v1')
  })

  test("is seen and used within its scope, and by the owner's tenants only", async () => {
    await copy('summary_v1', { algorithm_id: 'partner_summary' }, 'partner')
    await copy('summary_v1', { algorithm_id: 'second_summary', scope: 'workspace', for: 'second' }, 'partner')
    await copy('summary_v1', { algorithm_id: 'world_summary' }, 'platform')
    await copy('summary_v1', { algorithm_id: 'org_summary', scope: 'organization' }, 'organization')
    const seenBy = async (as: As) => (await list('', as)).filter((id) => id.endsWith('_summary'))
    expect(await seenBy('workspace')).toEqual(['partner_summary', 'world_summary', 'org_summary'])
    expect(await seenBy('sibling')).toEqual([
      'partner_summary',
      'second_summary',
      'world_summary',
      'org_summary',
    ])
    expect(await seenBy('partner')).toEqual([
      'partner_summary',
      'second_summary',
      'world_summary',
      'org_summary',
    ])
    expect(await seenBy('stranger')).toEqual(['world_summary'])
    expect((await submit(['second_summary'])).body.detail).toBe(
      "Algorithms not available: ['second_summary']",
    )
    expect((await submit(['partner_summary', 'org_summary'], 'stranger')).body.detail).toBe(
      "Algorithms not available: ['partner_summary', 'org_summary']",
    )
    expect((await submit(['second_summary', 'world_summary', 'org_summary'], 'sibling')).status).toBe(202)
    expect((await read('partner_summary', 'stranger')).status).toBe(403)
    expect((await read('second_summary', 'workspace')).status).toBe(403)
    const config = await configure({ algorithms: ['second_summary'] })
    expect({ status: config.status, field: config.body.errors[0]!.field }).toEqual({
      status: 422,
      field: 'processing.algorithms',
    })
    expect(
      (
        await configure(
          { algorithms: ['partner_summary'] },
          'organization',
          'organizations/default',
          '?validate_only=true',
        )
      ).status,
    ).toBe(200)
    expect((await configure({ algorithms: ['org_summary'] }, 'partner', 'partners/default')).status).toBe(422)
    expect(await list('?workspace_id=second&scope=workspace', 'partner')).toContain('second_summary')
    expect(await list('?workspace_id=default&scope=workspace', 'partner')).not.toContain('second_summary')
  })

  test('carries its id on demand and into payloads, in the form of its base', async () => {
    await copy('appointment_scheduling', { algorithm_id: 'visits' })
    const { body: job } = await submit(['summary_v1'])
    await appliance.api.ended(job.job_id)
    const child = await call({
      method: 'POST',
      path: `/jobs/${job.job_id}/run-algorithms`,
      body: { algorithm_ids: ['visits'] },
    })
    expect(child.status).toBe(202)
    await appliance.api.ended(child.body.job_id)
    const receiver = startReceiver()
    await call({
      method: 'PATCH',
      path: '/config/workspaces/default/webhooks',
      body: { endpoints: [{ url: receiver.url }] },
    })
    const [run] = await appliance.api.runs(child.body.job_id)
    await call({ method: 'POST', path: `/algorithm-runs/${run!.algorithm_run_id}/redeliver-webhook` })
    const [first] = await receiver.until(1)
    expect(payloadOf(first!)).toMatchObject({
      call: { algorithm_id: 'visits' },
      data: [{ patient: expect.any(Object), appointment: expect.any(Object) }],
    })
    await call({ method: 'PATCH', path: '/config/workspaces/default/webhooks', body: { endpoints: null } })
    await receiver.stop()
  })

  play(
    () => call,
    [
      {
        name: 'needs an id that is free',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: { algorithm_id: 'sentiment_v1' },
        status: 409,
      },
      {
        name: 'needs an id that no other plugin has either',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: { algorithm_id: 'openai' },
        status: 409,
      },
      {
        name: 'needs an id that nobody else took',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        as: 'stranger',
        body: { algorithm_id: 'rivals' },
        status: 409,
      },
      {
        name: 'needs an id that is one',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: { algorithm_id: 'a b' },
        status: 422,
        errors: { algorithm_id: /letters/ },
      },
      {
        name: 'needs an id',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: {},
        status: 422,
        errors: { algorithm_id: 'Required' },
      },
      {
        name: 'is at most as wide as the token',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: { algorithm_id: 'wide', scope: 'partner' },
        status: 422,
        errors: { scope: /Wider/ },
      },
      {
        name: 'is global only by the platform',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        as: 'partner',
        body: { algorithm_id: 'wide', scope: 'global' },
        status: 422,
        errors: { scope: /Wider/ },
      },
      {
        name: 'is for nobody else',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        body: { algorithm_id: 'theirs', for: 'elsewhere' },
        status: 403,
      },
      {
        name: 'is for somebody',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        as: 'platform',
        body: { algorithm_id: 'whose', scope: 'workspace' },
        status: 422,
        errors: { for: /Say which workspace/ },
      },
      {
        name: 'is for somebody who is there',
        method: 'POST',
        path: '/algorithms/summary_v1/copy',
        as: 'platform',
        body: { algorithm_id: 'whose', scope: 'workspace', for: 'nobody' },
        status: 404,
      },
      {
        name: 'has valid variables',
        method: 'POST',
        path: '/algorithms/key_phrases_v1/copy',
        body: { algorithm_id: 'bad', variables: { limit: 'many' } },
        status: 422,
        errors: { 'variables.limit': /./ },
      },
      { name: 'is of something', method: 'POST', path: '/algorithms/nope/copy', body: 'broken', status: 404 },
      {
        name: "is not of another tenant's",
        method: 'POST',
        path: '/algorithms/rivals/copy',
        as: 'stranger',
        body: { algorithm_id: 'stolen' },
        status: 403,
      },
    ],
  )

  test('is made once when asked for twice at a time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => copy('summary_v1', { algorithm_id: 'raced' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })
})

test('an endpoint waits for algorithms that are known where it stands', async () => {
  const filter = (entity: string, as: As, id: string) =>
    call({
      method: 'PATCH',
      path: `/config/${entity}/webhooks?validate_only=true`,
      as,
      body: { endpoints: [{ url: 'https://hooks.example.com/calls', algorithm_ids: [id] }] },
    })
  expect((await filter('partners/default', 'partner', 'second_summary')).status).toBe(200)
  expect((await filter('workspaces/default', 'workspace', 'partner_summary')).status).toBe(200)
  for (const id of ['nope', 'second_summary']) {
    const { status, body } = await filter('workspaces/default', 'workspace', id)
    expect({ status, field: body.errors[0]!.field }).toEqual({
      status: 422,
      field: 'webhooks.endpoints.0.algorithm_ids',
    })
  }
})

describe('the list', () => {
  test('is filtered by scope, status and kind', async () => {
    expect(await list('?kind=prompt')).toEqual(['prompt_v1'])
    expect(await list('?scope=global&kind=analysis')).toContain('sentiment_v1')
    expect(await list('?scope=workspace')).toContain('rivals')
    expect(await list('?scope=workspace')).not.toContain('sentiment_v1')
    expect((await call({ method: 'GET', path: '/algorithms?kind=magic' })).status).toBe(422)
    expect((await call({ method: 'GET', path: '/algorithms?workspace_id=elsewhere' })).status).toBe(403)
  })

  test('comes in pages', async () => {
    const all = await list()
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const path = `/algorithms?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const { body } = await call<{ algorithms: Algorithm[]; next_cursor: string | null }>({
        method: 'GET',
        path,
      })
      found.push(...body.algorithms.map(({ algorithm_id }) => algorithm_id))
      if (body.next_cursor === null) break
      cursor = body.next_cursor
    }
    expect(found).toEqual(all)
  })
})

describe('a deprecated algorithm', () => {
  test('has no new runs, is reported where it is named, and comes back', async () => {
    await copy('summary_v1', { algorithm_id: 'old' })
    await copy('summary_v1', { algorithm_id: 'new' })
    const { body: done } = await submit(['old'])
    await appliance.api.ended(done.job_id)
    await configure({ algorithms: ['old', 'sentiment_v1'] })
    const { status, body } = await deprecate('old', { successor: 'new' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        status: 'deprecated',
        successor: 'new',
        used_by: [{ level: 'workspace', field: 'processing.algorithms' }],
      },
    })
    expect(await list('?status=deprecated')).toEqual(['old'])
    expect((await submit(['old'])).status).toBe(400)
    const onDemand = { method: 'POST', path: `/jobs/${done.job_id}/run-algorithms` }
    expect(await call({ ...onDemand, body: { algorithm_ids: ['old'] } })).toMatchObject({
      status: 400,
      body: { detail: "Algorithms not available: ['old']" },
    })
    expect((await runsOf(undefined)).map(({ algorithm_id }) => algorithm_id)).toEqual(['sentiment_v1'])
    expect((await appliance.api.runs(done.job_id)).map(({ algorithm_id }) => algorithm_id)).toEqual(['old'])
    const { body: resolved } = await call<{ warnings: unknown }>({
      method: 'GET',
      path: '/config/workspaces/default/resolved',
    })
    expect(resolved.warnings).toEqual([
      {
        field: 'processing.algorithms',
        message: 'old is deprecated and does not run any more; its successor is new',
      },
    ])
    expect((await configure({ language: 'de' })).status).toBe(200)
    expect((await configure({ algorithms: ['old'] }, 'sibling', 'workspaces/second')).status).toBe(422)
    expect((await restore('old')).body).toMatchObject({ status: 'active', successor: null })
    expect((await submit(['old'])).status).toBe(202)
    await configure({ algorithms: null, language: null })
  })

  test('leaves a job that has nothing else with a clear end', async () => {
    await copy('summary_v1', { algorithm_id: 'lonely' })
    await configure({ algorithms: ['lonely'] })
    await deprecate('lonely', undefined)
    const { body } = await submit(undefined)
    expect(await appliance.api.ended(body.job_id)).toMatchObject({
      status: 'failed',
      error: { code: 'no_algorithms' },
    })
    await configure({ algorithms: null })
    expect((await copy('lonely', { algorithm_id: 'lonely_2' })).status).toBe(409)
  })

  test('does not run by default either', async () => {
    await deprecate('key_phrases_v1', {}, 'platform')
    const ids = (await runsOf(undefined)).map(({ algorithm_id }) => algorithm_id)
    expect(ids).toContain('sentiment_v1')
    expect(ids).not.toContain('key_phrases_v1')
    const { body } = await call<{ config: { processing: { algorithms: string[] } } }>({
      method: 'GET',
      path: '/config/workspaces/default/resolved',
    })
    expect(body.config.processing.algorithms).not.toContain('key_phrases_v1')
    await restore('key_phrases_v1', 'platform')
    expect((await runsOf(undefined)).map(({ algorithm_id }) => algorithm_id)).toContain('key_phrases_v1')
  })

  play(
    () => call,
    [
      {
        name: 'is so by its owner alone',
        method: 'POST',
        path: '/algorithms/sentiment_v1/deprecate',
        status: 403,
      },
      {
        name: 'of a partner is not a workspace’s to deprecate',
        method: 'POST',
        path: '/algorithms/partner_summary/deprecate',
        status: 403,
      },
      { name: 'must be there', method: 'POST', path: '/algorithms/nope/deprecate', status: 404 },
      { name: 'must be there to be restored', method: 'POST', path: '/algorithms/nope/restore', status: 404 },
      {
        name: 'is restored by its owner alone',
        method: 'POST',
        path: '/algorithms/sentiment_v1/restore',
        as: 'partner',
        status: 403,
      },
      ...['nope', 'rivals', 'second_summary'].map((successor) => ({
        name: `cannot be succeeded by ${successor}`,
        method: 'POST',
        path: '/algorithms/rivals/deprecate',
        body: { successor },
        status: 422,
        errors: { successor: /another active/ },
      })),
    ],
  )
})
