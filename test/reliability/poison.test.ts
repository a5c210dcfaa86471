import { afterAll, expect, test } from 'bun:test'
import { makeDataFolder } from '../support/data-folder.ts'
import { killServed, query, type Served, serve } from '../support/executable.ts'
import { until } from '../support/plugin-pools.ts'
import { payloadOf, startReceiver } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeWav, speechLike } from '../support/wav.ts'

/** Whatever kills the process would look like this from outside: it dies while a certain task is running. */

const MAX_DEATHS = 3
const data = makeDataFolder(['good/words', 'good/waits', 'good/hears', 'bad/never-settles'])
const receiver = startReceiver()
afterAll(async () => {
  await killServed()
  receiver.stop()
})

interface Row {
  jobId: number
  state: string
  deaths: number
}

const tasks = () =>
  query<Row>(
    data,
    `SELECT json_extract(payload, '$.jobId') AS "jobId", state, deaths FROM tasks WHERE kind <> 'deliver'`,
  )
/** Until the worker has taken it over, a task still looks as the dead process left it. */
const isRunning = (id: number, deaths: number) => () =>
  tasks().some((task) => task.jobId === id && task.state === 'running' && task.deaths === deaths)

async function start(): Promise<Served> {
  return serve({ data })
}

async function killWhile(appliance: Served, isTime: () => boolean) {
  await until(isTime)
  appliance.signal('SIGKILL')
  await appliance.exited()
}

test('a job at work at three deaths is failed as poison; one at work at a single death is not', async () => {
  let appliance = await start()
  await appliance.api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'] },
    webhooks: { endpoints: [{ url: receiver.url }] },
  })
  const poison = await appliance.api.submit(sampleCall({ algorithm_ids: ['never_settles', 'words'] }))
  await until(isRunning(poison, 0))
  const bystander = await appliance.api.submit(sampleCall({ algorithm_ids: ['never_settles'] }))
  await killWhile(appliance, isRunning(bystander, 0))

  for (let death = 1; death < MAX_DEATHS; death++) {
    appliance = await start()
    await until(isRunning(poison, death))
    const healthy = await appliance.api.submit(sampleCall())
    expect((await appliance.api.settled(healthy)).status).toBe('completed')
    await killWhile(appliance, isRunning(poison, death))
  }

  appliance = await serve({ data, args: ['--algorithm-timeout', '0.5'] })
  const job = await appliance.api.settled(poison)
  expect(job).toMatchObject({ status: 'failed', error: { code: 'poison' } })
  expect(job.error!.message).toContain(`died ${MAX_DEATHS} times`)
  expect((await appliance.api.runs(poison)).map(({ error }) => error?.code)).toEqual(['poison', 'poison'])
  const told = receiver.received.map(payloadOf).filter(({ call }) => call.job_id === poison)
  expect(told.map(({ status, error }) => `${status} ${error?.code}`)).toEqual([
    'failed poison',
    'failed poison',
  ])

  for (const { call } of told) expect(call.call_transcript).toStartWith('Agent: Thank you for calling')

  expect(await appliance.api.settled(bystander)).toMatchObject({
    status: 'failed',
    error: { code: 'all_runs_failed' },
  })
  expect((await appliance.api.runs(bystander))[0]!.error!.code).toBe('plugin_timeout')
  expect(tasks()).toEqual([])
  appliance.signal('SIGTERM')
  expect((await appliance.exited()).code).toBe(0)
}, 40_000)

test('a recording at work at three deaths is poison too, and can be requeued by hand', async () => {
  const wav = makeWav([speechLike([[0.2, 1.5]], 8000, 2)], { rate: 8000 })
  let appliance = await start()
  const settings = { url: 'x', mode: 'loops' }
  await appliance.api.configure({
    processing: { filters: { min_duration_seconds: 0 } },
    transcription: { transcriber: 'hears', settings },
  })
  const id = await appliance.api.submitFile(wav)
  for (let death = 0; death < MAX_DEATHS; death++) {
    if (death > 0) appliance = await start()
    await killWhile(appliance, isRunning(id, death))
  }
  appliance = await start()
  expect(await appliance.api.settled(id)).toMatchObject({ status: 'failed', error: { code: 'poison' } })
  await appliance.api.configure({ transcription: { settings: { url: 'x', mode: 'well' } } })
  await appliance.api.post(`/jobs/${id}/retry`, { mode: 'requeue' })
  expect(await appliance.api.settled(id)).toMatchObject({ status: 'completed', error: null })
  appliance.signal('SIGTERM')
  await appliance.exited()
}, 40_000)
