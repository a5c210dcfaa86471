import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { makeDataFolder } from '../support/data-folder.ts'
import { findLosses } from '../support/evidence.ts'
import { integrity, killServed, processesOf, query, type Served, serve } from '../support/executable.ts'
import { nothingSubmitted, startLoad, submitRest } from '../support/load.ts'
import { until } from '../support/plugin-pools.ts'
import { startReceiver } from '../support/receiver.ts'
import { needsRight } from '../support/rights.ts'
import { sampleCall } from '../support/sample-call.ts'

const receiver = startReceiver()
afterAll(async () => {
  await killServed()
  receiver.stop()
})

const FIRST_PROCESS = ['unshare', '-p', '-f', '--mount-proc']
const LIMIT_SECONDS = 2
const LIMIT = ['--stop-timeout', String(LIMIT_SECONDS)]
/** Starting to stop and ending take their time too on a busy machine. */
const WITHIN_MS = LIMIT_SECONDS * 1000 + 1500

const configure = ({ api }: Served, path: string, algorithms: string[]) =>
  api.put('/config/workspaces/default', {
    processing: { algorithms },
    webhooks: { endpoints: [{ url: receiver.url + path }] },
  })
const openWork = (data: string) =>
  query<{ open: number }>(data, 'SELECT count(*) AS open FROM tasks')[0]!.open

describe('SIGTERM', () => {
  test('under load ends within its limit and loses nothing', async () => {
    const data = makeDataFolder(['good/words', 'good/waits'])
    const submitted = nothingSubmitted()
    for (let round = 0; round < 3; round++) {
      const appliance = await serve({ data, args: LIMIT })
      await configure(appliance, '/stopping', ['words', 'waits'])
      const load = startLoad(appliance.url, submitted, { clients: 8, pauseMs: 5 })
      await Bun.sleep(250)
      appliance.signal('SIGTERM')
      const { code, ms } = await appliance.exited()
      expect(code).toBe(0)
      expect(ms).toBeLessThan(WITHIN_MS)
      await load.ended
      expect(processesOf(data)).toEqual([])
    }
    const last = await serve({ data, args: LIMIT })
    await submitRest(last.url, submitted)
    await until(() => openWork(data) === 0, 20_000)
    last.signal('SIGTERM')
    await last.exited()
    const hooks = receiver.received.filter(({ path }) => path === '/stopping')
    expect(findLosses(data, submitted, hooks, ['/stopping']).slice(0, 20)).toEqual([])
    expect(integrity(data)).toEqual(['ok'])
  }, 60_000)

  test('with a hanging plugin and half-open clients ends in time, and the job goes on at the next start', async () => {
    const data = makeDataFolder(['good/words', 'bad/never-settles'])
    const first = await serve({ data, args: LIMIT })
    await configure(first, '/hanging', ['never_settles', 'words'])
    const id = await first.api.submit(sampleCall())
    await until(() => running(data) === 1)
    const clients = await Promise.all(Array.from({ length: 50 }, () => halfOpen(first.url)))
    first.signal('SIGTERM')
    const { code, ms } = await first.exited()
    for (const client of clients) client.destroy()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(WITHIN_MS)
    expect(processesOf(data)).toEqual([])

    expect(query(data, "SELECT state, deaths FROM tasks WHERE kind = 'analyze'")).toEqual([
      { state: 'ready', deaths: 0 },
    ])

    const second = await serve({ data, args: [...LIMIT, '--algorithm-timeout', '0.5'] })
    const job = await second.api.settled(id)
    expect(job.status).toBe('partial')
    const runs = await second.api.runs(id)
    expect(runs.find(({ algorithm_id }) => algorithm_id === 'never_settles')!.error!.code).toBe(
      'plugin_timeout',
    )
    second.signal('SIGTERM')
    expect((await second.exited()).code).toBe(0)
  }, 30_000)

  test('twice ends it at once', async () => {
    const data = makeDataFolder(['bad/never-settles'])
    const appliance = await serve({ data })
    await configure(appliance, '/twice', ['never_settles'])
    await appliance.api.submit(sampleCall())
    await until(() => running(data) === 1)
    appliance.signal('SIGTERM')
    await Bun.sleep(200)
    appliance.signal('SIGTERM')
    const { code, ms } = await appliance.exited()
    expect(code).toBe(1)
    expect(ms).toBeLessThan(1500)
    await until(() => processesOf(data).length === 0)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`${signal} when idle ends it in less than a second`, async () => {
      const data = makeDataFolder()
      const appliance = await serve({ data })
      appliance.signal(signal)
      const { code, ms } = await appliance.exited()
      expect(code).toBe(0)
      expect(ms).toBeLessThan(1500)
      expect(query(data, 'PRAGMA wal_checkpoint')).toHaveLength(1)
    })

  needsRight('the right to unshare', [...FIRST_PROCESS, 'true'])(
    'as the first process of a container ends it too',
    async () => {
      const data = makeDataFolder()
      const appliance = await serve({ data, wrapper: FIRST_PROCESS })
      const [inside] = readFileSync(`/proc/${appliance.pid}/task/${appliance.pid}/children`, 'utf8').split(
        ' ',
      )
      process.kill(Number(inside), 'SIGTERM')
      const { code, ms } = await appliance.exited()
      expect(code).toBe(0)
      expect(ms).toBeLessThan(2000)
      expect(processesOf(data)).toEqual([])
    },
  )
})

const running = (data: string) =>
  query<{ count: number }>(data, "SELECT count(*) AS count FROM tasks WHERE state = 'running'")[0]!.count

/** Sends half the head of a request and then nothing. */
async function halfOpen(url: string) {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write('POST /api/v1/calls/transcript HTTP/1.1\r\nHost: half\r\nAuthoriz')
  return socket
}
