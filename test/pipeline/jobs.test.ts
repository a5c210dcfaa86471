import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Job } from '../support/api.ts'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { payloadOf, type Received, startReceiver, status } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeWav, speechLike } from '../support/wav.ts'

const WAV = new Uint8Array(makeWav([speechLike([[0.2, 1.5]], 8000, 2)], { rate: 8000 }))

/** Answers recordings only when `open` was called, so that jobs stay where the test wants them. */
const gate = Promise.withResolvers<void>()
let closed = gate.promise
const receiver = startReceiver(async ({ method }) => {
  if (method === 'POST') return status(204)
  await closed
  return new Response(WAV)
})
const { api } = await startAppliance({
  public_url: 'https://calls.example',
  transcriber: 'hears',
  transcribers: { hears: { url: 'x' } },
  fixtures: ['good/words', 'good/hears', 'good/picky', 'bad/throws', 'bad/rejects', 'good/waits'],
})

afterAll(async () => {
  gate.resolve()
  await stopAppliances()
  receiver.stop()
})
beforeEach(() =>
  api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'], filters: { min_duration_seconds: 0 } },
    webhooks: { endpoints: [{ url: receiver.url }] },
  }),
)

const hooksOf = (id: number) =>
  receiver.received.filter((one) => one.method === 'POST' && payloadOf(one).call.job_id === id)
const ended = async (body: object = {}) => api.settled(await api.submit(sampleCall(body)))
const retry = (id: number, mode: string) => api.send<Job>('POST', `/jobs/${id}/retry`, { mode })
const idsOf = (hooks: Received[]) => hooks.map(({ headers }) => headers.get('webhook-id'))

describe('the end of a job', () => {
  const ends: [algorithms: string[], status: string, code: string | undefined][] = [
    [['words'], 'completed', undefined],
    [['words', 'throws'], 'partial', undefined],
    [['throws', 'rejects'], 'failed', 'all_runs_failed'],
    [['throws'], 'failed', 'all_runs_failed'],
  ]
  for (const [algorithm_ids, status, code] of ends)
    test(`of ${algorithm_ids.join(' and ')} is ${status}`, async () => {
      const job = await ended({ algorithm_ids })
      expect(job.status).toBe(status)
      expect(job.error?.code).toBe(code)
      expect(hooksOf(job.job_id)).toHaveLength(algorithm_ids.length)
      const runs = await api.runs(job.job_id)
      expect(runs.map(({ algorithm_id, status }) => `${algorithm_id} ${status}`).sort()).toEqual(
        algorithm_ids.map((id) => `${id} ${id === 'words' ? 'completed' : 'failed'}`).sort(),
      )
    })
})

describe('requeue', () => {
  test('starts a partial job anew: new runs with new ids, the earlier ones kept', async () => {
    const { job_id } = await ended({ algorithm_ids: ['words', 'throws'] })
    const before = await api.runs(job_id)
    expect(await retry(job_id, 'requeue')).toMatchObject({ status: 202, body: { job_id, status: 'queued' } })
    const job = await api.settled(job_id)
    expect(job.status).toBe('partial')
    const after = await api.runs(job_id)
    expect(after).toHaveLength(2)
    for (const run of after)
      expect(before.map(({ algorithm_run_id }) => algorithm_run_id)).not.toContain(run.algorithm_run_id)
    expect(await api.allRuns(job_id)).toHaveLength(4)
    expect(new Set(idsOf(hooksOf(job_id))).size).toBe(4)
    expect(job.deliveries).toEqual({ pending: 0, delivered: 4, failed: 0 })
  })

  test('is refused for a completed job, which says so', async () => {
    const { job_id } = await ended()
    expect(await retry(job_id, 'requeue')).toMatchObject({
      status: 409,
      body: { detail: 'The job is completed and cannot be requeued' },
    })
  })
})

describe('rerun', () => {
  test('uses today’s variables and leaves the earlier result readable', async () => {
    const { job_id } = await ended({ algorithm_ids: ['picky'] })
    const [before] = await api.runs(job_id)
    await api.patch('/algorithms/picky/variables?workspace_id=default', { variables: { answer: 5 } })
    expect(await retry(job_id, 'rerun')).toMatchObject({ status: 202, body: { status: 'analyzing' } })
    expect((await api.settled(job_id)).status).toBe('completed')
    const [after] = await api.runs(job_id)
    expect(after!.algorithm_run_id).toBeGreaterThan(before!.algorithm_run_id)
    expect(after!.revision).toBe(before!.revision + 1)
    expect(after!.result).not.toEqual(before!.result)
    const all = await api.allRuns(job_id)
    expect(all.find(({ algorithm_run_id }) => algorithm_run_id === before!.algorithm_run_id)).toMatchObject({
      result: before!.result,
    })
    expect(new Set(idsOf(hooksOf(job_id))).size).toBe(2)
  })

  test('by the caller’s own ids', async () => {
    const call = { source_call_id: 'again-by-source', source_company_id: 'acme' }
    const { job_id } = await ended(call)
    const answer = await api.send('POST', '/jobs/retry', { mode: 'rerun', ...call })
    expect(answer).toMatchObject({ status: 202, body: { job_id, status: 'analyzing' } })
    await api.settled(job_id)
    expect(await api.allRuns(job_id)).toHaveLength(2)
    const other = { mode: 'rerun', source_call_id: 'again-by-source' }
    expect((await api.send('POST', '/jobs/retry', other)).status).toBe(404)
  })
})

