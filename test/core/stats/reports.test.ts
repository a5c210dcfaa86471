import { expect, test } from 'bun:test'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { durationClasses } from '../../../src/core/jobs/figures.sql.ts'
import { statuses } from '../../../src/core/jobs/status.ts'
import { checkStep } from '../../../src/core/stats/checks.ts'
import { changedWorkspaces, fold } from '../../../src/core/stats/folding.ts'
import {
  type DayPeriod,
  distribute,
  listDays,
  listOrganizations,
  listTrends,
  type Period,
  summarize,
} from '../../../src/core/stats/reports.ts'
import type { Selection } from '../../../src/core/stats/spans.ts'
import type { Actor } from '../../../src/core/tenancy/actors.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { openDb } from '../../../src/db/sqlite.ts'
import { makeScratch } from '../../support/scratch.ts'
import { ALGORITHMS, addTenants, COMPANIES, happen, type Random, randomFrom, WORKSPACES } from './history.ts'
import {
  durationOf,
  isCall,
  localDate,
  localDates,
  plainSummary,
  type Row,
  readRows,
  sumOf,
} from './plain.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const HISTORIES = 4
const EVENTS = 700
const QUESTIONS = 40
/** Clocks change in or near the histories, which begin in March and in October. */
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Chatham',
  'America/Santiago',
  'Africa/Casablanca',
  '-09:30',
]
const STARTS = [Date.UTC(2026, 2, 1), Date.UTC(2026, 9, 20), Date.UTC(2026, 3, 1), Date.UTC(2026, 8, 1)]

const scratch = makeScratch()
const seed = Number(process.env.STATS_SEED ?? Date.now() % 1_000_000)

type Db = ReturnType<typeof openDb>

async function openHistory(name: string, from: number) {
  let now = from
  const db = openDb(join(scratch.directory, name), { clock: () => now })
  await migrate(db.connection)
  await addTenants(db)
  return { db, later: (ms: number) => (now += ms), now: () => now }
}

/** Many things at once, some of them undone, with the tallies brought up to date and checked now and then. */
async function live(db: Db, random: Random, later: (ms: number) => void) {
  for (let at = 0; at < EVENTS; at += 5) {
    later(random(3) === 0 ? random(9 * HOUR) : random(20 * MINUTE))
    await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        db.tx(async (tx) => {
          await happen(tx, random)
          if (random(6) === 0) throw new Error('undone')
          await tx
            .attempt(async () => {
              await happen(tx, random)
              if (random(3) === 0) throw new Error('undone in part')
            })
            .catch(() => undefined)
        }),
      ),
    )
    if (random(12) === 0)
      for (const { workspaceId } of await changedWorkspaces(db)) await foldAll(db, workspaceId)
  }
}

async function foldAll(db: Db, workspaceId: number) {
  while (await db.tx((tx) => fold(tx, workspaceId)));
}

async function checkAll(db: Db) {
  const repaired = []
  for (let from: number | undefined = 0; from !== undefined; ) {
    const at: number = from
    const step: Awaited<ReturnType<typeof checkStep>> = await db.tx((tx) => checkStep(tx, at))
    repaired.push(...step.repaired)
    from = step.next
  }
  return repaired
}

const actors = [
  { scope: 'platform' },
  { scope: 'partner', partnerId: 1 },
  { scope: 'organization', partnerId: 1, organizationId: 1 },
  { scope: 'workspace', partnerId: 1, organizationId: 1, workspaceId: 2 },
] as Actor[]

const seenBy = ({ scope, partnerId, organizationId, workspaceId }: Actor, row: Row) =>
  ({
    platform: true,
    partner: row.partner_id === partnerId,
    organization: row.organization_id === organizationId,
    workspace: row.workspace_id === workspaceId,
  })[scope]

