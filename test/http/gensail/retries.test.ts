import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import type { Job } from '../../support/api.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { payloadOf, type Receiver, startReceiver } from '../../support/receiver.ts'
import { type Caller, callerOf, play, type Scenario } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

let appliance: TestAppliance
let call: Caller
let receiver: Receiver

beforeAll(async () => {
  receiver = startReceiver()
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
  await appliance.api.put('/config/workspaces/default', {
    processing: { algorithms: ['sentiment_v1', 'summary_v1'] },
    webhooks: { endpoints: [{ url: `${receiver.url}/hook` }] },
  })
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const post = (path: string, body: unknown, as: keyof Tokens = 'workspace') => ({
  method: 'POST',
  path,
  body,
  as,
})

async function completed(fields: object = {}): Promise<number> {
  const id = await appliance.api.submit({
    transcript: 'Agent: Hello\nCustomer: I am very happy, thanks',
    ...fields,
  })
  await appliance.api.settled(id)
  return id
}

/** A job as if its processing stood there; the worker knows nothing of it. */
async function standing(status: string): Promise<number> {
  const id = await completed()
  await appliance.app.db.tx((tx) => tx.run(sql`UPDATE jobs SET status = ${status} WHERE id = ${id}`))
  return id
}

describe('a retry', () => {
  const cases: Record<string, string[]> = {
    requeue: ['failed', 'partial', 'skipped'],
    rerun: ['completed', 'partial', 'failed'],
    redeliver: ['completed', 'partial', 'failed'],
  }
  const all = [
    'queued',
    'transcribing',
    'analyzing',
    'publishing',
    'completed',
    'partial',
    'failed',
    'skipped',
    'cancelled',
  ]
  for (const [mode, allowed] of Object.entries(cases)) {
    test(`${mode} is for ${allowed.join(', ')}, and names the state otherwise`, async () => {
      for (const state of all) {
        const id = await standing(state)
        const { status, body } = await call(post(`/jobs/${id}/retry`, { mode }))
        if (allowed.includes(state)) expect({ state, status }).toEqual({ state, status: 202 })
        else
          expect({ state, status, detail: body.detail }).toEqual({
            state,
            status: 409,
            detail: expect.stringContaining(state),
          })
      }
    })
  }

  test('rerun makes new runs beside the old ones', async () => {
    const id = await completed()
    const [before] = await appliance.api.runs(id)
    const { body } = await call(post(`/jobs/${id}/retry`, { mode: 'rerun' }))
    expect(body.status).toBe('analyzing')
    await appliance.api.settled(id)
    const runs = await appliance.api.runs(id)
    expect(runs.map(({ algorithm_id }) => algorithm_id)).toEqual(['sentiment_v1', 'summary_v1'])
    expect(runs[0]!.algorithm_run_id).toBeGreaterThan(before!.algorithm_run_id)
    expect(await appliance.api.allRuns(id)).toHaveLength(4)
  })

  test('redeliver sends the same bytes under the same ids and leaves the status', async () => {
    const id = await completed()
    const sent = () => receiver.received.filter((one) => payloadOf(one).call.job_id === id)
    const first = sent()
    const { body } = await call(post(`/jobs/${id}/retry`, { mode: 'redeliver' }))
    expect(body.status).toBe('completed')
    await appliance.api.settled(id)
    const again = sent().slice(first.length)
    const keyed = (ones: typeof first) =>
      new Map(ones.map((one) => [one.headers.get('webhook-id'), one.bytes.toString()]))
    expect(again).toHaveLength(first.length)
    expect(keyed(again)).toEqual(keyed(first))
  })

  test('by source ids finds the job of the token only', async () => {
    const id = await completed({ source_call_id: 'by-source', source_company_id: 'acme' })
    const named = { source_call_id: 'by-source', source_company_id: 'acme', mode: 'redeliver' }
    expect((await call(post('/jobs/retry', named))).body.job_id).toBe(id)
    expect((await call(post('/jobs/retry', named, 'stranger'))).status).toBe(404)
    expect((await call(post('/jobs/retry', { ...named, source_company_id: null }))).status).toBe(404)
  })

  test('by source ids that several workspaces have asks which', async () => {
    await completed({ source_call_id: 'double' })
    await completed({ source_call_id: 'double', workspace_id: 'second' })
    const named = { source_call_id: 'double', mode: 'redeliver' }
    const unclear = await call(post('/jobs/retry', named, 'organization'))
    expect([unclear.status, unclear.body.errors?.[0]?.field]).toEqual([422, 'workspace_id'])
    expect(
      (await call(post('/jobs/retry', { ...named, workspace_id: 'second' }, 'organization'))).status,
    ).toBe(202)
  })

  play(
    () => call,
    [
      { name: 'needs a mode', ...post('/jobs/1/retry', {}), status: 422, errors: { mode: /./ } },
      {
        name: 'needs a mode that is one',
        ...post('/jobs/1/retry', { mode: 'again' }),
        status: 422,
        errors: { mode: /requeue/ },
      },
      { name: 'needs a body', ...post('/jobs/1/retry', undefined), status: 400 },
      {
        name: 'needs a job, before its body is looked at',
        ...post('/jobs/999999/retry', 'broken'),
        status: 404,
      },
      {
        name: 'needs the right to it, before its body is looked at',
        ...post('/jobs/1/retry', {}, 'stranger'),
        status: 403,
      },
      {
        name: 'by source ids needs one',
        ...post('/jobs/retry', { mode: 'rerun' }),
        status: 422,
        errors: { source_call_id: 'Required' },
      },
    ],
  )
})

describe('a status', () => {
  const patch = (id: number, status: unknown) =>
    call({ method: 'PATCH', path: `/jobs/${id}/status`, body: { status } })

  test('skipped goes back to queued and is filtered anew', async () => {
    const id = await completed({ duration_seconds: 5 })
    expect((await appliance.api.job(id)).status).toBe('skipped')
    const { status, body } = await patch(id, 'queued')
    expect({ status, job: body.status, reason: body.skip_reason }).toEqual({
      status: 200,
      job: 'queued',
      reason: null,
    })
    expect((await appliance.api.ended(id)).status).toBe('skipped')
  })

  test('queued can be cancelled, for good', async () => {
    const id = await standing('queued')
    expect((await patch(id, 'cancelled')).body.status).toBe('cancelled')
    expect((await patch(id, 'cancelled')).status).toBe(409)
    expect((await patch(id, 'queued')).status).toBe(409)
  })

  test.each(['queued', 'cancelled'])('completed cannot become %s', async (wanted) => {
    const { status, body } = await patch(await completed(), wanted)
    expect({ status, detail: body.detail }).toEqual({
      status: 409,
      detail: expect.stringContaining('completed'),
    })
  })

  test.each(['completed', 'skipped', '', null, 5])('cannot be set to %p', async (wanted) => {
    expect((await patch(1, wanted)).status).toBe(422)
  })
})

describe('algorithms on demand', () => {
  const run = (id: number, body: object, as: keyof Tokens = 'workspace') =>
    call<
      Job & {
        existing_runs?: { algorithm_run_id: number }[]
        message: string
        hint: string
        algorithm_ids: string[]
      }
    >(post(`/jobs/${id}/run-algorithms`, body, as))

  test('run in a child without webhooks, and the parent stays as it is', async () => {
    const id = await completed({ source_call_id: 'parent' })
    const before = await appliance.api.job(id)
    const { status, body } = await run(id, {
      algorithm_ids: ['key_phrases_v1', 'key_phrases_v1', 'sentiment_v1'],
    })
    expect({ status, body }).toEqual({
      status: 202,
      body: expect.objectContaining({
        parent_job_id: id,
        algorithm_ids: ['key_phrases_v1', 'sentiment_v1'],
        status: 'analyzing',
        message: 'On-demand analysis job created',
      }),
    })
    const child = await appliance.api.settled(body.job_id)
    expect(child).toMatchObject({
      status: 'completed',
      source_call_id: 'parent',
      parent_job_id: id,
      deliveries: { delivered: 0 },
    })
    expect(await appliance.api.job(id)).toEqual(before)
    expect(
      (await call<{ jobs: Job[] }>({ method: 'GET', path: `/jobs?parent_job_id=${id}` })).body.jobs,
    ).toEqual([child])
    expect(
      (await call<{ jobs: Job[] }>({ method: 'GET', path: '/jobs?source_call_id=parent' })).body.jobs,
    ).toHaveLength(2)
    expect((await call({ method: 'GET', path: '/jobs/lookup?source_call_id=parent' })).body.job_id).toBe(id)
  })

  test('deliver where that is asked for', async () => {
    const { body } = await run(await completed(), { algorithm_ids: ['pii_v1'], analytics_only: false })
    const child = await appliance.api.settled(body.job_id)
    expect(child.deliveries.delivered).toBe(1)
  })

  test('that all completed there before are the answer, unless forced', async () => {
    const id = await completed()
    const earlier = await appliance.api.runs(id)
    const { status, body } = await run(id, { algorithm_ids: ['summary_v1', 'sentiment_v1'] })
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        message: 'Algorithms already ran on this job',
        existing_runs: [earlier[1]!, earlier[0]!].map(({ algorithm_run_id, algorithm_id }) => ({
          algorithm_run_id,
          algorithm_id,
          status: 'completed',
        })),
        hint: 'Use force_rerun=true to run again',
      } as never,
    })
    expect((await run(id, { algorithm_ids: ['summary_v1', 'pii_v1'] })).status).toBe(202)
    expect((await run(id, { algorithm_ids: ['summary_v1'], force_rerun: true })).status).toBe(202)
  })

  test.each(['queued', 'transcribing', 'analyzing', 'publishing', 'skipped', 'cancelled'])(
    'wait for the end of a job that is %s',
    async (state) => {
      const { status, body } = await run(await standing(state), { algorithm_ids: ['pii_v1'] })
      expect({ status, detail: body.detail }).toEqual({
        status: 400,
        detail: `Job is still ${state}. Wait for completion.`,
      })
    },
  )

  test('need a transcript', async () => {
    const id = await standing('failed')
    await appliance.app.db.tx((tx) => tx.run(sql`UPDATE jobs SET transcript_id = NULL WHERE id = ${id}`))
    const { status, body } = await run(id, { algorithm_ids: ['pii_v1'] })
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: 'Job has no usable transcript' })
  })

  const wrong: Omit<Scenario, 'method' | 'path'>[] = [
    {
      name: 'that are not there',
      body: { algorithm_ids: ['unknown_algo'] },
      status: 400,
      answer: { detail: "Algorithms not available: ['unknown_algo']" },
    },
    { name: 'without names', body: {}, status: 422, errors: { algorithm_ids: 'Required' } },
    {
      name: 'none of them',
      body: { algorithm_ids: [] },
      status: 422,
      errors: { algorithm_ids: /at least/ },
    },
    {
      name: 'too many of them',
      body: { algorithm_ids: [...'abcdefghijk'] },
      status: 422,
      errors: { algorithm_ids: /at most 10/ },
    },
    {
      name: 'in a wrong form',
      body: { algorithm_ids: 'sentiment_v1' },
      status: 422,
      errors: { algorithm_ids: /array/ },
    },
    {
      name: 'with a flag in words',
      body: { algorithm_ids: ['a'], force_rerun: 'yes' },
      status: 422,
      errors: { force_rerun: /boolean/ },
    },
  ]
  play(
    () => call,
    [
      ...wrong.map((each) => ({
        ...each,
        name: `are refused: ${each.name}`,
        method: 'POST',
        path: '/jobs/1/run-algorithms',
      })),
      { name: 'need a job', ...post('/jobs/999999/run-algorithms', { algorithm_ids: ['a'] }), status: 404 },
      {
        name: 'need the right to it',
        ...post('/jobs/1/run-algorithms', { algorithm_ids: ['a'] }, 'stranger'),
        status: 403,
      },
    ],
  )
})

