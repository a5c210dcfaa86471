import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Job } from '../support/api.ts'
import { startAppliance } from '../support/appliance.ts'
import { processesOf } from '../support/executable.ts'
import { until } from '../support/plugin-pools.ts'
import { payloadOf, startReceiver } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeWav, speechLike } from '../support/wav.ts'

const WAV = makeWav([speechLike([[0.2, 1.5]], 8000, 2)], { rate: 8000 })

/** Every bad plugin at once through the whole appliance, with healthy jobs in between. */

const BAD: [plugin: string, code: string, reason: RegExp][] = [
  ['loops', 'plugin_timeout', /did not finish within/],
  ['never-settles', 'plugin_timeout', /did not finish within/],
  ['throws', 'plugin_error', /no words today/],
  ['throws-strangely', 'plugin_error', /cannot be read/],
  ['rejects', 'plugin_error', /no words later/],
  ['throws-in-timer', 'plugin_error', /in a timer/],
  ['exits', 'plugin_error', /tried to end its process/],
  ['segfaults', 'plugin_crashed', /ended its process/],
  ['dies-later', 'plugin_crashed', /SIGKILL/],
  ['eats-at-once', 'plugin_memory', /memory/],
  ['eats-buffers', 'plugin_memory', /memory/],
  ['answers-text', 'plugin_bad_result', /does not fit/],
  ['answers-nothing', 'plugin_bad_result', /does not fit/],
  ['answers-nan', 'plugin_bad_result', /does not fit/],
  ['floods', 'plugin_output', /standard output/],
]
/** Bad manners that hurt nobody: their run completes. */
const HARMLESS = ['rejects-late', 'spawns', 'talks-over-the-channel', 'pollutes-by-answer']
const HEALTHY_JOBS = 20

const idOf = (plugin: string) => plugin.replaceAll('-', '_')
const receiver = startReceiver()
const appliance = await startAppliance({
  fixtures: [
    'good/words',
    'good/waits',
    'good/hears',
    'bad/answers-anything',
    ...[...BAD.map(([name]) => name), ...HARMLESS].map((name) => `bad/${name}`),
  ],
  algorithm_timeout: 3,
  transcriber_timeout: 1.5,
  plugin_memory: 300 * 1024 * 1024,
})
const { api, data } = appliance
afterAll(async () => {
  await appliance.stop()
  receiver.stop()
})

const bad = new Map<string, Job>()
let healthy: Job[] = []

beforeAll(async () => {
  await api.put('/config/workspaces/default', {
    processing: { algorithms: ['words', 'waits'] },
    webhooks: { endpoints: [{ url: receiver.url }] },
  })
  const submitBad = async (plugin: string) => {
    const id = await api.submit(sampleCall({ algorithm_ids: ['words', idOf(plugin), 'waits'] }))
    bad.set(plugin, await api.settled(id, 60_000))
  }
  const healthyOnes = Promise.all(
    Array.from({ length: HEALTHY_JOBS }, async () => api.settled(await api.submit(sampleCall()), 60_000)),
  )
  await Promise.all([...BAD.map(([name]) => submitBad(name)), ...HARMLESS.map(submitBad)])
  healthy = await healthyOnes
}, 60_000)

for (const [plugin, code, reason] of BAD)
  test(`${plugin}: its run fails as ${code}, the others of the job complete`, async () => {
    const job = bad.get(plugin)!
    expect(job).toMatchObject({ status: 'partial', error: null })
    const runs = await api.runs(job.job_id)
    const failed = runs.find(({ algorithm_id }) => algorithm_id === idOf(plugin))!
    expect(failed).toMatchObject({ status: 'failed', error: { code } })
    expect(failed.error!.message).toMatch(reason)
    expect(failed.error!.message).toMatch(/^[A-Z].+/)
    for (const run of runs.filter((one) => one !== failed)) expect(run.status).toBe('completed')
    const hook = receiver.received
      .map(payloadOf)
      .find(({ call }) => call.algorithm_run_id === failed.algorithm_run_id)
    expect(hook).toMatchObject({ status: 'failed', data: [], error: failed.error! })
    expect((await api.logs(job.job_id)).some(({ data }) => data?.code === code)).toBeTrue()
  })

for (const plugin of HARMLESS)
  test(`${plugin}: harms nobody`, () => {
    expect(bad.get(plugin)!.status).toBe('completed')
  })

const ANSWERS = ['cycle', 'bigint', 'undefined', 'large', 'deep', 'getter', 'toJSON']
for (const kind of ANSWERS)
  test(`an answer that is ${kind} fails its run alone`, async () => {
    await api.patch('/algorithms/answers_anything/variables?workspace_id=default', { variables: { kind } })
    const job = await api.settled(
      await api.submit(sampleCall({ algorithm_ids: ['words', 'answers_anything'] })),
    )
    expect(job.status).toBe('partial')
    const runs = await api.runs(job.job_id)
    expect(runs.find(({ algorithm_id }) => algorithm_id === 'answers_anything')!.error!.code).toBe(
      'plugin_bad_result',
    )
  })

test('a transcriber that hangs fails its job in time, and calls with a transcript go on meanwhile', async () => {
  await api.configure({
    processing: { filters: { min_duration_seconds: 0 } },
    transcription: { transcriber: 'hears', settings: { url: 'x', mode: 'loops' } },
  })
  const hanging = await api.submitFile(WAV)
  await api.jobWhen(hanging, ({ status }) => status === 'transcribing')
  expect((await api.settled(await api.submit(sampleCall()))).status).toBe('completed')
  expect((await api.job(hanging)).status).toBe('transcribing')
  const job = await api.settled(hanging)
  expect(job).toMatchObject({ status: 'failed', error: { code: 'transcription_failed' } })
  expect(job.error!.message).toContain('did not finish within')
})

test('a transcriber whose answer makes no sense fails its job', async () => {
  await api.configure({ transcription: { settings: { url: 'x', mode: 'backwards' } } })
  const job = await api.settled(await api.submitFile(WAV))
  expect(job).toMatchObject({ status: 'failed', error: { code: 'transcription_failed' } })
})

test('jobs without a bad plugin are unaffected', () => {
  expect(healthy).toHaveLength(HEALTHY_JOBS)
  for (const job of healthy)
    expect(job).toMatchObject({ status: 'completed', deliveries: { pending: 0, delivered: 2, failed: 0 } })
})

test('no process is left behind', async () => {
  await appliance.stop()
  await until(() => processesOf(data).length === 0, 3000)
})