const isSelected = (selection: Selection) => (row: Row) =>
  seenBy(selection.actor, row) &&
  (selection.workspaceId === undefined || row.workspace_id === selection.workspaceId) &&
  (selection.organizationId === undefined || row.organization_id === selection.organizationId) &&
  (selection.status === undefined || row.status === selection.status) &&
  (selection.sourceCompanyId === undefined || row.source_company_id === selection.sourceCompanyId) &&
  (selection.algorithmId === undefined ||
    row.runs.some(({ algorithm_id }) => algorithm_id === selection.algorithmId))

const isIn =
  ({ since, until }: Period) =>
  (row: Row) =>
    (since === undefined || row.created_at >= since) && (until === undefined || row.created_at < until)

function someSelection(random: Random): Selection {
  return {
    actor: actors[random(actors.length)]!,
    ...(random(4) === 0 && { workspaceId: WORKSPACES[random(WORKSPACES.length)] }),
    ...(random(5) === 0 && { organizationId: 1 + random(3) }),
    ...(random(4) === 0 && { status: statuses[random(statuses.length)] }),
    ...(random(6) === 0 && { sourceCompanyId: COMPANIES[random(2)] }),
    ...(random(6) === 0 && { algorithmId: ALGORITHMS[random(ALGORITHMS.length)] }),
  }
}

function someTime(random: Random, from: number, to: number): number {
  const time = from - 2 * DAY + random(to - from + 4 * DAY)
  const grain = [1, 15 * MINUTE, HOUR, DAY][random(4)]!
  return Math.floor(time / grain) * grain
}

const withTotals = <T extends { total: number }>(rows: T[]) => rows.filter(({ total }) => total > 0)

for (let history = 0; history < HISTORIES; history++) {
  test(`random history ${history} of seed ${seed}: reports are what a look at each row finds`, async () => {
    const random = randomFrom(seed * 10 + history)
    const from = STARTS[(seed + history) % STARTS.length]!
    const { db, later, now } = await openHistory(`history-${history}.db`, from)
    await live(db, random, later)
    const rows = readRows(db.connection)
    expect(rows.length).toBeGreaterThan(50)
    for (let question = 0; question < QUESTIONS; question++) {
      const selection = someSelection(random)
      const zone = ZONES[random(ZONES.length)]!
      const [since, until] = [someTime(random, from, now()), someTime(random, from, now())].sort(
        (a, b) => a - b,
      )
      const period: Period = {
        ...(random(3) > 0 && { since }),
        ...(random(3) > 0 && { until }),
      }
      const days: DayPeriod = { since: since!, until: until!, zone }
      const asked = { selection, period, days }
      const mine = rows.filter(isSelected(selection))
      const found = mine.filter(isIn(period))
      const inDays = mine.filter(isIn(days))

      expect({ asked, sums: await summarize(db, selection, period) }).toMatchObject({
        asked,
        sums: plainSummary(found, statuses),
      })

      const { classes, unknown } = await distribute(db, selection, period)
      expect({ asked, classes, unknown }).toEqual({
        asked,
        classes: durationClasses.map((seconds, at) => {
          const [low, high] = [seconds * 1000, (durationClasses[at + 1] ?? Number.POSITIVE_INFINITY) * 1000]
          const calls = found
            .filter(isCall)
            .filter(({ duration_ms: ms }) => ms !== null && ms >= low && ms < high)
          return { from: seconds, to: durationClasses[at + 1] ?? null, count: calls.length }
        }),
        unknown: found.filter((row) => isCall(row) && row.duration_ms === null).length,
      })

      const byDate = Map.groupBy(inDays, (row) => localDate(zone, row.created_at))
      const dates = localDates(zone, days.since, days.until)
      const count = (date: string, status: string) =>
        byDate.get(date)?.filter((row) => row.status === status).length ?? 0
      expect({ asked, days: await listDays(db, selection, days) }).toEqual({
        asked,
        days: dates.map((date) => ({
          date,
          total: byDate.get(date)?.length ?? 0,
          completed: count(date, 'completed'),
          partial: count(date, 'partial'),
          failed: count(date, 'failed'),
          skipped: count(date, 'skipped'),
          durationMs: sumOf(byDate.get(date) ?? [], durationOf),
        })),
      })

      const byOrganization = Map.groupBy(found, (row) => row.organization_id)
      const organizations = withTotals(await listOrganizations(db, selection, period))
      expect({ asked, totals: organizations.map(({ total }) => total) }).toEqual({
        asked,
        totals: [...byOrganization.values()].map(({ length }) => length).sort((a, b) => b - a),
      })
      expect(sumOf(found, durationOf)).toBe(
        organizations.reduce((sum, { durationMs }) => sum + durationMs, 0),
      )
      expect(organizations.reduce((sum, { completed }) => sum + completed, 0)).toBe(
        found.filter(({ status }) => status === 'completed').length,
      )

      const trends = await listTrends(db, selection, days, now())
      const callsByDate = Map.groupBy(mine.filter(isCall), (row) => localDate(zone, row.created_at))
      const inPeriod = Map.groupBy(inDays.filter(isCall), (row) => localDate(zone, row.created_at))
      const before = (date: string, back: number) =>
        new Date(Date.parse(date) - back * DAY).toISOString().slice(0, 10)
      expect({ asked, days: trends.days }).toEqual({
        asked,
        days: dates.map((date) => ({
          date,
          calls: inPeriod.get(date)?.length ?? 0,
          durationMs: sumOf(inPeriod.get(date) ?? [], durationOf),
          timed: inPeriod.get(date)?.filter(({ duration_ms }) => duration_ms !== null).length ?? 0,
          averageCalls:
            [0, 1, 2, 3, 4, 5, 6].reduce((sum, back) => {
              const calls = callsByDate.get(before(date, back)) ?? []
              return sum + calls.filter((row) => row.created_at < days.until).length
            }, 0) / 7,
        })),
      })
    }
    expect(await checkAll(db)).toEqual([])
    for (const { workspaceId } of await changedWorkspaces(db)) await foldAll(db, workspaceId)
    expect(await checkAll(db)).toEqual([])
    db.close()
  })
}

