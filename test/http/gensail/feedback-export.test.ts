import { afterAll, beforeAll, expect, test } from 'bun:test'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databasePath } from '../../../src/ops/data-folder.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { residentOf } from '../../support/resident.ts'
import { sampleCall } from '../../support/sample-call.ts'

const ROWS = 200_000
const MB = 1024 * 1024
/** Of each comment, so that all of it together is far above the noise of a garbage collector. */
const PADDING = 400
/** In the last three quarters, which are above 90 MB. */
const MAX_GROWTH = 45 * MB

let appliance: TestAppliance

beforeAll(async () => {
  appliance = await startAppliance()
  const { api } = appliance
  await api.ended(await api.submit(sampleCall({ algorithm_ids: ['sentiment_v1'] })))
  seed(databasePath({ data: appliance.data }))
})
afterAll(stopAppliances)

/** Beside the appliance, as if it had all been given over the years. */
function seed(path: string) {
  const db = new Database(path)
  db.pragma('synchronous = OFF')
  const numbered = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})`
  db.exec(`BEGIN;
    ${numbered}
    INSERT INTO feedback (id, workspace_id, job_id, run_id, algorithm_id, version, revision, is_first, created_at)
    SELECT n, 1, 1, 1, 'sentiment_v1', '1.0.0', 0, n = 1, 1760000000000 + n FROM numbers;
    ${numbered}
    INSERT INTO feedback_corrections (feedback_id, run_id, field, field_group, verdict, predicted, corrected, comment)
    SELECT n, 1, 'turns.' || n || '.score', 'turns.*.score', 'incorrect', '"positive"', '"neutral"',
      '${'-'.repeat(PADDING)} Number ' || n
    FROM numbers;
    COMMIT`)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

const open = (format: string, url = appliance.url) =>
  fetch(`${url}/api/v1/feedback/export?format=${format}`, {
    headers: { authorization: `Bearer ${appliance.token}` },
  })

test.each(['jsonl', 'csv'])(
  'all rows come as %s, in order, while others get their turns',
  async (format) => {
    let [lines, slowest] = [0, 0]
    let last = ''
    const decoder = new TextDecoder()
    const watch = watchTurns((ms) => {
      slowest = Math.max(slowest, ms)
    })
    for await (const chunk of (await open(format)).body!) {
      const text = decoder.decode(chunk, { stream: true })
      lines += text.split('\n').length - 1
      last = (last + text).slice(-1000)
    }
    watch.end()
    expect(lines).toBe(format === 'csv' ? ROWS + 1 : ROWS)
    expect(last).toContain(`Number ${ROWS}`)
    expect(slowest).toBeLessThan(250)
  },
  60_000,
)

/** In a process of its own, since whoever reads makes garbage too. */
test('the memory stays as it is, however long the export', async () => {
  const data = mkdtempSync(join(tmpdir(), 'earshot-test-export-'))
  copyFileSync(databasePath({ data: appliance.data }), databasePath({ data }))
  const command = [process.execPath, 'src/main.ts', 'serve', '--json', '--port', '0', '--data', data]
  const child = Bun.spawn(command, {
    cwd: join(import.meta.dir, '../../..'),
    env: { PATH: process.env.PATH, EARSHOT_TOKEN: appliance.token },
    stdout: 'pipe',
    stderr: 'ignore',
  })
  try {
    const { value } = await child.stdout.getReader().read()
    const { url } = JSON.parse(new TextDecoder().decode(value)) as { url: string }
    const read: number[] = []
    let bytes = 0
    for await (const chunk of (await open('jsonl', url)).body!) {
      bytes += chunk.length
      read.push(residentOf(child.pid))
    }
    expect(bytes).toBeGreaterThan(120 * MB)
    const warm = Math.max(...read.slice(0, read.length / 4))
    expect(Math.max(...read) - warm).toBeLessThan(MAX_GROWTH)
  } finally {
    child.kill()
    await child.exited
    rmSync(data, { recursive: true, force: true })
  }
}, 60_000)

test('a reader that stops is waited for, not read ahead of', async () => {
  const reader = (await open('jsonl')).body!.getReader()
  await reader.read()
  await Bun.sleep(200)
  // Of two, since a garbage collection may fall into one; reading it all would keep both busy.
  expect(Math.min(await busyMs(300), await busyMs(300))).toBeLessThan(150)
  await reader.cancel()
})

/** How much of the next so many milliseconds this process works. */
async function busyMs(ms: number) {
  const used = process.cpuUsage()
  await Bun.sleep(ms)
  const { user, system } = process.cpuUsage(used)
  return (user + system) / 1000
}

test('statistics of as many rows are right and keep nobody waiting', async () => {
  let slowest = 0
  const watch = watchTurns((ms) => {
    slowest = Math.max(slowest, ms)
  })
  const stats = await appliance.api.get<{ fields: Record<string, { incorrect: number }> }>(
    '/feedback/algorithms/sentiment_v1/stats',
  )
  watch.end()
  expect(stats.fields['turns.*.score']!.incorrect).toBe(ROWS)
  expect(slowest).toBeLessThan(250)
})

/** How long each turn of the event loop takes: what anybody else would have to wait. */
function watchTurns(note: (ms: number) => void) {
  let watching = true
  let since = performance.now()
  const look = () => {
    const now = performance.now()
    note(now - since)
    since = now
    if (watching) setTimeout(look, 1)
  }
  look()
  return {
    end: () => {
      watching = false
    },
  }
}
