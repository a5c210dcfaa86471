import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkStep } from '../../../src/core/stats/checks.ts'
import { summarize } from '../../../src/core/stats/reports.ts'
import type { Actor } from '../../../src/core/tenancy/actors.ts'
import { ensureDefaultTenants } from '../../../src/core/tenancy/tenants.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { openDb } from '../../../src/db/sqlite.ts'
import { makeScratch } from '../../support/scratch.ts'

const scratch = makeScratch()
const INITIAL = join(import.meta.dir, '../../../src/db/migrations/0001_initial.sql')

const oldJobs = `
  INSERT INTO calls (id, uuid, workspace_id, source, metadata, created_at) VALUES (1, 'call', 1, 'transcript', '{}', 0);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  INSERT INTO jobs (uuid, workspace_id, call_id, parent_job_id, status, source, analytics_only, duration_ms,
    deliveries_delivered, deliveries_failed, created_at, started_at, completed_at, updated_at)
  SELECT 'job ' || i, 1, 1, CASE WHEN i % 9 = 0 THEN 1 END,
    CASE WHEN i % 5 = 0 THEN 'failed' WHEN i % 7 = 0 THEN 'queued' ELSE 'completed' END, 'transcript', 0,
    CASE WHEN i % 11 > 0 THEN (i * 7919) % 2400000 END, i % 3, i % 2, 1780000000000 + i * 977777,
    CASE WHEN i % 7 > 0 THEN 1780000000000 + i * 977777 + 5 END,
    CASE WHEN i % 7 > 0 THEN 1780000000000 + i * 977777 + 25 + i END, 1780000000000 FROM n;
  INSERT INTO runs (uuid, job_id, workspace_id, algorithm_id, revision, round, status, started_at, completed_at,
    duration_ms)
  SELECT uuid || ' run', id, 1, 'summary_v1', 0, 1, CASE WHEN status = 'failed' THEN 'failed' ELSE 'completed' END,
    0, 0, 0
  FROM jobs WHERE status <> 'queued'`

test('a database from before has its statistics at once', async () => {
  const db = openDb(join(scratch.directory, 'old.db'))
  db.connection.exec(readFileSync(INITIAL, 'utf8'))
  db.connection.exec(`
    CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO migrations VALUES (1, 'initial')`)
  await db.tx(ensureDefaultTenants)
  db.connection.exec(oldJobs)
  await migrate(db.connection)
  const figures = await summarize(db, { actor: { scope: 'platform' } as Actor }, {})
  const { jobs, runs_completed, runs_failed, by_status } = figures
  expect(jobs).toBe(500)
  expect({ runs_completed, runs_failed }).toEqual({
    runs_completed: by_status.completed,
    runs_failed: by_status.failed,
  })
  expect(await db.tx((tx) => checkStep(tx, 0))).toMatchObject({ next: undefined, repaired: [] })
  db.close()
})
