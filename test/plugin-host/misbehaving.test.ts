import { afterEach, expect, test } from 'bun:test'
import type { FailureCode, Pool, RunOutcome } from '../../src/plugin-host/pool.ts'
import { call, closePools, openPool, pluginFolder, WORDS } from '../support/plugin-pools.ts'

afterEach(closePools)

interface Scenario {
  plugin: string
  code: FailureCode
  message: RegExp
  variables?: unknown
}

const LIMIT = 700
/** What the jobs beside a bad run would take if each of them waited for one such run. */
const ONE_AFTER_ANOTHER = 20 * LIMIT
const TIMED_OUT = /^The plugin did not finish within 700 ms and was stopped\.$/
const NOT_FITTING = /does not fit its schema: words: /

const SCENARIOS: Scenario[] = [
  { plugin: 'loops', code: 'plugin_timeout', message: TIMED_OUT },
  { plugin: 'loops-later', code: 'plugin_timeout', message: TIMED_OUT },
  { plugin: 'never-settles', code: 'plugin_timeout', message: TIMED_OUT },
  { plugin: 'stops-when-told', code: 'plugin_timeout', message: TIMED_OUT },
  { plugin: 'throws', code: 'plugin_error', message: /failed: no words today$/ },
  { plugin: 'throws-strangely', code: 'plugin_error', message: /an error that cannot be read/ },
  { plugin: 'rejects', code: 'plugin_error', message: /failed: no words later$/ },
  { plugin: 'throws-in-timer', code: 'plugin_error', message: /failed: in a timer$/ },
  { plugin: 'exits', code: 'plugin_error', message: /tried to end its process/ },
  { plugin: 'segfaults', code: 'plugin_crashed', message: /^The plugin ended its process \(.+\)\.$/ },
  { plugin: 'dies-later', code: 'plugin_crashed', message: /signal SIGKILL/ },
  { plugin: 'answers-text', code: 'plugin_bad_result', message: /does not fit its schema: result: / },
  { plugin: 'answers-nothing', code: 'plugin_bad_result', message: /does not fit its schema: result: / },
  { plugin: 'answers-nan', code: 'plugin_bad_result', message: NOT_FITTING },
  { plugin: 'floods', code: 'plugin_output', message: /more than 1 MB to standard output/ },
  { plugin: 'floods-later', code: 'plugin_output', message: /more than 1 MB to standard output/ },
  { plugin: 'pollutes', code: 'plugin_error', message: /not extensible|non-extensible|add|define/i },
  ...[
    { kind: 'cycle', message: /cannot be read: TypeError/ },
    { kind: 'bigint', message: /cannot be read: TypeError/ },
    { kind: 'undefined', message: /answered nothing/ },
    { kind: 'large', message: /larger than 8 MB/ },
    { kind: 'deep', message: /nested deeper than 64|cannot be read: RangeError/ },
    { kind: 'toJSON', message: /a toJSON that throws/ },
    { kind: 'getter', message: /a getter that throws/ },
  ].map(({ kind, message }) => ({
    plugin: 'answers-anything',
    code: 'plugin_bad_result' as const,
    message,
    variables: { kind },
  })),
]

for (const scenario of SCENARIOS) {
  const name = [scenario.plugin, ...Object.values(Object(scenario.variables))].join(' ')
  test(`${name}: its run fails with a reason, all others succeed`, async () => {
    const pool = await openPool({
      folder: pluginFolder('good/words', 'good/waits', `bad/${scenario.plugin}`),
    })
    const bad = { algorithmId: scenario.plugin.replaceAll('-', '_'), variables: scenario.variables }

    const started = performance.now()
    const [mixed, ...others] = await Promise.all([
      analyze(pool, [{ algorithmId: 'words' }, bad, { algorithmId: 'waits' }, { algorithmId: 'words' }]),
      ...Array.from({ length: 20 }, () =>
        analyze(pool, [{ algorithmId: 'words' }, { algorithmId: 'waits' }]),
      ),
    ])

    expect(performance.now() - started).toBeLessThan(LIMIT + ONE_AFTER_ANOTHER / 4)
    const [before, failed, waiting, after] = mixed!
    expect(failed).toMatchObject({ status: 'failed', error: { code: scenario.code } })
    expect(failed?.status === 'failed' && failed.error.message).toMatch(scenario.message)
    for (const outcome of [before, after]) expect(outcome).toMatchObject(wordsCounted)
    for (const outcome of [waiting, ...others.flat()]) expect(outcome?.status).toBe('completed')
    expect(await analyze(pool, [{ algorithmId: 'words' }])).toMatchObject([wordsCounted])
  })
}

