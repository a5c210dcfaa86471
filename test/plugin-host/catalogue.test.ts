import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from '../../src/plugin-host/pool.ts'
import { SHIPPED } from '../../src/plugin-host/shipped.ts'
import { addFixture, call, closePools, openPool, pluginFolder, until } from '../support/plugin-pools.ts'

afterEach(closePools)

const PLUGINS = join(import.meta.dir, '../../plugins')

const algorithm = ({ id = 'made', version = '1.0.0', variables = 'z.object({})', words = 1, top = '' }) => `
import { defineAlgorithm, z } from 'earshot/plugin'
${top}
export default defineAlgorithm({
  id: '${id}', version: '${version}', name: 'Made',
  variables: ${variables},
  result: z.object({ words: z.number() }),
  analyze: () => ({ words: ${words} }),
})`

test('the shipped table lists exactly the files of plugins/', () => {
  const files = readdirSync(PLUGINS).map((name) => name.replace(/\.ts$/, ''))
  expect(Object.keys(SHIPPED).sort()).toEqual(files.sort())
})

test('every shipped plugin loads', async () => {
  const pool = await openPool({ folder: null, shipped: Object.keys(SHIPPED) })
  const faults = pool.catalogue().filter((entry) => entry.error)
  expect(faults.map((entry) => [entry.id, entry.error])).toEqual([])
  expect(pool.catalogue().length).toBe(Object.keys(SHIPPED).length)
})

test('an entry tells what the appliance needs to know', async () => {
  const pool = await openPool({ folder: pluginFolder('good/tells', 'good/waits', 'good/hears') })
  const entries = new Map(pool.catalogue().map((entry) => [entry.id, entry]))
  expect(entries.get('tells')).toMatchObject({
    file: 'tells.ts',
    shipped: false,
    secrets: ['TEST_KEY'],
    error: null,
  })
  expect(entries.get('waits')).toMatchObject({
    plugin: 'algorithm',
    kind: 'analysis',
    version: '1.0.0',
    defaults: { ms: 20 },
    variables_schema: {
      type: 'object',
      properties: { ms: { type: 'number', maximum: 60_000, default: 20 } },
      additionalProperties: false,
    },
    result_schema: { type: 'object', required: ['words'] },
  })
  expect(entries.get('hears')).toMatchObject({
    plugin: 'transcriber',
    kind: null,
    defaults: { mode: 'well' },
  })
})

