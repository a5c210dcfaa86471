import { afterEach, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as modelModule from '../../src/model/index.ts'
import { pluginTemplate } from '../../src/plugin-host/template.ts'
import * as textModule from '../../src/text/index.ts'
import { call, closePools, openPool, pluginFolder } from '../support/plugin-pools.ts'

afterEach(closePools)

const TSC = join(import.meta.dir, '../../node_modules/.bin/tsc')
const OPTIONS = [
  '--noEmit',
  '--strict',
  '--target',
  'esnext',
  '--module',
  'esnext',
  '--types',
  '',
  '--ignoreConfig',
]

function writeTemplate(name: string): string {
  const folder = pluginFolder()
  for (const file of pluginTemplate(name)!) writeFileSync(join(folder, file.name), file.text)
  return folder
}

test('a new plugin works as it is', async () => {
  const pool = await openPool({ folder: writeTemplate('courtesy_v1') })
  expect(pool.catalogue()).toMatchObject([
    { id: 'courtesy_v1', name: 'Courtesy', file: 'courtesy_v1.ts', error: null },
  ])
  const turns = [
    { turn: 0, speaker: 'Agent', text: 'Thank you for calling. How are you?', start_ms: 0, end_ms: 900 },
  ]
  const [outcome] = await pool.analyze({ call: { ...call, turns }, runs: [{ algorithmId: 'courtesy_v1' }] })
  expect(outcome).toMatchObject({
    status: 'completed',
    result: { count: 1, share_of_sentences: 0.5, found: [{ turn: 0, quote: 'Thank you for calling.' }] },
  })
})

test('its types satisfy an editor without anything installed', () => {
  const folder = writeTemplate('courtesy_v1')
  expect(typeCheck(folder)).toBe('')
  const file = join(folder, 'courtesy_v1.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('count: found.length,', "count: 'many',"))
  expect(typeCheck(folder)).toContain('courtesy_v1.ts')
})

test('what the types declare of earshot/text is there', () => {
  const types = pluginTemplate('x')![1]!.text
  const declared = types.slice(types.indexOf("'earshot/text'")).matchAll(/export (?:function|const) (\w+)/g)
  expect([...declared].map(([, name]) => name!).sort()).toEqual(Object.keys(textModule).sort())
})

test('what the types declare of earshot/model is there', () => {
  const types = pluginTemplate('x')![1]!.text
  const [start, end] = [types.indexOf("'earshot/model'"), types.indexOf("'earshot/text'")]
  const declared = types.slice(start, end).matchAll(/export (?:function|const) (\w+)/g)
  expect([...declared].map(([, name]) => name!).sort()).toEqual(Object.keys(modelModule).sort())
})

test('names that cannot be files or ids are refused', () => {
  for (const name of ['', '../x', 'A', '1a', 'a b', 'x'.repeat(61)])
    expect(pluginTemplate(name)).toBeUndefined()
})

function typeCheck(folder: string): string {
  const files = [join(folder, 'courtesy_v1.ts'), join(folder, 'earshot.d.ts')]
  const { stdout } = Bun.spawnSync([TSC, ...OPTIONS, '--lib', 'esnext,dom', ...files], { cwd: folder })
  return stdout.toString()
}