describe('the webhooks of one run', () => {
  const redeliver = (id: number | string, as: keyof Tokens = 'workspace') =>
    call<{ delivery_ids: number[] }>(post(`/algorithm-runs/${id}/redeliver-webhook`, undefined, as))

  test('are sent again', async () => {
    const id = await completed()
    const [run] = await appliance.api.runs(id)
    const [delivery] = await appliance.api.deliveries(id)
    const { status, body } = await redeliver(run!.algorithm_run_id)
    expect({ status, body }).toMatchObject({ status: 202, body: { delivery_ids: [delivery!.delivery_id] } })
    await appliance.api.settled(id)
    expect((await appliance.api.deliveries(id))[0]!.attempts).toHaveLength(2)
  })

  test('go to the endpoints of today when they never went', async () => {
    const id = await completed({ analytics_only: true })
    const [run, other] = await appliance.api.runs(id)
    expect((await redeliver(run!.algorithm_run_id)).status).toBe(202)
    await appliance.api.settled(id)
    const statuses = (await appliance.api.runs(id)).map(({ webhook_status }) => webhook_status)
    expect(statuses).toEqual(['delivered', 'none'])
    expect(other!.webhook_status).toBe('none')
  })

  test('need an endpoint', async () => {
    const id = await completed({ workspace_id: 'second' })
    const [run] = await appliance.api.runs(id)
    expect((await redeliver(run!.algorithm_run_id, 'sibling')).status).toBe(409)
    expect((await redeliver(run!.algorithm_run_id)).status).toBe(403)
    expect((await redeliver(999_999)).status).toBe(404)
    expect((await redeliver('abc')).status).toBe(404)
  })
})
