import { join, resolve } from 'node:path'
import { type Child, makeFolder, startAppliance, startChild, TOKEN } from './appliance.ts'
import { submissions } from './calls.ts'
import { type Connection, connectAll, volley } from './client.ts'
import { type Latency, latency, median, medianLatency } from './figures.ts'
import { atLeast, type Bench, latencyRows, type Row } from './measures.ts'

const FLOORS = resolve(import.meta.dir, 'floors.ts')

interface Taken {
  perSecond: number
  latency: Latency
}

interface Servers {
  http: Child
  sqlite: Child
  earshot: Child
}

/**
 * How fast calls are taken in when nothing else is done, side by side with the least that any server does. The
 * appliance's jobs all wait for an algorithm that never answers: it is the same appliance, only without work.
 */
export async function measureIngest(bench: Bench): Promise<Row[]> {
  const folder = makeFolder()
  const servers: Servers = {
    http: await startChild([process.execPath, FLOORS, 'http'], {}),
    sqlite: await startChild([process.execPath, FLOORS, 'sqlite', join(folder.path, 'floor.db')], {}),
    earshot: await startWaiting(bench, join(folder.path, 'data')),
  }
  try {
    return rowsOf(await takeInTurns(bench, servers))
  } finally {
    for (const server of Object.values(servers)) await server.stop()
    folder.remove()
  }
}

async function startWaiting({ command }: Bench, data: string) {
  const appliance = await startAppliance(command, data)
  await appliance.api.put('/config/workspaces/default', { processing: { algorithms: ['bench_wait'] } })
  return appliance
}

async function takeInTurns({ extent, say }: Bench, servers: Servers) {
  const taken: Record<string, Taken[]> = { http: [], sqlite: [], earshot: [] }
  const submitters = new Map<string, (count: number) => Promise<Taken>>()
  for (const [name, server] of Object.entries(servers)) {
    const submit = submitter(server, await connectAll(server.url, extent.connections))
    await submit(extent.warmUp)
    submitters.set(name, submit)
  }
  for (let at = 0; at < extent.repetitions; at++)
    for (const [name, submit] of submitters) {
      const one = await submit(extent.submissions)
      taken[name]!.push(one)
      say(`ingest ${name}: ${Math.round(one.perSecond)}/s, p99 ${one.latency.p99.toFixed(1)} ms`)
    }
  return taken
}

function submitter(server: Child, connections: Connection[]) {
  const requestOf = submissions(server.url, TOKEN, 'default')
  let next = 0
  return async (count: number): Promise<Taken> => {
    const from = next
    next += count
    const since = performance.now()
    const answers = await volley(connections, from, next, requestOf)
    const seconds = (performance.now() - since) / 1000
    const refused = answers.find(({ status }) => status !== 202)
    if (refused) throw new Error(`A submission was answered ${refused.status}: ${refused.body}`)
    return { perSecond: count / seconds, latency: latency(answers.map(({ ms }) => ms)) }
  }
}

function rowsOf({ http = [], sqlite = [], earshot = [] }: Record<string, Taken[]>): Row[] {
  const rate = (taken: Taken[]) => median(taken.map(({ perSecond }) => perSecond))
  const rates = { http: rate(http), sqlite: rate(sqlite), earshot: rate(earshot) }
  const share = (floor: number) => (100 * rates.earshot) / floor
  return [
    { name: 'Bare Bun.serve, 32 connections', value: rates.http, unit: '/s' },
    { name: 'Bare Bun.serve + better-sqlite3, durable', value: rates.sqlite, unit: '/s' },
    { name: 'Earshot: durable 202s', value: rates.earshot, unit: '/s', goal: atLeast(10_000) },
    { name: '… of the bare Bun.serve', value: share(rates.http), unit: '%', goal: atLeast(30) },
    { name: '… of Bun.serve + better-sqlite3', value: share(rates.sqlite), unit: '%' },
    ...latencyRows('Earshot: durable 202', medianLatency(earshot.map((one) => one.latency)), { p99: 15 }),
  ]
}
