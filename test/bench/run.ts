import { existsSync, globSync, statSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../../src/build.ts'
import { measureIngest } from './ingest.ts'
import { measureIdle, measureJobs } from './jobs.ts'
import type { Bench, Extent, Measure, Row } from './measures.ts'
import { measureRest, measureStart } from './rest.ts'
import { measureStored } from './stored.ts'

const ROOT = resolve(import.meta.dir, '../..')
const EXECUTABLE = resolve(ROOT, 'dist/earshot')
const BUILT_FROM = ['src/**/*', 'plugins/**/*', 'package.json']

const measures: Record<string, Measure> = {
  ingest: measureIngest,
  jobs: measureJobs,
  idle: measureIdle,
  start: measureStart,
  rest: measureRest,
  stored: measureStored,
}

const whole: Extent = {
  repetitions: 3,
  connections: 32,
  submissions: 10_000,
  jobs: 5000,
  warmUp: 300,
  sequential: 200,
  starts: 5,
  storedJobs: [10_000, 1_000_000],
  requestsPerList: 300,
}

const quick: Extent = {
  ...whole,
  submissions: 3000,
  jobs: 1500,
  sequential: 50,
  starts: 3,
  storedJobs: [10_000],
  requestsPerList: 100,
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    /** Runs the sources with the runtime rather than the executable. */
    source: { type: 'boolean', default: false },
  },
})

const say = (line: string) => console.error(line)
const names = values.only ?? Object.keys(measures)
const unknown = names.find((name) => !measures[name])
if (unknown) {
  say(`There is no measure «${unknown}»; there are ${Object.keys(measures).join(', ')}`)
  process.exit(2)
}
const bench: Bench = {
  command: values.source ? [process.execPath, resolve(ROOT, 'src/main.ts')] : [await freshExecutable()],
  extent: values.quick ? quick : whole,
  say,
}
process.once('SIGTERM', () => process.exit(1))
process.once('SIGINT', () => process.exit(1))
const machine = `${cpus().length} × ${cpus()[0]!.model}, Bun ${Bun.version}, load before ${loadavg()[0]!.toFixed(2)}`
say(machine)
const rows: Row[] = []
for (const name of names) rows.push(...(await measures[name]!(bench)))
if (values.json) console.log(JSON.stringify({ machine, load_after: loadavg()[0], rows }, null, 2))
else console.log(table(rows))
process.exit(0)

async function freshExecutable(): Promise<string> {
  const newest = Math.max(
    ...BUILT_FROM.flatMap((pattern) => globSync(resolve(ROOT, pattern))).map(
      (file) => statSync(file).mtimeMs,
    ),
  )
  if (existsSync(EXECUTABLE) && statSync(EXECUTABLE).mtimeMs > newest) return EXECUTABLE
  say('Building the executable')
  return build({ outfile: EXECUTABLE })
}

function table(all: Row[]): string {
  const cells = all.map(({ name, value, unit, goal, note = '' }) => [
    name,
    `${round(value)} ${unit}`,
    goal ? wording(goal, unit) : '',
    goal ? (isMet(value, goal) ? 'met' : 'MISSED') : '',
    note,
  ])
  const lines = [['Measure', 'Figure', 'Goal', '', ''], ...cells]
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...lines.map((line) => line[at]!.length)))
  return lines
    .map((line) => line.map((cell, at) => (at === 1 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))))
    .map((line) => line.join('  ').trimEnd())
    .join('\n')
}

function round(value: number) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}

function wording(goal: NonNullable<Row['goal']>, unit: string) {
  return 'least' in goal ? `≥ ${goal.least.toLocaleString('en')} ${unit}` : `≤ ${goal.most} ${unit}`
}

function isMet(value: number, goal: NonNullable<Row['goal']>) {
  return 'least' in goal ? value >= goal.least : value <= goal.most
}
