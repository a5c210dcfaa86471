import { join } from 'node:path'
import { type Appliance, makeFolder, startAppliance, TOKEN } from './appliance.ts'
import { type Connection, connect, request } from './client.ts'
import { latency } from './figures.ts'
import { atMost, type Bench, type Row } from './measures.ts'
import { seedJobs } from './seed.ts'

const GOAL_MS = 2
const PAGE = 50
const WIDE_PAGE = 100
const PAGES_DOWN = 1000
const WARM_UP = 20

const lists: Record<string, string> = {
  'no filter': '',
  workspace: 'workspace_id=default',
  'status completed': 'status=completed',
  'status failed': 'status=failed',
  'since 30d': 'since=30d',
  'workspace, status': 'workspace_id=default&status=completed',
  'workspace, since': 'workspace_id=default&since=30d',
  'workspace, status, since': 'workspace_id=default&status=failed&since=90d',
  'status, since, until': 'status=completed&since=90d&until=10d',
}

/** Reading from a database that has grown: every list at its start and far down, and jobs by the caller's own ids. */
export async function measureStored(bench: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const count of bench.extent.storedJobs) rows.push(...(await measureOne(bench, count)))
  return rows
}

async function measureOne({ command, extent, say }: Bench, count: number): Promise<Row[]> {
  const folder = makeFolder()
  try {
    await (await startAppliance(command, folder.path)).stop()
    const since = performance.now()
    await seedJobs(join(folder.path, 'earshot.db'), count)
    say(`stored ${count} jobs in ${((performance.now() - since) / 1000).toFixed(1)} s`)
    const appliance = await startAppliance(command, folder.path)
    try {
      return await measureReads(appliance, count, extent.requestsPerList)
    } finally {
      await appliance.stop()
    }
  } finally {
    folder.remove()
  }
}

async function measureReads(appliance: Appliance, count: number, requests: number): Promise<Row[]> {
  const connection = await connect(appliance.url)
  const read = reader(appliance.url, connection)
  const label = `${count.toLocaleString('en')} jobs`
  const rows: Row[] = []
  const time = async (name: string, pathOf: (at: number) => string) => {
    const ms: number[] = []
    for (let at = -WARM_UP; at < requests; at++) {
      const answer = await read(pathOf(at))
      if (at >= 0) ms.push(answer.ms)
    }
    const { p50, p99 } = latency(ms)
    rows.push({
      name: `${label}: ${name}, p99`,
      value: p99,
      unit: 'ms',
      goal: atMost(GOAL_MS),
      note: `p50 ${p50.toFixed(2)}`,
    })
  }
  for (const [name, filter] of Object.entries(lists)) {
    await time(name, () => `/jobs?limit=${PAGE}&${filter}`)
    const cursor = await walkDown(read, filter)
    if (cursor) await time(`${name}, far down`, () => `/jobs?limit=${PAGE}&${filter}&cursor=${cursor}`)
  }
  await time('total alone', () => '/jobs?limit=1')
  const anyone = (at: number) => ((at + WARM_UP) * 7919) % count
  await time('lookup', (at) => `/jobs/lookup?source_call_id=stored-${anyone(at)}&source_company_id=company-3`)
  await time('one job', (at) => `/jobs/${anyone(at) + 1}`)
  connection.close()
  return rows
}

interface Page {
  next_cursor: string | null
}

type Read = (path: string) => Promise<{ ms: number; body: Buffer }>

function reader(url: string, connection: Connection): Read {
  return async (path) => {
    const answer = await connection.send(request(url, { path: `/api/v1${path}`, token: TOKEN }))
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`)
    return answer
  }
}

/** The cursor a thousand wide pages down, or as far as the list goes. */
async function walkDown(read: Read, filter: string): Promise<string | undefined> {
  let cursor: string | undefined
  for (let at = 0; at < PAGES_DOWN; at++) {
    const { body } = await read(`/jobs?limit=${WIDE_PAGE}&${filter}${cursor ? `&cursor=${cursor}` : ''}`)
    const { next_cursor } = JSON.parse(body.toString()) as Page
    if (next_cursor === null) break
    cursor = next_cursor
  }
  return cursor
}
