import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from '../../src/build.ts'
import { SKIPPED_TESTS_FILE } from './needs.ts'
import { smoke } from './smoke.ts'

const ROOT = resolve(import.meta.dir, '../..')
const BIN = join(ROOT, 'node_modules/.bin')
const EXECUTABLE = join(ROOT, 'dist/earshot')
const TEST_TIMEOUT_MS = 20_000
const SHOWN_LINES = 400

interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface Outcome extends Counts {
  /** What to show when something failed. */
  output: string
}

const workshop = mkdtempSync(join(tmpdir(), 'earshot-check-'))
const skippedFile = join(workshop, 'skipped')

const steps: [string, () => Promise<Outcome>][] = [
  ['types', () => run([join(BIN, 'tsc'), '--noEmit'])],
  ['format', () => run([join(BIN, 'biome'), 'check', '--error-on-warnings', '.'])],
  ['tests', tests],
  ['compile', () => attempt(compile)],
  ['smoke', () => attempt(() => smoke(EXECUTABLE))],
]

/** The smoke test must not be passed by an executable of yesterday. */
async function compile() {
  rmSync(EXECUTABLE, { force: true })
  await build({ outfile: EXECUTABLE })
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
for (const [name, step] of steps) {
  const started = performance.now()
  const outcome = await step()
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += outcome[key]
  report(name, outcome, performance.now() - started)
}
listSkipped()
rmSync(workshop, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

function report(name: string, { passed, failed, skipped, output }: Outcome, ms: number) {
  const time = `${(ms / 1000).toFixed(1)} s`.padStart(8)
  const counts = [`${passed} passed`, failed ? `${failed} failed` : '', skipped ? `${skipped} skipped` : '']
  const detail = name === 'tests' ? `  ${counts.filter(Boolean).join(', ')}` : ''
  console.log(`${failed === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(8)} ${time}${detail}`)
  if (failed > 0) console.log(output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n'))
}

async function run(command: string[]): Promise<Outcome> {
  const { exitCode, output } = await spawn(command)
  return single(exitCode === 0, output)
}

async function attempt(step: () => Promise<unknown>): Promise<Outcome> {
  try {
    await step()
    return single(true, '')
  } catch (error) {
    return single(false, Bun.inspect(error))
  }
}

function single(passed: boolean, output: string): Outcome {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, output }
}

async function tests(): Promise<Outcome> {
  const command = [process.execPath, 'test', '--only-failures', '--timeout', String(TEST_TIMEOUT_MS)]
  const { exitCode, output } = await spawn(command)
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}s?$`, 'm').exec(output)?.[1] ?? 0)
  const failed = count('fail') + count('error')
  return {
    passed: count('pass'),
    // A run that died has no failures to count.
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped: count('skip') + count('todo'),
    output,
  }
}

/** By way of a file: a pipe would stay open as long as anything that a test left running. */
async function spawn(command: string[]) {
  const log = join(workshop, 'output')
  const descriptor = openSync(log, 'w')
  const child = Bun.spawn(command, {
    cwd: ROOT,
    env: { ...process.env, [SKIPPED_TESTS_FILE]: skippedFile, FORCE_COLOR: '0', NO_COLOR: '1' },
    stdio: ['ignore', descriptor, descriptor],
  })
  const exitCode = await child.exited
  closeSync(descriptor)
  return { exitCode, output: readFileSync(log, 'utf8') }
}

function listSkipped() {
  if (!existsSync(skippedFile)) return
  console.log('Skipped:')
  for (const line of readFileSync(skippedFile, 'utf8').trim().split('\n')) console.log(`  ${line}`)
}
