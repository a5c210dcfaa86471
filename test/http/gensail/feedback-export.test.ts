import { afterAll, beforeAll, expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { databasePath } from '../../../src/ops/data-folder.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { sampleCall } from '../../support/sample-call.ts'

const ROWS = 200_000
const MB = 1024 * 1024
/** The lines are above 50 MB. */
const MAX_GROWTH = 40 * MB

let appliance: TestAppliance

beforeAll(async () => {
  appliance = await startAppliance()
  const { api } = appliance
  await api.ended(await api.submit(sampleCall({ algorithm_ids: ['sentiment_v1'] })))
  seed(databasePath({ data: appliance.data }))
  // What the first reading fills, caches above all, is no growth.
  await (await open('jsonl')).text()
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
    SELECT n, 1, 'turns.' || n || '.score', 'turns.*.score', 'incorrect', '"positive"', '"neutral"', 'Number ' || n
    FROM numbers;
    COMMIT`)
  db.close()
}

const open = (format: string) =>
  fetch(`${appliance.url}/api/v1/feedback/export?format=${format}`, {
    headers: { authorization: `Bearer ${appliance.token}` },
  })

test.each(['jsonl', 'csv'])(
  'all rows come as %s, in order, while the memory stays as it is',
  async (format) => {
    Bun.gc(true)
    const before = process.memoryUsage.rss()
    let [lines, bytes, peak, slowest] = [0, 0, 0, 0]
    let last = ''
    const decoder = new TextDecoder()
    const watch = watchTurns((ms) => {
      slowest = Math.max(slowest, ms)
    })
    for await (const chunk of (await open(format)).body!) {
      const text = decoder.decode(chunk, { stream: true })
      lines += text.split('\n').length - 1
      bytes += chunk.length
      last = (last + text).slice(-1000)
      peak = Math.max(peak, process.memoryUsage.rss())
    }
    watch.end()
    expect(lines).toBe(format === 'csv' ? ROWS + 1 : ROWS)
    expect(last).toContain(`Number ${ROWS}`)
    expect(bytes).toBeGreaterThan(format === 'csv' ? 15 * MB : 40 * MB)
    expect(peak - before).toBeLessThan(MAX_GROWTH)
    expect(slowest).toBeLessThan(250)
  },
  60_000,
)

test('a reader that stops is waited for, not read ahead of', async () => {
  const reader = (await open('jsonl')).body!.getReader()
  await reader.read()
  Bun.gc(true)
  const before = process.memoryUsage.rss()
  await Bun.sleep(500)
  expect(process.memoryUsage.rss() - before).toBeLessThan(MAX_GROWTH)
  await reader.cancel()
})

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
