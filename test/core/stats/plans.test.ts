import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Sql } from 'sql-template-tag'
import {
  distribute,
  listDays,
  listOrganizations,
  listTrends,
  summarize,
} from '../../../src/core/stats/reports.ts'
import type { Selection } from '../../../src/core/stats/spans.ts'
import type { Actor } from '../../../src/core/tenancy/actors.ts'
import { ensureDefaultTenants } from '../../../src/core/tenancy/tenants.ts'
import type { Queryable } from '../../../src/db/db.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { openDb } from '../../../src/db/sqlite.ts'
import { seedJobs } from '../../bench/seed.ts'
import { makeScratch } from '../../support/scratch.ts'

const DAY = 86_400_000
const scratch = makeScratch()
const until = Date.now()
const since = until - 90 * DAY - 12_345

async function seeded(jobs: number) {
  const file = join(scratch.directory, `${jobs}.db`)
  const empty = openDb(file)
  await migrate(empty.connection)
  await empty.tx(ensureDefaultTenants)
  empty.close()
  await seedJobs(file, jobs)
  return openDb(file)
}

const reports = (db: Queryable, selection: Selection) => [
  () => summarize(db, selection, {}),
  () => summarize(db, selection, { since, until }),
  () => distribute(db, selection, { since }),
  () => listOrganizations(db, selection, { until }),
  () => listDays(db, selection, { since, until, zone: 'Asia/Kathmandu' }),
  () => listTrends(db, selection, { since, until, zone: 'America/New_York' }, until),
]

const selections: Selection[] = [
  { actor: { scope: 'platform' } as Actor },
  { actor: { scope: 'workspace', workspaceId: 1 } as Actor },
  { actor: { scope: 'organization', organizationId: 1 } as Actor, status: 'failed' },
]

/** Notes what is asked, and how much of it each question has to look at: rows of jobs are the ones that grow. */
function watch(db: Queryable) {
  const asked: Sql[] = []
  const noting =
    <Rows>(ask: (query: Sql) => Promise<Rows>) =>
    (query: Sql) => {
      asked.push(query)
      return ask(query)
    }
  return {
    asked,
    db: { get: noting((query) => db.get(query)), all: noting((query) => db.all(query)) } as Queryable,
  }
}

test('no report walks through jobs, and a hundred times as many make no more questions', async () => {
  const counts: number[] = []
  for (const jobs of [300, 30_000]) {
    const db = await seeded(jobs)
    const { asked, db: watched } = watch(db)
    for (const selection of selections) for (const report of reports(watched, selection)) await report()
    counts.push(asked.length)
    const plans = asked.flatMap(({ sql, values }) =>
      (db.connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(
        ({ detail }) => detail,
      ),
    )
    expect(new Set(plans.filter((detail) => /^SCAN (jobs|tallies|tally_changes)\b/.test(detail)))).toEqual(
      new Set(),
    )
    const ofJobs = asked.filter(({ sql }) => /sum\(.*FROM jobs/s.test(sql))
    for (const { values } of ofJobs) expect(await idsBetween(db, values)).toBeLessThan(15)
    db.close()
  }
  expect(counts[1]).toBeLessThanOrEqual(counts[0]! * 1.1)
}, 20_000)

/** How many jobs lie between the two ids that a question about rows is bounded by, which are its last two values. */
async function idsBetween(db: ReturnType<typeof openDb>, values: unknown[]): Promise<number> {
  const [from, to] = values.filter((value): value is number => typeof value === 'number').slice(-2)
  const { n } = db.connection
    .prepare('SELECT count(*) AS n FROM jobs WHERE id >= ? AND id < ?')
    .get(from, to) as {
    n: number
  }
  return n
}
