import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Variables {
  revision: number
  variables: Record<string, unknown>
  provenance: Record<string, string>
}

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance({ fixtures: ['good/picky'] })
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const path = '/algorithms/key_phrases_v1/variables'
const read = (as: keyof Tokens = 'workspace', query = '') =>
  call<Variables>({ method: 'GET', path: path + query, as })
const change = (variables: unknown, as: keyof Tokens = 'workspace', headers = {}, query = '') =>
  call<Variables>({ method: 'PATCH', path: path + query, body: { variables }, as, headers })

describe('algorithms', () => {
  test('are listed with their schemas', async () => {
    const { body } = await call<{ algorithms: { algorithm_id: string }[] }>({
      method: 'GET',
      path: '/algorithms',
    })
    const ids = body.algorithms.map(({ algorithm_id }) => algorithm_id)
    expect(ids).toContain('sentiment_v1')
    expect(ids).toContain('picky')
    expect(ids).not.toContain('openai')
    expect(body.algorithms.find(({ algorithm_id }) => algorithm_id === 'key_phrases_v1')).toMatchObject({
      kind: 'analysis',
      status: 'active',
      scope: 'global',
      successor: null,
      revision: 0,
      variables_schema: { type: 'object', properties: { limit: { type: 'integer' } } },
      result_schema: { type: 'object' },
    })
  })

  play(
    () => call,
    [
      {
        name: 'are read one by one',
        method: 'GET',
        path: '/algorithms/summary_v1',
        status: 200,
        answer: { algorithm_id: 'summary_v1' },
      },
      { name: 'must be there', method: 'GET', path: '/algorithms/nope', status: 404 },
      {
        name: 'must be there for their variables',
        method: 'PATCH',
        path: '/algorithms/nope/variables',
        body: 'broken',
        status: 404,
      },
    ],
  )
})

describe('variables', () => {
  test('are the defaults of the algorithm at first', async () => {
    const { status, body, headers } = await read()
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        algorithm_id: 'key_phrases_v1',
        revision: 0,
        variables: { limit: 15 },
        provenance: { limit: 'default' },
      },
    })
    expect(headers.get('etag')).toBe('"0"')
  })

  test('are set by the levels, the nearest winning', async () => {
    await change({ limit: 9, min_count: 2 }, 'partner')
    await change({ limit: 8 }, 'organization')
    const { body } = await change({ exclude: ['hello'] })
    expect(body.variables).toMatchObject({ limit: 8, min_count: 2, exclude: ['hello'] })
    expect(body.provenance).toMatchObject({
      limit: 'organization',
      min_count: 'partner',
      exclude: 'workspace',
    })
    expect((await read('stranger')).body.variables).toMatchObject({ limit: 15 })
    expect((await read('sibling')).body.variables).toMatchObject({ limit: 8, exclude: [] })
    const back = await change({ exclude: null })
    expect(back.body.provenance.exclude).toBe('default')
  })

  test('count in the next run, which tells their revision', async () => {
    await change({ limit: 1 }, 'stranger')
    const { body: job } = await call({
      method: 'POST',
      path: '/calls/transcript',
      as: 'stranger',
      body: {
        transcript:
          'Agent: The invoice number and the delivery date matter.\nCustomer: The invoice number is wrong, the delivery date too.',
        algorithm_ids: ['key_phrases_v1'],
      },
    })
    await appliance.api.ended(job.job_id)
    const [run] = await appliance.api.runs(job.job_id)
    expect(run!.revision).toBe(1)
    expect((run!.result as { phrases: unknown[] }).phrases).toHaveLength(1)
  })

  test('change only as they were read', async () => {
    const { headers } = await read('sibling')
    const tag = { 'if-match': headers.get('etag')! }
    expect((await change({ limit: 3 }, 'sibling', tag)).status).toBe(200)
    expect((await change({ limit: 4 }, 'sibling', tag)).status).toBe(412)
    expect((await read('sibling')).body.variables.limit).toBe(3)
  })

  test('lose no change that comes at the same time', async () => {
    const changes = [{ limit: 5 }, { min_count: 3 }, { exclude: ['a'] }]
    const answers = await Promise.all(changes.map((each) => change(each, 'sibling')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await read('sibling')).body.variables).toMatchObject({ limit: 5, min_count: 3, exclude: ['a'] })
  })

  test('of a workspace below are changed by naming it', async () => {
    expect((await change({ limit: 6 }, 'platform', {}, '?workspace_id=second')).status).toBe(200)
    expect((await read('sibling')).body.variables.limit).toBe(6)
    expect((await read('workspace', '?workspace_id=second')).status).toBe(403)
    expect((await read('platform')).body.variables.limit).toBe(15)
  })

  test.each<[string, unknown, string]>([
    ['unknown ones', { colour: 1 }, 'variables.colour'],
    ['wrong types', { limit: 'many' }, 'variables.limit'],
    ['values out of bounds', { limit: 0 }, 'variables.limit'],
    ['a list of them', [], 'variables'],
    ['none at all', undefined, 'variables'],
  ])('are checked against %s', async (_name, variables, field) => {
    const before = (await read()).body.revision
    const { status, body } = await change(variables)
    expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 422, field })
    expect((await read()).body.revision).toBe(before)
  })

  test('are checked by rules that only the algorithm knows', async () => {
    const answer = (value: number) =>
      call({ method: 'PATCH', path: '/algorithms/picky/variables', body: { variables: { answer: value } } })
    expect((await answer(13)).body.errors).toEqual([{ field: 'variables.answer', message: 'is unlucky' }])
    expect((await answer(12)).status).toBe(200)
  })
})
