import { afterAll, expect, test } from 'bun:test'
import { makeDataFolder } from '../support/data-folder.ts'
import { findLosses } from '../support/evidence.ts'
import { integrity, killServed, processesOf, query, type Served, serve } from '../support/executable.ts'
import { nothingSubmitted, startLoad, submitRest } from '../support/load.ts'
import { until } from '../support/plugin-pools.ts'
import { startReceiver } from '../support/receiver.ts'
import { makeRandom } from '../support/wav.ts'

const ROUNDS = 20
const READY_WITHIN_MS = 3000
const LONGEST_LIFE_MS = 450
/** Of the deaths come the moment a call is acknowledged. */
const ON_ACKNOWLEDGEMENT = 0.35
const PATHS = ['/one', '/two']
const ALGORITHMS = ['words', 'waits', 'key_phrases_v1']

const seed = Number(process.env.EARSHOT_TEST_SEED ?? Date.now() % 1_000_000)
const random = makeRandom(seed)
const data = makeDataFolder(['good/words', 'good/waits'])
const receiver = startReceiver()
afterAll(async () => {
  await killServed()
  receiver.stop()
})

test(`${ROUNDS} deaths at random moments under load lose nothing (EARSHOT_TEST_SEED=${seed})`, async () => {
  const submitted = nothingSubmitted()
  const readyTimes: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const appliance = await serve({ data })
    readyTimes.push(appliance.readyMs)
    if (round === 0) await configure(appliance)
    await killUnderLoad(appliance, submitted)
  }
  const last = await serve({ data })
  readyTimes.push(last.readyMs)
  await submitRest(last.url, submitted)
  await until(() => openWork() === 0, 60_000)
  last.signal('SIGTERM')
  expect((await last.exited()).code).toBe(0)

  expect(findLosses(data, submitted, receiver.received, PATHS).slice(0, 20)).toEqual([])
  expect(submitted.acknowledged.size).toBeGreaterThan(ROUNDS)
  expect(integrity(data)).toEqual(['ok'])
  expect(Math.max(...readyTimes)).toBeLessThan(READY_WITHIN_MS)
  await until(() => processesOf(data).length === 0)
}, 90_000)

const configure = ({ api }: Served) =>
  api.put('/config/workspaces/default', {
    processing: { algorithms: ALGORITHMS },
    webhooks: { endpoints: PATHS.map((path) => ({ url: receiver.url + path })) },
  })

async function killUnderLoad(appliance: Served, submitted: ReturnType<typeof nothingSubmitted>) {
  const life = random() * LONGEST_LIFE_MS
  const killOnAcknowledgement = random() < ON_ACKNOWLEDGEMENT
  let due = false
  const kill = () => appliance.signal('SIGKILL')
  const load = startLoad(appliance.url, submitted, {
    clients: 8,
    pauseMs: 15,
    onAcknowledged: () => {
      if (due) kill()
    },
  })
  await Bun.sleep(life)
  due = true
  if (!killOnAcknowledgement) kill()
  await appliance.exited()
  await load.ended
}

const openWork = () => query<{ open: number }>(data, 'SELECT count(*) AS open FROM tasks')[0]!.open