describe('a file that cannot be loaded says why and stops nobody', () => {
  const FILES: Record<string, { text: string; error: RegExp }> = {
    'a-syntax.ts': { text: 'export default {{{', error: /.+/ },
    'b-throws.ts': { text: 'throw new Error("not on this machine")', error: /not on this machine/ },
    'c-nothing.ts': { text: 'export const a = 1', error: /exports no plugin.*defineAlgorithm/ },
    'd-id.ts': { text: algorithm({ id: 'a b' }), error: /«id» must be/ },
    'e-schema.ts': {
      text: algorithm({ variables: 'z.object({ at: z.date().default(new Date()) })' }),
      error: /JSON Schema cannot express «variables»/,
    },
    'f-default.ts': {
      text: algorithm({ variables: 'z.object({ at: z.string() })' }),
      error: /default for every field; «at» has none/,
    },
    'g-package.ts': { text: 'import x from "no-such-package"\nexport default x', error: /no-such-package/ },
    'h-exits.ts': { text: 'process.exit(1)', error: /tried to end its process/ },
    'i-dies.ts': {
      text: 'process.kill(process.pid, "SIGKILL")',
      error: /ended while the file was loaded.*SIGKILL/,
    },
    'j-loops.ts': { text: 'for (;;) Math.random()', error: /Loading did not end within 1 s/ },
    'k-waits.ts': { text: 'await new Promise(() => {})', error: /Loading did not end within 1 s/ },
    'l-first.ts': { text: algorithm({ id: 'twice' }), error: /^$/ },
    'm-second.ts': { text: algorithm({ id: 'twice' }), error: /«twice» is already taken by l-first\.ts/ },
  }

  test('each by its own reason', async () => {
    const folder = pluginFolder('good/words')
    for (const [name, { text }] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
    const pool = await openPool({ folder, loadLimitMs: 1000 })
    const errors = new Map(pool.catalogue().map((entry) => [entry.file, entry.error ?? '']))
    for (const [name, { error }] of Object.entries(FILES)) expect(errors.get(name)).toMatch(error)
    expect(await words(pool, 'words')).toBe(13)
    expect(await words(pool, 'twice')).toBe(1)
    const [outcome] = await pool.analyze({ call, runs: [{ algorithmId: 'b-throws.ts' }] })
    expect(outcome).toMatchObject({ error: { code: 'plugin_unavailable' } })
  })
})

test('other files of the folder are no plugins', async () => {
  const folder = pluginFolder('good/words')
  for (const name of ['words.test.ts', 'earshot.d.ts', '.hidden.ts', '_helper.ts', 'notes.md'])
    writeFileSync(join(folder, name), 'throw new Error("should not be read")')
  mkdirSync(join(folder, 'more.ts'))
  const pool = await openPool({ folder })
  expect(pool.catalogue().map((entry) => entry.file)).toEqual(['words.ts'])
})

test('a file that takes the host down behind everybody’s back is left alone with itself', async () => {
  const folder = pluginFolder('good/words')
  const top = 'setTimeout(() => process.kill(process.pid, "SIGKILL"), 200)'
  writeFileSync(join(folder, 'bomb.ts'), algorithm({ id: 'bomb', top }))
  const told: string[] = []
  const pool = await openPool({ folder, onWarning: (message) => told.push(message) })
  await until(() => told.join().includes('process of its own'))
  for (let i = 0; i < 10; i++) {
    expect(await words(pool, 'words')).toBe(13)
    await Bun.sleep(50)
  }
})

test('files come, change and go without a restart, and no run is lost', async () => {
  const folder = pluginFolder('good/words', 'good/waits')
  const pool = await openPool({ folder })
  let changes = 0
  pool.onChange(() => changes++)

  writeFileSync(join(folder, 'made.ts'), algorithm({ words: 1 }))
  const around = Array.from({ length: 30 }, async (_, i) => {
    await Bun.sleep(i * 20)
    return pool.analyze({
      call,
      runs: [{ algorithmId: 'words' }, { algorithmId: 'waits', variables: { ms: 300 } }],
    })
  })
  await until(() => pool.catalogue().some((entry) => entry.id === 'made'))
  expect(await words(pool, 'made')).toBe(1)
  for (const outcome of (await Promise.all(around)).flat()) expect(outcome.status).toBe('completed')

  writeFileSync(join(folder, 'made.ts'), algorithm({ version: '1.0.1', words: 22 }))
  await until(() => pool.catalogue().some((entry) => entry.version === '1.0.1'))
  expect(await words(pool, 'made')).toBe(22)

  rmSync(join(folder, 'made.ts'))
  await until(() => pool.catalogue().every((entry) => entry.id !== 'made'))
  const [gone] = await pool.analyze({ call, runs: [{ algorithmId: 'made' }] })
  expect(gone).toMatchObject({ status: 'failed', error: { code: 'plugin_unavailable' } })
  expect(changes).toBe(3)
  await until(() => pool.stats().hosts === 1)
})

test('the folder may appear later', async () => {
  const folder = join(pluginFolder(), 'later')
  const pool = await openPool({ folder })
  expect(pool.catalogue()).toEqual([])
  mkdirSync(folder)
  addFixture(folder, 'good/words')
  await until(() => pool.catalogue().length === 1)
  expect(await words(pool, 'words')).toBe(13)
})

test('a changed file is trusted anew', async () => {
  const folder = pluginFolder()
  const file = join(folder, 'made.ts')
  writeFileSync(file, algorithm({}).replace('=> ({ words: 1 })', '=> { for (;;) Math.random() }'))
  const pool = await openPool({ folder, algorithmLimitMs: 200 })
  const [hung] = await pool.analyze({ call, runs: [{ algorithmId: 'made' }] })
  expect(hung).toMatchObject({ error: { code: 'plugin_timeout' } })
  writeFileSync(file, algorithm({ version: '2.0.0', words: 5 }))
  await until(() => pool.catalogue().some((entry) => entry.version === '2.0.0'))
  expect(await words(pool, 'made')).toBe(5)
  await until(() => pool.stats().hosts === 1)
})

test('a file with the id of a shipped plugin takes its place', async () => {
  const shipped = Object.keys(SHIPPED)[0]!
  const folder = pluginFolder()
  writeFileSync(join(folder, 'mine.ts'), algorithm({ id: shipped, words: 99 }))
  const pool = await openPool({ folder, shipped: [shipped] })
  expect(pool.catalogue()).toMatchObject([{ id: shipped, file: 'mine.ts', shipped: false, error: null }])
  expect(await words(pool, shipped)).toBe(99)
})

async function words(pool: Pool, algorithmId: string): Promise<unknown> {
  const [outcome] = await pool.analyze({ call, runs: [{ algorithmId }] })
  return outcome?.status === 'completed' ? (outcome.result as { words: number }).words : outcome?.error
}
