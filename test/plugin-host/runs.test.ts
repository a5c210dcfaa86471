import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, closePools, openPool, pluginFolder, WORDS } from '../support/plugin-pools.ts'

afterEach(closePools)

const recording = { path: 'left.wav', duration_seconds: 1, language: null, vocabulary: [] }

test('outcomes come in the order of the runs, each with its version and times', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'good/waits') })
  const before = Date.now()
  const outcomes = await pool.analyze({
    call,
    runs: [{ algorithmId: 'waits' }, { algorithmId: 'missing' }, { algorithmId: 'words' }],
  })
  expect(outcomes).toMatchObject([
    { algorithmId: 'waits', version: '1.0.0', status: 'completed', result: { words: 1 } },
    {
      algorithmId: 'missing',
      status: 'failed',
      error: { code: 'plugin_unavailable', message: 'There is no plugin «missing».' },
    },
    { algorithmId: 'words', status: 'completed', result: { words: WORDS, role: 'agent' } },
  ])
  expect(outcomes[0]!.durationMs).toBeGreaterThan(15)
  expect(outcomes[0]!.startedAt).toBeGreaterThanOrEqual(before)
  expect(await pool.analyze({ call, runs: [] })).toEqual([])
})

test('a role that the caller knows is kept', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words') })
  const turns = call.turns.map((turn) => ({ ...turn, role: 'other' as const }))
  const [outcome] = await pool.analyze({ call: { ...call, turns }, runs: [{ algorithmId: 'words' }] })
  expect(outcome).toMatchObject({ result: { role: 'other' } })
})

test('a plugin that changes the call changes it for itself only', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'good/meddles') })
  const outcomes = await pool.analyze({ call, runs: [{ algorithmId: 'meddles' }, { algorithmId: 'words' }] })
  expect(outcomes).toMatchObject([{ result: { words: 0 } }, { result: { words: WORDS, role: 'agent' } }])
})

test('a plugin sees the secrets it declared and no environment', async () => {
  const secrets = { TEST_KEY: 'abc', OTHER_KEY: 'def' }
  const pool = await openPool({ folder: pluginFolder('good/tells'), secrets })
  process.env.EARSHOT_TEST_CANARY = 'do not pass on'
  const [outcome] = await pool.analyze({ call, runs: [{ algorithmId: 'tells' }] })
  delete process.env.EARSHOT_TEST_CANARY
  expect(outcome).toMatchObject({ result: { known: 'abc', unknown: null } })
  const { environment } = (outcome as { result: { environment: string[] } }).result
  for (const name of ['EARSHOT_TEST_CANARY', 'HOME', 'TEST_KEY']) expect(environment).not.toContain(name)
  expect(outcome?.logs).toMatchObject([
    { level: 'info', message: 'looking', data: { turns: 2 } },
    { level: 'debug', message: 'by hand' },
  ])
})

test('refinements count for variables and answers', async () => {
  const pool = await openPool({ folder: pluginFolder('good/picky') })
  const outcomes = await pool.analyze({
    call,
    runs: [1, 7, 13, 'x'].map((answer) => ({ algorithmId: 'picky', variables: { answer } })),
  })
  expect(outcomes).toMatchObject([
    { status: 'completed' },
    { error: { code: 'plugin_bad_result', message: expect.stringMatching(/words: is never seven/) } },
    { error: { code: 'bad_variables', message: expect.stringMatching(/answer: is unlucky/) } },
    { error: { code: 'bad_variables', message: expect.stringMatching(/answer: /) } },
  ])
})