describe('redeliver', () => {
  test('sends the same bytes under the same ids, and leaves the job as it is', async () => {
    const job = await ended({ algorithm_ids: ['words', 'throws'] })
    const first = hooksOf(job.job_id)
    expect(await retry(job.job_id, 'redeliver')).toMatchObject({ status: 202, body: { status: 'partial' } })
    const again = await api.settled(job.job_id)
    expect(again).toMatchObject({ status: 'partial', completed_at: job.completed_at })
    const second = hooksOf(job.job_id).slice(2)
    expect(second).toHaveLength(2)
    for (const hook of second) {
      const original = first.find((one) => one.headers.get('webhook-id') === hook.headers.get('webhook-id'))
      expect(original!.bytes.equals(hook.bytes)).toBeTrue()
    }
    expect((await api.deliveries(job.job_id)).map(({ attempts }) => attempts.length)).toEqual([2, 2])
  })

  test('of a run that went nowhere goes to today’s endpoints', async () => {
    await api.configure({ webhooks: { endpoints: [] } })
    const { job_id } = await ended()
    const [run] = await api.runs(job_id)
    const path = `/algorithm-runs/${run!.algorithm_run_id}/redeliver-webhook`
    expect((await api.send('POST', path, {})).status).toBe(409)
    await api.configure({ webhooks: { endpoints: [{ url: receiver.url }] } })
    expect(await api.send('POST', path, {})).toMatchObject({
      status: 202,
      body: { delivery_ids: [expect.any(Number)] },
    })
    expect((await api.settled(job_id)).deliveries).toEqual({ pending: 0, delivered: 1, failed: 0 })
    expect(hooksOf(job_id)).toHaveLength(1)
  })
})

test('an uploaded recording is named by the public address, also when it is delivered later', async () => {
  await api.configure({ webhooks: { endpoints: [] } })
  const id = await api.submitFile(WAV, { algorithm_ids: ['words'] })
  await api.ended(id)
  await api.configure({ webhooks: { endpoints: [{ url: receiver.url }] } })
  await api.post(`/jobs/${id}/retry`, { mode: 'redeliver' })
  await receiver.until(1, (one) => one.method === 'POST' && payloadOf(one).call.job_id === id)
  await api.post(`/jobs/${id}/retry`, { mode: 'rerun' })
  await receiver.until(2, (one) => one.method === 'POST' && payloadOf(one).call.job_id === id)
  for (const hook of hooksOf(id))
    expect(payloadOf(hook).call.recording_url).toBe(`https://calls.example/api/v1/jobs/${id}/recording`)
})

