import type { Queryable } from '../../db/db.ts'
import { dateOf, dayAt, startOfDay } from '../../lib/zones.ts'
import { durationClasses, type FigureName, figureNames } from '../jobs/figures.sql.ts'
import { type Status, statuses } from '../jobs/status.ts'
import type { Sums } from '../jobs/sums.ts'
import { organizationsOf } from './reports.sql.ts'
import { BEGINNING, END, type Selection, sumSelected } from './spans.ts'

export type Figures = Record<FigureName, number>

/** Milliseconds; `since` is inclusive, `until` exclusive. */
export interface Period {
  since?: number
  until?: number
}

/** What is reported day by day has a beginning and an end, and a zone whose days they are. */
export interface DayPeriod {
  since: number
  until: number
  zone: string
}

const classNames = durationClasses.map((from) => `from_${from}` as const)
const isClass = (name: FigureName) => (classNames as FigureName[]).includes(name)
const summaryNames = figureNames.filter((name) => !isClass(name))

const boundariesOf = ({ since, until }: Period) => [since ?? BEGINNING, until ?? END]

/** All figures together, and the jobs by status. */
export async function summarize(db: Queryable, selection: Selection, period: Period) {
  const [sums] = await sumSelected(db, selection, summaryNames, boundariesOf(period))
  const byStatus = statuses.map((status) => [status, sums!.get(status)?.jobs ?? 0] as const)
  return { ...total(sums!, summaryNames), by_status: Object.fromEntries(byStatus) as Record<Status, number> }
}

/** Calls by the class of their duration, and those whose duration is not known. */
export async function distribute(db: Queryable, selection: Selection, period: Period) {
  const names: FigureName[] = ['jobs', 'children', 'timed', ...classNames]
  const [sums] = await sumSelected(db, selection, names, boundariesOf(period))
  const figures = total(sums!, names)
  return {
    classes: durationClasses.map((from, at) => ({
      from,
      to: durationClasses[at + 1] ?? null,
      count: figures[classNames[at]!],
    })),
    unknown: figures.jobs - figures.children - figures.timed,
  }
}

export interface DayOfJobs {
  date: string
  total: number
  completed: number
  partial: number
  failed: number
  skipped: number
  durationMs: number
}

/** Every day of the period, those without jobs too. */
export async function listDays(db: Queryable, selection: Selection, period: DayPeriod): Promise<DayOfJobs[]> {
  const days = daysOf(period)
  const spans = await sumSelected(db, selection, ['jobs', 'duration_ms'], clipped(days, period))
  return days.map((day, at) => {
    const sums = spans[at]!
    const { jobs, duration_ms } = total(sums, ['jobs', 'duration_ms'])
    const of = (status: Status) => sums.get(status)?.jobs ?? 0
    return {
      date: dateOf(day),
      total: jobs,
      completed: of('completed'),
      partial: of('partial'),
      failed: of('failed'),
      skipped: of('skipped'),
      durationMs: duration_ms,
    }
  })
}

/** The most jobs first. */
export async function listOrganizations(db: Queryable, selection: Selection, period: Period) {
  const inStatus = async (status: Status | undefined, names: FigureName[]) => {
    if (selection.status !== undefined && status !== undefined && status !== selection.status)
      return new Map() as Sums
    const selected = { ...selection, status: status ?? selection.status }
    return (await sumSelected(db, selected, names, boundariesOf(period), 'workspace_id'))[0]!
  }
  const all = await inStatus(undefined, ['jobs', 'duration_ms'])
  const completed = await inStatus('completed', ['jobs'])
  const failed = await inStatus('failed', ['jobs'])
  const byUuid = new Map<
    string,
    { uuid: string; name: string } & Record<'total' | 'completed' | 'failed' | 'durationMs', number>
  >()
  for (const { workspaceId, uuid, name } of await organizationsOf(db, selection)) {
    const row = byUuid.get(uuid) ?? { uuid, name, total: 0, completed: 0, failed: 0, durationMs: 0 }
    row.total += all.get(workspaceId)?.jobs ?? 0
    row.durationMs += all.get(workspaceId)?.duration_ms ?? 0
    row.completed += completed.get(workspaceId)?.jobs ?? 0
    row.failed += failed.get(workspaceId)?.jobs ?? 0
    byUuid.set(uuid, row)
  }
  return [...byUuid.values()].sort((one, other) => other.total - one.total)
}

const trendNames = ['jobs', 'children', 'timed', 'duration_ms'] as const satisfies FigureName[]
const AVERAGED_DAYS = 7

/**
 * Calls and their durations day by day, and how the period compares with the one as long before it. The average of
 * seven days looks back beyond the beginning of the period.
 */
export async function listTrends(db: Queryable, selection: Selection, period: DayPeriod, now: number) {
  const days = daysOf(period)
  const earlier = days.length === 0 ? [] : daysBefore(days[0]!, AVERAGED_DAYS - 1)
  const starts = [...earlier, ...days.slice(0, 1)].map((day) => startOfDay(period.zone, day))
  const boundaries = [...starts, ...clipped(days, period)]
  const spans = boundaries.length < 2 ? [] : await sumSelected(db, selection, trendNames, boundaries)
  const figures = spans.map((sums) => total(sums, trendNames))
  const shown = figures.slice(starts.length)
  const calls = [...figures.slice(0, earlier.length), ...shown].map(callsIn)
  // The part of the first day that lies before the period is no part of it, but of the average.
  if (days.length > 0) calls[earlier.length]! += callsIn(figures[earlier.length]!)
  return {
    days: days.map((day, at) => ({
      date: dateOf(day),
      calls: callsIn(shown[at]!),
      durationMs: shown[at]!.duration_ms,
      timed: shown[at]!.timed,
      averageCalls: calls.slice(at, at + AVERAGED_DAYS).reduce((sum, one) => sum + one, 0) / AVERAGED_DAYS,
    })),
    ...(await change(db, selection, period, now)),
  }
}

/** Of a period that is not over, what has passed of it is compared. */
async function change(db: Queryable, selection: Selection, { since, until }: DayPeriod, now: number) {
  const end = Math.max(since, Math.min(until, now))
  const before = since - (end - since)
  const [earlier, later] = (await sumSelected(db, selection, trendNames, [before, since, end])).map((sums) =>
    total(sums, trendNames),
  )
  return { before: asChange(earlier!), period: asChange(later!) }
}

const asChange = (figures: Figures) => ({ calls: callsIn(figures), durationMs: figures.duration_ms })
const callsIn = (figures: Figures) => figures.jobs - figures.children

function daysOf({ since, until, zone }: DayPeriod): number[] {
  if (until <= since) return []
  const [first, last] = [dayAt(zone, since), dayAt(zone, until - 1)]
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

const daysBefore = (day: number, count: number) => Array.from({ length: count }, (_, at) => day - count + at)

/** Where the days begin, but not before the period, and where it ends. */
const clipped = (days: number[], { since, until, zone }: DayPeriod) =>
  days.length === 0 ? [] : [since, ...days.slice(1).map((day) => startOfDay(zone, day)), until]

function total(sums: Sums, names: readonly FigureName[]): Figures {
  const figures = Object.fromEntries(names.map((name) => [name, 0])) as Figures
  for (const row of sums.values()) for (const name of names) figures[name] += row[name]
  return figures
}