test('variables are checked strictly', async () => {
  const pool = await openPool({ folder: pluginFolder('good/picky', 'good/hears') })
  expect(await pool.validateVariables('picky', {})).toEqual({
    valid: true,
    value: { answer: 1 },
    problems: [],
    missing: null,
  })
  const unknown = await pool.validateVariables('picky', { anser: 1 })
  expect(unknown).toMatchObject({ valid: false, problems: [{ field: 'anser', message: 'is not known' }] })
  const unlucky = await pool.validateVariables('picky', { answer: 13 })
  expect(unlucky).toMatchObject({ valid: false, problems: [{ field: 'answer', message: 'is unlucky' }] })
  expect(await pool.validateVariables('picky', 'text')).toMatchObject({ valid: false })
  expect(await pool.validateVariables('none', {})).toMatchObject({ valid: false })
  expect(await pool.validateVariables('hears', {})).toMatchObject({
    missing: 'Set the url of the recogniser.',
  })
  expect(await pool.validateVariables('hears', { url: 'x' })).toMatchObject({ valid: true, missing: null })
})

test('requests stay within the network policy', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hello') })
  const runs = [{ algorithmId: 'fetches', variables: { url: server.url.href } }]
  const closed = await openPool({ folder: pluginFolder('good/fetches') })
  const [refused] = await closed.analyze({ call, runs })
  expect(refused).toMatchObject({ status: 'failed', error: { code: 'plugin_error' } })
  const open = await openPool({ folder: pluginFolder('good/fetches'), allowNetworks: ['127.0.0.0/8'] })
  expect(await open.analyze({ call, runs })).toMatchObject([
    { status: 'completed', result: { text: 'hello' } },
  ])
  await server.stop(true)
})

test('the program itself is the host', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words'), command: undefined })
  expect(await pool.analyze({ call, runs: [{ algorithmId: 'words' }] })).toMatchObject([
    { status: 'completed' },
  ])
})

describe('transcribers', () => {
  test('answer with turns in the order of time', async () => {
    const pool = await openPool({ folder: pluginFolder('good/hears') })
    expect(await pool.transcribe('hears', recording, {})).toMatchObject({
      status: 'completed',
      result: {
        turns: [
          { text: 'hello', start_ms: 0 },
          { text: 'left.wav', start_ms: 500 },
        ],
        language: 'en',
      },
    })
    expect(await pool.transcribe('hears', recording, { mode: 'backwards' })).toMatchObject({
      status: 'failed',
      error: {
        code: 'plugin_bad_result',
        message: expect.stringMatching(/ends at 100 ms, before it starts/),
      },
    })
    expect(await pool.transcribe('words', recording, {})).toMatchObject({
      error: { code: 'plugin_unavailable' },
    })
  })

  test('that hang are stopped without touching algorithms', async () => {
    const pool = await openPool({ folder: pluginFolder('good/hears', 'good/words') })
    const hanging = pool.transcribe('hears', recording, { mode: 'loops' }, { timeLimitMs: 1500 })
    const started = performance.now()
    await pool.analyze({ call, runs: [{ algorithmId: 'words' }] })
    expect(performance.now() - started).toBeLessThan(1000)
    expect(await hanging).toMatchObject({ error: { code: 'plugin_timeout' } })
    expect(await pool.transcribe('hears', recording, {})).toMatchObject({ status: 'completed' })
  })

  test('and algorithms cannot be taken for each other', async () => {
    const pool = await openPool({ folder: pluginFolder('good/hears', 'good/words') })
    const [wrong] = await pool.analyze({ call, runs: [{ algorithmId: 'hears' }] })
    expect(wrong).toMatchObject({ error: { code: 'plugin_unavailable' } })
  })
})

test('a carrier is never asked twice, even when its process dies', async () => {
  const folder = pluginFolder('good/carries')
  const pool = await openPool({ folder })
  const request = { from_number: '+1', to_number: '+2', status_url: '', record: false, timeout_seconds: 1 }
  const diary = join(folder, 'diary.txt')
  const settings = { diary }
  expect(await pool.dial('carries', request, settings)).toMatchObject({ result: { carrier_call_id: 'CA1' } })
  expect(await pool.hangUp('carries', 'CA1', settings)).toMatchObject({ status: 'completed' })
  expect(await pool.dial('carries', request, { ...settings, dies: true })).toMatchObject({
    status: 'failed',
    error: { code: 'plugin_crashed' },
  })
  expect(readFileSync(diary, 'utf8')).toBe('call +2\nhang up CA1\ncall +2\n')
})
