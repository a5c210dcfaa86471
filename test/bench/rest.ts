import { ALGORITHMS, makeFolder, startAppliance, TOKEN } from './appliance.ts'
import { submissions } from './calls.ts'
import { connectAll, volley } from './client.ts'
import { median } from './figures.ts'
import { atMost, type Bench, type Row } from './measures.ts'
import { memoryOf } from './processes.ts'

const COME_TO_REST_MS = 3000

/** From the start of the process to the first 200 on /health, on a database that is up to date. */
export async function measureStart({ command, extent, say }: Bench): Promise<Row[]> {
  const folder = makeFolder()
  try {
    const times: number[] = []
    for (let at = 0; at <= extent.starts; at++) {
      const appliance = await startAppliance(command, folder.path)
      await appliance.stop()
      if (at > 0) times.push(appliance.startMs)
      say(`start ${at === 0 ? '(empty folder) ' : ''}${Math.round(appliance.startMs)} ms`)
    }
    return [{ name: 'Start to first /health', value: median(times), unit: 'ms', goal: atMost(100) }]
  } finally {
    folder.remove()
  }
}

/** What it takes when nothing is to be done, after a first job has warmed its plugin host. */
export async function measureRest({ command }: Bench): Promise<Row[]> {
  const folder = makeFolder()
  const appliance = await startAppliance(command, folder.path)
  try {
    await appliance.api.put('/config/workspaces/default', { processing: { algorithms: ALGORITHMS } })
    const connections = await connectAll(appliance.url, 1)
    await volley(connections, 0, 1, submissions(appliance.url, TOKEN, 'default'))
    await Bun.sleep(COME_TO_REST_MS)
    const { rss, pss } = memoryOf(appliance.pid)
    return [
      { name: 'Idle memory, with one warm plugin host', value: rss, unit: 'MB', goal: atMost(130) },
      { name: '… with shared pages counted once (PSS)', value: pss, unit: 'MB' },
    ]
  } finally {
    await appliance.stop()
    folder.remove()
  }
}