describe('on demand', () => {
  const onDemand = (id: number, body: object) =>
    api.send<{ job_id: number }>('POST', `/jobs/${id}/run-algorithms`, body)

  test('a child has its own runs, and nothing about its parent changes', async () => {
    const parent = await ended()
    const answer = await onDemand(parent.job_id, { algorithm_ids: ['waits', 'waits'], analytics_only: false })
    expect(answer).toMatchObject({
      status: 202,
      body: { parent_job_id: parent.job_id, algorithm_ids: ['waits'], status: 'analyzing' },
    })
    const child = await api.settled(answer.body.job_id)
    expect(child).toMatchObject({
      status: 'completed',
      parent_job_id: parent.job_id,
      source_call_id: parent.source_call_id,
    })
    expect(hooksOf(child.job_id)).toHaveLength(1)
    expect(await api.job(parent.job_id)).toEqual(parent)
    expect(await api.runs(parent.job_id)).toHaveLength(1)
    expect(
      await api.send('POST', '/calls/transcript', {
        ...sampleCall({ source_call_id: parent.source_call_id }),
        workspace_id: 'default',
      }),
    ).toMatchObject({ status: 200, body: { job_id: parent.job_id } })
  })

  test('sends no webhooks unless asked to', async () => {
    const parent = await ended()
    const answer = await onDemand(parent.job_id, { algorithm_ids: ['waits'] })
    const child = await api.settled(answer.body.job_id)
    expect(child.deliveries).toEqual({ pending: 0, delivered: 0, failed: 0 })
    expect(hooksOf(child.job_id)).toEqual([])
  })

  test('what ran already is the answer, unless it is forced', async () => {
    const parent = await ended({ algorithm_ids: ['words', 'throws'] })
    const runs = await api.runs(parent.job_id)
    const words = runs.find(({ algorithm_id }) => algorithm_id === 'words')!
    expect(await onDemand(parent.job_id, { algorithm_ids: ['words'] })).toMatchObject({
      status: 200,
      body: {
        message: 'Algorithms already ran on this job',
        existing_runs: [
          { algorithm_run_id: words.algorithm_run_id, algorithm_id: 'words', status: 'completed' },
        ],
        hint: 'Use force_rerun=true to run again',
      },
    })
    expect((await onDemand(parent.job_id, { algorithm_ids: ['words', 'throws'] })).status).toBe(202)
    const forced = await onDemand(parent.job_id, { algorithm_ids: ['words'], force_rerun: true })
    expect(forced.status).toBe(202)
    const grandchild = await api
      .settled(forced.body.job_id)
      .then(({ job_id }) => onDemand(job_id, { algorithm_ids: ['waits'] }))
    expect(grandchild).toMatchObject({ status: 202, body: { parent_job_id: forced.body.job_id } })
  })

  test('is refused while the parent is under way, and for algorithms nobody has', async () => {
    await api.patch('/algorithms/waits/variables?workspace_id=default', { variables: { ms: 400 } })
    const id = await api.submit(sampleCall({ algorithm_ids: ['waits'] }))
    await api.jobWhen(id, ({ status }) => status === 'analyzing')
    expect(await onDemand(id, { algorithm_ids: ['words'] })).toMatchObject({
      status: 400,
      body: { detail: 'Job is still analyzing. Wait for completion.' },
    })
    await api.ended(id)
    expect(await onDemand(id, { algorithm_ids: ['unknown_algo', 'words'] })).toMatchObject({
      status: 400,
      body: { detail: "Algorithms not available: ['unknown_algo']" },
    })
  })
})

describe('while recordings are waited for', () => {
  const audio = (name: string, more: object = {}) =>
    api.submit({ source_call_id: name, audio_url: `${receiver.url}/${name}.wav`, ...more }, 'audio')

  test('a queued job can be cancelled, a started one cannot, and settings changed meanwhile count', async () => {
    const names = ['one', 'two', 'three', 'four']
    const busy = await Promise.all(names.map((name) => audio(name)))
    for (const id of busy) await api.jobWhen(id, ({ status }) => status === 'transcribing')
    const queued = await audio('five')
    const kept = await audio('six', { algorithm_ids: ['waits'] })
    expect((await api.job(queued)).status).toBe('queued')
    expect(await api.send('PATCH', `/jobs/${queued}/status`, { status: 'cancelled' })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect((await api.send('PATCH', `/jobs/${busy[0]}/status`, { status: 'cancelled' })).status).toBe(409)
    expect((await retry(queued, 'requeue')).status).toBe(409)
    await api.configure({ processing: { algorithms: ['waits'] } })
    gate.resolve()
    closed = Promise.resolve()

    for (const id of [...busy, kept]) {
      expect((await api.settled(id)).status).toBe('completed')
      expect((await api.runs(id)).map(({ algorithm_id }) => algorithm_id)).toEqual(['waits'])
    }
    expect((await api.job(queued)).status).toBe('cancelled')
    expect(await api.runs(queued)).toEqual([])
    expect(receiver.received.some(({ path }) => path === '/five.wav')).toBeFalse()
  })

  test('a minimum raised meanwhile skips the job once its duration is known', async () => {
    const hold = Promise.withResolvers<void>()
    closed = hold.promise
    const id = await audio('seven')
    await api.jobWhen(id, ({ status }) => status === 'transcribing')
    await api.configure({ processing: { filters: { min_duration_seconds: 10 } } })
    hold.resolve()
    expect(await api.ended(id)).toMatchObject({ status: 'skipped', duration_seconds: 2 })
    expect(await api.runs(id)).toEqual([])
  })
})

test('of a hundred identical submissions at once there is one job', async () => {
  const call = { workspace_id: 'default', ...sampleCall() }
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => api.send<Job>('POST', '/calls/transcript', call)),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(99).fill(200), 202])
  expect(new Set(answers.map(({ body }) => body.job_id)).size).toBe(1)
})

test('a hundred at once under one Idempotency-Key are one job too, and another body is a conflict', async () => {
  const { source_call_id: _, ...call } = { ...sampleCall(), workspace_id: 'default' }
  const submit = (body: object) =>
    api.send<Job>('POST', '/calls/transcript', body, { 'idempotency-key': 'one-key' })
  const answers = await Promise.all(Array.from({ length: 100 }, () => submit(call)))
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(99).fill(200), 202])
  expect(new Set(answers.map(({ body }) => body.job_id)).size).toBe(1)
  expect((await submit({ ...call, agent_name: 'Somebody Else' })).status).toBe(409)
})
