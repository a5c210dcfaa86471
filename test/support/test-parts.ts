/**
 * All tests, as one `bun test` for each folder: what one of them leaves behind or holds in memory is no matter of the
 * others, and a machine with more than one core does two at a time.
 */
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { type Counts, countsOf } from './counts.ts'
import { runLogged } from './run-logged.ts'

const TESTS = resolve(import.meta.dir, '..')
const TEST_TIMEOUT_MS = 20_000
const PART_TIMEOUT_MS = 300_000
const LANES = Math.min(2, availableParallelism())
/** The longest first, so that no lane is left waiting for the other. */
const LONG = ['pipeline', 'http', 'reliability', 'plugin-host', 'ops', 'cli']
const isTest = (name: string) => name.endsWith('.test.ts')

export interface Part extends Counts {
  name: string
  ms: number
  output: string
}

export async function runParts(env: Record<string, string>, done: (part: Part) => void): Promise<Part[]> {
  const waiting = findParts()
  const parts: Part[] = []
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const part = await runPart(...next, env)
      parts.push(part)
      done(part)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return parts
}

/** Each folder with tests, and what lies beside the folders together. */
function findParts(): [name: string, paths: string[]][] {
  const entries = readdirSync(TESTS, { withFileTypes: true })
  const folders = entries
    .filter((entry) => entry.isDirectory() && hasTests(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b))
  const files = entries.filter(({ name }) => isTest(name)).map(({ name }) => name)
  const parts = folders.map((name): [string, string[]] => [name, [`./test/${name}/`]])
  return [...parts, ['others', files.map((name) => `./test/${name}`)]]
}

const hasTests = (folder: string) =>
  readdirSync(join(TESTS, folder), { recursive: true }).some((path) => isTest(String(path)))

const rankOf = (name: string) => (LONG.includes(name) ? LONG.indexOf(name) : LONG.length)

async function runPart(name: string, paths: string[], env: Record<string, string>): Promise<Part> {
  const began = performance.now()
  const command = [
    process.execPath,
    'test',
    '--only-failures',
    '--timeout',
    String(TEST_TIMEOUT_MS),
    ...paths,
  ]
  const { exitCode, output } = await runLogged(command, { env, timeoutMs: PART_TIMEOUT_MS })
  return { name, ms: performance.now() - began, output, ...countsOf(exitCode, output) }
}