for (const plugin of ['eats-arrays', 'eats-buffers', 'eats-at-once', 'eats-later'])
  test(`${plugin}: it is stopped by the memory limit`, async () => {
    const folder = pluginFolder('good/words', `bad/${plugin}`)
    const pool = await openPool({ folder, memoryLimitMb: 300 })
    const bad = { algorithmId: plugin.replaceAll('-', '_') }
    const [mixed, others] = await Promise.all([
      analyze(pool, [bad, { algorithmId: 'words' }], 10_000),
      analyze(pool, [{ algorithmId: 'words' }]),
    ])
    expect(mixed).toMatchObject([{ status: 'failed', error: { code: 'plugin_memory' } }, wordsCounted])
    expect(others).toMatchObject([wordsCounted])
  })

test('what is rejected after the answer is told and harms nobody', async () => {
  const told: string[] = []
  const folder = pluginFolder('good/waits', 'bad/rejects-late')
  const pool = await openPool({ folder, onWarning: (message) => told.push(message) })
  const outcomes = await analyze(pool, [
    { algorithmId: 'rejects_late' },
    { algorithmId: 'waits', variables: { ms: 200 } },
  ])
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['completed', 'completed'])
  expect(told.join()).toContain('long after the answer')
  expect(pool.stats().restarts).toBe(0)
})

test('an answer cannot reach the prototypes of the parent', async () => {
  const pool = await openPool({ folder: pluginFolder('bad/pollutes-by-answer') })
  await analyze(pool, [{ algorithmId: 'pollutes_by_answer' }])
  expect(({} as { polluted?: string }).polluted).toBeUndefined()
})

test('a plugin has no hold of the channel', async () => {
  const pool = await openPool({ folder: pluginFolder('bad/talks-over-the-channel') })
  const [outcome] = await analyze(pool, [{ algorithmId: 'talks_over_the_channel' }])
  expect(outcome).toMatchObject({ status: 'completed' })
  expect(pool.stats().restarts).toBe(0)
})

test('work behind a hanging run does not wait for its time limit', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'bad/loops') })
  const hanging = analyze(pool, [{ algorithmId: 'words' }, { algorithmId: 'loops' }], 4000)
  await Bun.sleep(50)
  const started = performance.now()
  const others = await Promise.all(
    Array.from({ length: 10 }, () => analyze(pool, [{ algorithmId: 'words' }])),
  )
  expect(performance.now() - started).toBeLessThan(2000)
  expect(others.flat()).toMatchObject(Array(10).fill(wordsCounted))
  expect(await hanging).toMatchObject([wordsCounted, { error: { code: 'plugin_timeout' } }])
})

test('a plugin that keeps hanging does not hold up its callers for ever', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'bad/loops') })
  const started = performance.now()
  const bad = Array.from({ length: 12 }, () => analyze(pool, [{ algorithmId: 'loops' }]))
  await Bun.sleep(1200)
  const middle = performance.now()
  expect(await analyze(pool, [{ algorithmId: 'words' }])).toMatchObject([wordsCounted])
  expect(performance.now() - middle).toBeLessThan(1000)
  for (const [outcome] of await Promise.all(bad))
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'plugin_timeout' } })
  expect(performance.now() - started).toBeLessThan(8000)
  expect(pool.stats().hosts).toBeLessThanOrEqual(6)
})

test('a slow but honest run gets its time', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'bad/slow') })
  const [slow, quick] = await Promise.all([
    analyze(pool, [{ algorithmId: 'slow' }], 5000),
    analyze(pool, [{ algorithmId: 'words' }]),
  ])
  expect([slow[0]?.status, quick[0]?.status]).toEqual(['completed', 'completed'])
})

const wordsCounted = { status: 'completed', result: { words: WORDS } }

interface Order {
  algorithmId: string
  variables?: unknown
}

const analyze = (pool: Pool, runs: Order[], timeLimitMs = LIMIT): Promise<RunOutcome[]> =>
  pool.analyze({ call, runs, timeLimitMs })
