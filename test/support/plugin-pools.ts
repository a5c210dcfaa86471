import { cpSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallInput, createPool, type Pool, type PoolOptions } from '../../src/plugin-host/pool.ts'

export const HOST_COMMAND = [process.execPath, join(import.meta.dir, 'plugin-host-entry.ts')]
const FIXTURES = join(import.meta.dir, 'plugins')

const pools: Pool[] = []
const folders: string[] = []

export const call: CallInput = {
  job_id: 1,
  call_id: 1,
  turns: [
    { turn: 0, speaker: 'Agent', text: 'Good morning, how can I help?', start_ms: 0, end_ms: 1500 },
    { turn: 1, speaker: 'Customer', text: 'I would like to book a visit.', start_ms: 1600, end_ms: 3000 },
  ],
  channels: [],
  started_at: null,
  time_zone: null,
  duration_seconds: 3,
  direction: null,
  from_number: null,
  to_number: null,
  agent_name: null,
  language: 'en',
  metadata: {},
}

/** How many words the call has. */
export const WORDS = 13

/** A new plugins folder with the named fixtures, as in `good/words`. */
export function pluginFolder(...fixtures: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-test-plugins-'))
  folders.push(folder)
  for (const name of fixtures) addFixture(folder, name)
  return folder
}

export function addFixture(folder: string, name: string) {
  cpSync(join(FIXTURES, `${name}.ts`), join(folder, `${name.split('/')[1]}.ts`))
}

export async function openPool(options: Partial<PoolOptions> & { folder: string | null }): Promise<Pool> {
  const pool = createPool({ shipped: [], command: HOST_COMMAND, ...options })
  pools.push(pool)
  await pool.ready()
  return pool
}

export async function closePools() {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

interface Process {
  pid: number
  cwd: string
}

/** The living processes that match; the dead who still have an entry do not count. */
export function findProcesses(matches: (process: Process) => boolean): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return ids
    .map((id) => readProcess(Number(id)))
    .filter((each) => each !== undefined && matches(each))
    .map((each) => each!.pid)
}

function readProcess(pid: number): Process | undefined {
  try {
    return { pid, cwd: readlinkSync(`/proc/${pid}/cwd`) }
  } catch {
    return undefined
  }
}

export async function until(isTrue: () => boolean, timeoutMs = 5000) {
  const end = Date.now() + timeoutMs
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('It did not come true in time.')
    await Bun.sleep(20)
  }
}
