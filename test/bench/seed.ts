import Database from 'better-sqlite3'
import { rebuild } from '../../src/cli/stats.ts'
import { openDb } from '../../src/db/sqlite.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SPREAD_DAYS = 365
const WORKSPACES = ['default', 'bench-2', 'bench-3', 'bench-4']

/** Finished jobs of a year in four workspaces, six in ten in the first, as the pipeline leaves them. */
export async function seedJobs(file: string, count: number): Promise<void> {
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -512000')
  addWorkspaces(db)
  const newest = Date.now() - HOUR_MS
  const numbers = { count, from: newest - SPREAD_DAYS * DAY_MS, step: (SPREAD_DAYS * DAY_MS) / count }
  for (const sql of [calls, jobs]) db.prepare(sql).run(numbers)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  await addStatistics(file)
}

async function addStatistics(file: string) {
  const db = openDb(file)
  await rebuild(db, () => undefined)
  db.close()
}

function addWorkspaces(db: Database) {
  const add = db.prepare(`
    INSERT OR IGNORE INTO workspaces (uuid, slug, name, organization_id, partner_id, created_at)
    SELECT @uuid, @slug, @slug, organization_id, partner_id, created_at FROM workspaces WHERE slug = 'default'`)
  for (const slug of WORKSPACES) add.run({ uuid: crypto.randomUUID(), slug })
}

/** `n` counts from 0; its remainders decide about everything else. */
const numbered = `
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @count),
    spaces (place, id) AS (SELECT row_number() OVER (ORDER BY id) - 1, id FROM workspaces)`
const workspace = `(SELECT id FROM spaces WHERE place = CASE WHEN n % 10 < 6 THEN 0 ELSE 1 + n % 3 END)`
const createdAt = 'CAST(@from + n * @step AS INTEGER)'

const calls = `${numbered}
  INSERT INTO calls (id, uuid, workspace_id, source, direction, agent_name, language, duration_ms, metadata, created_at)
  SELECT n + 1, printf('00000000-0000-7000-8000-%012x', n), ${workspace}, 'transcript', 'inbound', 'Dana', 'en',
    30000 + (n * 7919) % 600000, '{"campaign":"winter"}', ${createdAt}
  FROM numbers`

const jobs = `${numbered}
  INSERT INTO jobs (id, uuid, workspace_id, call_id, status, source, source_call_id, source_company_id, analytics_only,
    duration_ms, language, deliveries_delivered, created_at, started_at, completed_at, updated_at)
  SELECT n + 1, printf('00000000-0000-7000-9000-%012x', n), ${workspace}, n + 1,
    CASE WHEN n % 100 < 4 THEN 'failed' WHEN n % 100 < 7 THEN 'partial' WHEN n % 100 < 10 THEN 'skipped' ELSE 'completed' END,
    'transcript', 'stored-' || n, 'company-3', 0, 30000 + (n * 7919) % 600000, 'en', 3, ${createdAt},
    ${createdAt} + 5, ${createdAt} + 25, ${createdAt} + 40
  FROM numbers`
