import { afterAll, beforeEach, expect, test } from 'bun:test'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { startReceiver } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeWav, tone } from '../support/wav.ts'

const receiver = startReceiver()
const { api } = await startAppliance({ fixtures: ['good/words'] })
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})
beforeEach(() =>
  api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: [{ url: receiver.url }] },
  }),
)

const minimum = (seconds: number) =>
  api.configure({ processing: { filters: { min_duration_seconds: seconds } } })
const untimed = { duration_seconds: undefined, transcript: 'Agent: Hello.\nCustomer: Good morning.' }
const timed = (end_ms: number) => ({
  duration_seconds: undefined,
  transcript: [{ speaker: 'Agent', text: 'Hello.', start_ms: 0, end_ms }],
})

const calls: [name: string, call: object, status: string, seconds: number | null][] = [
  ['29.9 seconds', { duration_seconds: 29.9 }, 'skipped', 29.9],
  ['30 seconds', { duration_seconds: 30 }, 'completed', 30],
  ['an unknown duration', untimed, 'completed', null],
  ['a last turn that ends at 12 seconds', timed(12_000), 'skipped', 12],
  ['a last turn that ends at 30 seconds', timed(30_000), 'completed', 30],
  ['0 seconds', { duration_seconds: 0 }, 'skipped', 0],
]

for (const [name, call, status, seconds] of calls)
  test(`a call of ${name} is ${status} at the default of 30`, async () => {
    const job = await api.settled(await api.submit(sampleCall(call)))
    expect(job).toMatchObject({ status, duration_seconds: seconds })
    const reason = `The call lasted ${seconds} seconds, less than the minimum of 30 seconds`
    expect(job.skip_reason).toBe(status === 'skipped' ? reason : null)
  })

test('a skipped job has no runs, delivers nothing, and its log says why', async () => {
  const before = receiver.received.length
  const id = await api.submit(sampleCall({ duration_seconds: 12 }))
  const job = await api.ended(id)
  expect(job).toMatchObject({ status: 'skipped', deliveries: { pending: 0, delivered: 0, failed: 0 } })
  expect(await api.runs(id)).toEqual([])
  expect(await api.logs(id)).toContainEqual(
    expect.objectContaining({ stage: 'skipped', message: job.skip_reason! }),
  )
  expect(receiver.received).toHaveLength(before)
})

test('a requeued job is judged by the settings of that moment', async () => {
  const id = await api.submit(sampleCall({ duration_seconds: 20 }))
  await api.ended(id)
  const again = await api.post<{ status: string; skip_reason: null }>(`/jobs/${id}/retry`, {
    mode: 'requeue',
  })
  expect(again).toMatchObject({ status: 'queued', skip_reason: null })
  expect(await api.ended(id)).toMatchObject({ status: 'skipped' })

  await minimum(20)
  await api.post(`/jobs/${id}/retry`, { mode: 'requeue' })
  const job = await api.settled(id)
  expect(job).toMatchObject({ status: 'completed', skip_reason: null })
  expect(job.deliveries.delivered).toBe(1)
})

test('PATCH status takes a skipped job back to the queue, and only that', async () => {
  const id = await api.submit(sampleCall({ duration_seconds: 20 }))
  await api.ended(id)
  await minimum(0)
  const answer = await api.send('PATCH', `/jobs/${id}/status`, { status: 'queued' })
  expect(answer).toMatchObject({ status: 200, body: { job_id: id, status: 'queued' } })
  expect(await api.ended(id)).toMatchObject({ status: 'completed' })
  expect(await api.send('PATCH', `/jobs/${id}/status`, { status: 'queued' })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('completed') },
  })
})

test('a recording is measured before anyone asks for a transcriber', async () => {
  const short = makeWav([tone(440, 8000, 3)], { rate: 8000 })
  expect(await api.ended(await api.submitFile(short))).toMatchObject({
    status: 'skipped',
    duration_seconds: 3,
    skip_reason: 'The call lasted 3 seconds, less than the minimum of 30 seconds',
  })
  const known = await api.submitFile(short, { duration_seconds: 300 })
  expect(await api.ended(known)).toMatchObject({ status: 'failed', error: { code: 'no_transcriber' } })
})
