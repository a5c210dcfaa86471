import { copyFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { build } from '../../src/build.ts'
import { databasePath } from '../../src/ops/data-folder.ts'
import { type Api, apiOf } from './api.ts'
import { TOKEN } from './appliance.ts'

const READY_WITHIN_MS = 15_000
const RUN_WITHIN_MS = 45_000

let made: Promise<string> | undefined

/** Names one that `bun run check` has compiled already. */
export const TEST_EXECUTABLE = 'TEST_EXECUTABLE'

/** Compiled once for all tests of a run, in a folder with nothing beside it. */
export function executable(): Promise<string> {
  made ??= compile()
  return made
}

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-test-executable-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'earshot')
  const given = process.env[TEST_EXECUTABLE]
  if (given === undefined) return build({ outfile })
  copyFileSync(given, outfile)
  return outfile
}

export interface Environment {
  [name: string]: string | undefined
}

/** Nothing of the tests' own environment but what every program needs. */
const environment = (given: Environment = {}) => ({
  PATH: process.env.PATH,
  TMPDIR: tmpdir(),
  ...given,
})

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command of the executable to its end. */
export async function run(args: string[], env: Environment = {}, cwd = tmpdir()): Promise<Ran> {
  const child = Bun.spawn([await executable(), ...args], {
    cwd,
    env: environment(env),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: RUN_WITHIN_MS,
  })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}

export interface Served {
  url: string
  pid: number
  /** That of a first start, which is shown only then. */
  token: string | undefined
  api: Api
  /** From its start to the line that says it is ready. */
  readyMs: number
  /** Everything it has logged so far. */
  log(): string
  signal(signal: NodeJS.Signals): void
  /** Its exit code, and how long that took from now. */
  exited(): Promise<{ code: number | null; ms: number }>
}

export interface ServeOptions {
  data: string
  args?: string[]
  env?: Environment
  /** Put before the command, as in `unshare -p -f`. */
  wrapper?: string[]
}

/** `earshot serve --json` on a free port, with the operator's token and loopback allowed. */
export async function serve({ data, args = [], env = {}, wrapper = [] }: ServeOptions): Promise<Served> {
  const path = await executable()
  const began = performance.now()
  const fixed = [
    '--json',
    '--port',
    '0',
    '--data',
    data,
    '--allow-networks',
    '127.0.0.0/8',
    '--rate-limits',
    'off',
  ]
  const child = Bun.spawn([...wrapper, path, 'serve', ...fixed, ...args], {
    cwd: tmpdir(),
    env: environment({ EARSHOT_TOKEN: TOKEN, ...env }),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  served.add(child)
  let logged = ''
  const logging = collect(child.stderr, (text) => {
    logged += text
  })
  const line = await firstLine(child.stdout)
  if (line === undefined) {
    await Promise.all([child.exited, logging])
    throw new Error(`earshot serve ended with ${child.exitCode}: ${logged}`)
  }
  const { url, token } = JSON.parse(line) as { url: string; token?: string }
  return {
    url,
    token,
    pid: child.pid,
    api: apiOf(url, env.EARSHOT_TOKEN ?? TOKEN),
    readyMs: performance.now() - began,
    log: () => logged,
    signal: (signal) => child.kill(signal),
    async exited() {
      const from = performance.now()
      const code = await child.exited
      await logging
      served.delete(child)
      return { code: child.signalCode ? null : code, ms: performance.now() - from }
    },
  }
}

const served = new Set<Bun.Subprocess>()

/** For `afterAll`: what a failed test has left running. */
export async function killServed() {
  for (const child of served) child.kill('SIGKILL')
  await Promise.all([...served].map(({ exited }) => exited))
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = ''
  const found = Promise.withResolvers<string | undefined>()
  const timer = setTimeout(() => found.reject(new Error('It is not ready in time')), READY_WITHIN_MS)
  void collect(stream, (part) => {
    text += part
    const end = text.indexOf('\n')
    if (end >= 0) found.resolve(text.slice(0, end))
  }).then(() => found.resolve(undefined))
  return found.promise.finally(() => clearTimeout(timer))
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void) {
  const decoder = new TextDecoder()
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }))
}

/** The living processes that belong to a data folder: the appliance names it, its plugin hosts live in it. */
export const processesOf = (data: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => belongsTo(pid, data))

function belongsTo(pid: number, data: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)) return true
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(data)
  } catch {
    return false
  }
}

/** Reads the database beside whoever has it open. */
export function query<Row>(data: string, text: string, ...values: unknown[]): Row[] {
  const db = new Database(databasePath({ data }), { readonly: true, timeout: 5000 })
  try {
    return db.prepare(text).all(...values) as Row[]
  } finally {
    db.close()
  }
}

export const integrity = (data: string) =>
  query<{ integrity_check: string }>(data, 'PRAGMA integrity_check').map((row) => row.integrity_check)