test('what is wrong is found, told and put right, whatever it is', async () => {
  const random = randomFrom(seed)
  const { db, later } = await openHistory('wrong.db', STARTS[0]!)
  await live(db, random, later)
  const restless = Array.from({ length: 20 }, () => db.tx((tx) => happen(tx, random)))
  await Promise.all(restless)
  const truth = plainSummary(readRows(db.connection), statuses)
  for (const damage of [
    'DELETE FROM tally_changes',
    'DELETE FROM tallies WHERE slot % 3 = 0',
    'UPDATE tallies SET jobs = jobs + 1 WHERE width = 96',
    'UPDATE tallies SET duration_ms = 0 WHERE width = 1',
    'UPDATE tallies SET runs_failed = 5 WHERE width = 1000000000',
    'INSERT INTO tally_changes SELECT workspace_id, 7, status, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3, 4, 5, 6, 7 FROM tallies WHERE width > 96',
    'DELETE FROM tallies',
  ]) {
    db.connection.exec(damage)
    const repaired = await checkAll(db)
    for (const { workspaceId } of await changedWorkspaces(db)) await foldAll(db, workspaceId)
    expect({ damage, isFound: repaired.length > 0 }).toEqual({ damage, isFound: true })
    expect({ damage, again: await checkAll(db) }).toEqual({ damage, again: [] })
    const platform = { actor: { scope: 'platform' } as Actor }
    expect(await summarize(db, platform, {})).toMatchObject(truth)
    expect(await summarize(db, platform, { since: 1 })).toMatchObject(truth)
  }
  expect(await db.get<{ n: number }>(sql`SELECT count(*) AS n FROM tally_changes`)).toEqual({ n: 0 })
  db.close()
})
