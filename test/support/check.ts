import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from '../../src/build.ts'
import { addCounts, type Counts, noCounts } from './counts.ts'
import { TEST_EXECUTABLE } from './executable.ts'
import { SKIPPED_TESTS_FILE } from './needs.ts'
import { runLogged } from './run-logged.ts'
import { smoke } from './smoke.ts'
import { type Part, runParts } from './test-parts.ts'

const ROOT = resolve(import.meta.dir, '../..')
const BIN = join(ROOT, 'node_modules/.bin')
const EXECUTABLE = join(ROOT, 'dist/earshot')
const SHOWN_LINES = 400

interface Outcome extends Counts {
  /** What to show when something failed. */
  output: string
}

const workshop = mkdtempSync(join(tmpdir(), 'earshot-check-'))
const skippedFile = join(workshop, 'skipped')

const steps: [string, () => Promise<Outcome>][] = [
  ['types', () => run([join(BIN, 'tsc'), '--noEmit'])],
  ['format', () => run([join(BIN, 'biome'), 'check', '--error-on-warnings', '.'])],
  ['compile', () => attempt(compile)],
  ['tests', tests],
  ['smoke', () => attempt(() => smoke(EXECUTABLE))],
]

const total = noCounts()
for (const [name, step] of steps) {
  const started = performance.now()
  const outcome = await step()
  addCounts(total, outcome)
  report(name, outcome, performance.now() - started)
}
listSkipped()
rmSync(workshop, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

function report(name: string, outcome: Outcome, ms: number) {
  const detail = name === 'tests' ? inWords(outcome) : ''
  console.log(
    `${outcome.failed === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(8)} ${seconds(ms)}  ${detail}`.trimEnd(),
  )
  if (outcome.failed > 0) console.log(lastLines(outcome.output))
}

function seconds(ms: number) {
  return `${(ms / 1000).toFixed(1)} s`.padStart(8)
}

function lastLines(output: string) {
  return output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
}

function inWords({ passed, failed, skipped }: Counts) {
  const counts = [`${passed} passed`, failed ? `${failed} failed` : '', skipped ? `${skipped} skipped` : '']
  return counts.filter(Boolean).join(', ')
}

async function run(command: string[]): Promise<Outcome> {
  const { exitCode, output } = await runLogged(command)
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

/** Neither the tests nor the smoke test must be passed by an executable of yesterday. */
async function compile() {
  rmSync(EXECUTABLE, { force: true })
  await build({ outfile: EXECUTABLE })
}

async function tests(): Promise<Outcome> {
  const given: Record<string, string> = existsSync(EXECUTABLE) ? { [TEST_EXECUTABLE]: EXECUTABLE } : {}
  const parts = await runParts({ ...given, [SKIPPED_TESTS_FILE]: skippedFile }, reportPart)
  const counts = noCounts()
  for (const part of parts) addCounts(counts, part)
  return {
    ...counts,
    output: parts
      .filter(({ failed }) => failed > 0)
      .map(lastOf)
      .join('\n'),
  }
}

function reportPart(part: Part) {
  console.log(`      ${part.name.padEnd(12)} ${seconds(part.ms)}  ${inWords(part)}`)
}

function lastOf({ name, output }: Part) {
  return `── ${name}\n${lastLines(output)}`
}

function listSkipped() {
  if (!existsSync(skippedFile)) return
  console.log('Skipped:')
  for (const line of readFileSync(skippedFile, 'utf8').trim().split('\n')) console.log(`  ${line}`)
}
