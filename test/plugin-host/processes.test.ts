import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPool } from '../../src/plugin-host/pool.ts'
import {
  call,
  closePools,
  findProcesses,
  HOST_COMMAND,
  openPool,
  pluginFolder,
  until,
} from '../support/plugin-pools.ts'

const PARENT = join(import.meta.dir, '../support/plugin-pool-parent.ts')

afterEach(closePools)

const recording = { path: 'a.wav', duration_seconds: 1, language: null, vocabulary: [] }

/** Host processes, guards and grandchildren alike work in the folder of their pool. */
const hostsIn = (folder: string) => findProcesses(({ cwd }) => cwd.startsWith(folder))

test('closing ends hosts, hanging or not, and what they started', async () => {
  const tempFolder = mkdtempSync(join(tmpdir(), 'earshot-test-'))
  const folder = pluginFolder('good/words', 'good/hears', 'bad/loops', 'bad/never-settles', 'bad/spawns')
  const pool = await openPool({ folder, tempFolder })
  await pool.analyze({ call, runs: [{ algorithmId: 'spawns' }] })
  await pool.transcribe('hears', recording, { mode: 'leaves a child' })
  const pending = Promise.allSettled([
    pool.analyze({ call, runs: [{ algorithmId: 'words' }, { algorithmId: 'loops' }] }),
    pool.analyze({ call, runs: [{ algorithmId: 'never_settles' }] }),
    pool.transcribe('hears', recording, { mode: 'loops' }),
  ])
  await Bun.sleep(800)
  expect(hostsIn(tempFolder).length).toBeGreaterThanOrEqual(7)

  const started = performance.now()
  await pool.close()
  expect(performance.now() - started).toBeLessThan(2000)
  await until(() => hostsIn(tempFolder).length === 0, 1000)
  expect(readdirSync(tempFolder)).toEqual([])
  for (const { status } of await pending) expect(status).toBe('rejected')
  expect(pool.analyze({ call, runs: [{ algorithmId: 'words' }] })).rejects.toThrow('closed')
  rmSync(tempFolder, { recursive: true })
})

test('closing at once leaves nothing behind either', async () => {
  const tempFolder = pluginFolder()
  const pool = createPool({ folder: pluginFolder('good/words'), tempFolder, command: HOST_COMMAND })
  const ready = pool.ready().catch((error: Error) => error.message)
  await pool.close()
  expect(await ready).toContain('closed')
  await Bun.sleep(100)
  expect(hostsIn(tempFolder)).toEqual([])
  expect(readdirSync(tempFolder)).toEqual([])
})

test('nothing outlives a parent that is killed', async () => {
  const tempFolder = mkdtempSync(join(tmpdir(), 'earshot-test-'))
  const folder = pluginFolder('good/hears', 'bad/loops', 'bad/never-settles', 'bad/spawns')
  const parent = Bun.spawn(
    [process.execPath, PARENT, folder, tempFolder, 'spawns', 'never_settles', 'loops'],
    { stdout: 'pipe', stderr: 'inherit' },
  )
  await readLine(parent.stdout)
  expect(hostsIn(tempFolder).length).toBeGreaterThanOrEqual(5)
  parent.kill('SIGKILL')
  await parent.exited
  await until(() => hostsIn(tempFolder).length === 0, 2000)
  const [left] = readdirSync(tempFolder)
  await openPool({ folder, tempFolder })
  expect(readdirSync(tempFolder)).toHaveLength(1)
  expect(readdirSync(tempFolder)).not.toContain(left)
  await closePools()
  rmSync(tempFolder, { recursive: true })
})

test('a host that is not needed any more ends', async () => {
  const pool = await openPool({ folder: pluginFolder('good/words', 'good/hears'), idleMs: 300 })
  await pool.transcribe('hears', recording, {})
  expect(pool.stats().hosts).toBe(2)
  await until(() => pool.stats().hosts === 1)
})

test('a host that has grown over many runs is replaced without anybody failing', async () => {
  const pool = await openPool({ folder: pluginFolder('bad/leaks', 'good/words'), memoryLimitMb: 300 })
  for (let i = 0; i < 60; i++) {
    const outcomes = await pool.analyze({ call, runs: [{ algorithmId: 'leaks' }, { algorithmId: 'words' }] })
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['completed', 'completed'])
    await Bun.sleep(10)
  }
  expect(pool.stats().rss).toBeLessThan(300 * 1024 * 1024)
})

test('hosts that are killed from outside, again and again, lose no run', async () => {
  const tempFolder = pluginFolder()
  const pool = await openPool({ folder: pluginFolder('good/words', 'good/waits'), tempFolder })
  const runs = [{ algorithmId: 'words' }, { algorithmId: 'waits', variables: { ms: 40 } }]
  const end = Date.now() + 2000
  const statuses = new Map<string, number>()
  const work = Array.from({ length: 16 }, async () => {
    while (Date.now() < end)
      for (const { status } of await pool.analyze({ call, runs }))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
  })
  while (Date.now() < end) {
    await Bun.sleep(300)
    for (const pid of hostsIn(tempFolder).slice(0, 1)) process.kill(pid, 'SIGKILL')
  }
  await Promise.all(work)
  expect(pool.stats().restarts).toBeGreaterThan(2)
  expect(statuses.get('completed')).toBeGreaterThan(100)
  expect(statuses.get('failed') ?? 0).toBeLessThanOrEqual(pool.stats().restarts)
  await until(() => pool.stats().outstanding === 0)
})

async function readLine(stream: ReadableStream<Uint8Array>) {
  for await (const _ of stream) return
}
