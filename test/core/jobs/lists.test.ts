import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import sql, { type Sql } from 'sql-template-tag'
import { type JobFilter, listJobsPage } from '../../../src/core/jobs/lists.ts'
import { type Status, statuses } from '../../../src/core/jobs/status.ts'
import { countIn } from '../../../src/core/jobs/tallies.ts'
import type { Actor } from '../../../src/core/tenancy/actors.ts'
import { insertWorkspace } from '../../../src/core/tenancy/tenants.sql.ts'
import { ensureDefaultTenants } from '../../../src/core/tenancy/tenants.ts'
import type { Queryable } from '../../../src/db/db.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { openDb } from '../../../src/db/sqlite.ts'
import { makeScratch } from '../../support/scratch.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const start = Date.UTC(2026, 0, 1, 5, 17)
const scratch = makeScratch()
const db = openDb(join(scratch.directory, 'lists.db'))

interface Seed {
  id: number
  workspaceId: number
  status: Status
  createdAt: number
}

const seeds: Seed[] = []
const organization = { scope: 'organization', organizationId: 1 } as Actor

/** The same on every run: a plain generator with a fixed beginning. */
let state = 7
const random = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((state / 2_147_483_648) * below)
}

const uncounted = {
  parentJobId: null,
  durationMs: null,
  startedAt: null,
  completedAt: null,
  runsCompleted: 0,
  runsFailed: 0,
  deliveriesPending: 0,
  deliveriesDelivered: 0,
  deliveriesFailed: 0,
}

beforeAll(async () => {
  await migrate(db.connection)
  await db.tx(async (tx) => {
    await ensureDefaultTenants(tx)
    await insertWorkspace(tx, { slug: 'second', name: 'Second', organizationId: 1, partnerId: 1 })
    await tx.run(
      sql`INSERT INTO calls (id, uuid, workspace_id, source, metadata, created_at) VALUES (1, 'u', 1, 's', '{}', 0)`,
    )
    let createdAt = start
    for (let id = 1; id <= 400; id++) {
      createdAt += random(40) * MINUTE
      const seed = { id, workspaceId: 1 + random(2), status: statuses[random(statuses.length)]!, createdAt }
      seeds.push(seed)
      await tx.run(sql`
        INSERT INTO jobs (uuid, workspace_id, call_id, status, source, analytics_only, created_at, updated_at)
        VALUES (${`u${id}`}, ${seed.workspaceId}, 1, ${seed.status}, 'transcript', 0, ${createdAt}, ${createdAt})`)
      countIn(tx, { ...uncounted, ...seed })
    }
  })
})
afterAll(() => db.close())

const matches = (filter: JobFilter) => (seed: Seed) =>
  (filter.status === undefined || seed.status === filter.status) &&
  (filter.workspaceId === undefined || seed.workspaceId === filter.workspaceId) &&
  (filter.since === undefined || seed.createdAt >= filter.since) &&
  (filter.until === undefined || seed.createdAt < filter.until)

const someTime = () => start + random(140) * HOUR + [0, 1, random(HOUR)][random(3)]! - 3 * HOUR

test('every combination of filters lists and counts what a look at each row finds', async () => {
  for (let round = 0; round < 300; round++) {
    const filter: JobFilter = {
      ...(random(2) && { status: statuses[random(statuses.length)] }),
      ...(random(2) && { workspaceId: 1 + random(2) }),
      ...(random(2) && { since: someTime() }),
      ...(random(2) && { until: someTime() }),
    }
    const expected = seeds.filter(matches(filter)).reverse()
    const page = await listJobsPage(db, organization, filter, { limit: 20, before: null })
    expect({
      filter,
      ids: page.jobs.map(({ id }) => id),
      total: page.total,
      exact: page.totalIsExact,
    }).toEqual({
      filter,
      ids: expected.slice(0, 20).map(({ id }) => id),
      total: expected.length,
      exact: true,
    })
  }
})

test('the pages together are the list, each job once', async () => {
  const found: number[] = []
  let before: number | null = null
  do {
    const page = await listJobsPage(db, organization, { status: 'failed' }, { limit: 7, before })
    found.push(...page.jobs.map(({ id }) => id))
    before = page.nextBefore
  } while (before !== null)
  expect(found).toEqual(
    seeds
      .filter(({ status }) => status === 'failed')
      .map(({ id }) => id)
      .reverse(),
  )
})

describe('no list walks through the whole table', () => {
  const filters: JobFilter[] = [
    {},
    { status: 'completed' },
    { workspaceId: 1, status: 'queued' },
    { since: start + HOUR, until: start + 5 * HOUR },
    { since: start + HOUR, status: 'failed' },
    { sourceCallId: 'a' },
    { sourceCallId: 'a', sourceCompanyId: 'b' },
    { sourceCompanyId: 'b' },
    { parentJobId: 5 },
    { parentJobId: 5, status: 'completed' },
  ]
  test.each(filters)('%p', async (filter) => {
    const plans = await plansOf(filter)
    expect(plans.filter((detail) => /^SCAN (jobs|tallies)\b/.test(detail))).toEqual([])
  })

  test.each<[JobFilter, RegExp]>([
    [{ sourceCallId: 'a' }, /jobs_by_source/],
    [{ sourceCompanyId: 'b' }, /jobs_of_company/],
    [{ parentJobId: 5 }, /jobs_of_parent/],
    [{ status: 'failed' }, /jobs_by_status/],
  ])('%p has an index of its own', async (filter, index) => {
    expect((await plansOf(filter)).join('\n')).toMatch(index)
  })
})

/** How SQLite goes about every query that a page of the list asks. */
async function plansOf(filter: JobFilter): Promise<string[]> {
  const queries: Sql[] = []
  const noting =
    <Rows>(ask: (query: Sql) => Promise<Rows>) =>
    (query: Sql) => {
      queries.push(query)
      return ask(query)
    }
  const watched = {
    get: noting((query) => db.get(query)),
    all: noting((query) => db.all(query)),
  } as Queryable
  await listJobsPage(watched, organization, filter, { limit: 20, before: 300 })
  return queries.flatMap(({ sql, values }) =>
    (db.connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(
      ({ detail }) => detail,
    ),
  )
}
