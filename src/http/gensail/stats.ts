import { z } from 'zod'
import type { App } from '../../app.ts'
import { durationClasses } from '../../core/jobs/figures.sql.ts'
import { type Status, statuses } from '../../core/jobs/status.ts'
import { distribute, listDays, listOrganizations, listTrends, summarize } from '../../core/stats/reports.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { Uuid } from './present.ts'
import { readDays, readStats, StatsDaysQuery, StatsQuery } from './stats-query.ts'

const Count = z.int().nonnegative()
const Seconds = z.number()
const Average = z.number().nullable().meta({ description: 'Null where there is nothing to average' })
const Day = z.iso.date().meta({ example: '2026-03-04' })

const StatsShape = z
  .object({
    total_jobs: Count.meta({ description: 'All jobs, as the list of jobs counts them' }),
    child_jobs: Count.meta({ description: 'Those of them that were made on demand from another job' }),
    by_status: z.object(
      Object.fromEntries(statuses.map((status) => [status, Count])) as Record<Status, typeof Count>,
    ),
    total_duration_seconds: Seconds.meta({ description: 'Of the calls: a child job adds nothing' }),
    average_duration_seconds: Average,
    average_processing_ms: Average,
    algorithm_runs: z.object({ completed: Count, failed: Count }),
    deliveries: z.object({ delivered: Count, pending: Count, exhausted: Count }),
  })
  .meta({ id: 'Stats', description: 'What the jobs of a time add up to' })

const DailyShape = z
  .object({
    days: z.array(
      z.object({
        date: Day,
        total: Count,
        completed: Count,
        partial: Count,
        failed: Count,
        skipped: Count,
        duration_seconds: Seconds,
      }),
    ),
  })
  .meta({ id: 'DailyStats', description: 'Every day of the period, the oldest first' })

const DistributionShape = z
  .object({
    buckets: z.array(z.object({ from_seconds: z.int(), to_seconds: z.int().nullable(), count: Count })),
    unknown_duration: Count.meta({ description: 'Calls that are in no bucket yet' }),
  })
  .meta({
    id: 'DurationDistribution',
    description: `How many calls lasted how long, in buckets from ${durationClasses.join(', ')} seconds`,
  })

const OrganizationsShape = z
  .object({
    organizations: z.array(
      z.object({
        organization_id: Uuid,
        name: z.string(),
        total: Count,
        completed: Count,
        failed: Count,
        duration_seconds: Seconds,
      }),
    ),
  })
  .meta({
    id: 'OrganizationStats',
    description: 'The organizations that the token sees, the most jobs first',
  })

const Percent = z.number().nullable().meta({ description: 'Null where there was nothing before' })

const TrendsShape = z
  .object({
    days: z.array(
      z.object({
        date: Day,
        calls: Count,
        duration_seconds: Seconds,
        average_duration_seconds: Average,
        calls_7d_average: z.number().meta({ description: 'Of this day and the six before it' }),
      }),
    ),
    change: z
      .object({ calls_percent: Percent, duration_percent: Percent })
      .meta({ description: 'Against the period before, of the same length' }),
  })
  .meta({ id: 'Trends', description: 'Calls and their durations day by day' })

export const statsRoutes = (app: App) =>
  routes<Actor>('Statistics', '/stats')
    .get(
      '',
      { summary: 'Add up jobs', query: StatsQuery, answers: { 200: StatsShape }, refusals: [404] },
      async ({ actor, query }) => {
        const { selection, period } = await readStats(app, actor, query())
        return presentSummary(await summarize(app.db, selection, period))
      },
    )
    .get(
      '/daily',
      {
        summary: 'Add up jobs day by day',
        query: StatsDaysQuery,
        answers: { 200: DailyShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { selection, period } = await readDays(app, actor, query())
        const days = await listDays(app.db, selection, period)
        return {
          days: days.map(({ durationMs, ...day }) => ({ ...day, duration_seconds: durationMs / 1000 })),
        }
      },
    )
    .get(
      '/duration-distribution',
      {
        summary: 'Read how long calls are',
        query: StatsQuery,
        answers: { 200: DistributionShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { selection, period } = await readStats(app, actor, query())
        const { classes, unknown } = await distribute(app.db, selection, period)
        const buckets = classes.map(({ from, to, count }) => ({ from_seconds: from, to_seconds: to, count }))
        return { buckets, unknown_duration: unknown }
      },
    )
    .get(
      '/by-organization',
      {
        summary: 'Add up jobs by organization',
        query: StatsQuery,
        answers: { 200: OrganizationsShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { selection, period } = await readStats(app, actor, query())
        const found = await listOrganizations(app.db, selection, period)
        return {
          organizations: found.map(({ uuid, durationMs, ...row }) => ({
            organization_id: uuid,
            ...row,
            duration_seconds: durationMs / 1000,
          })),
        }
      },
    )
    .get(
      '/trends',
      {
        summary: 'Follow calls and durations',
        query: StatsDaysQuery,
        answers: { 200: TrendsShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { selection, period } = await readDays(app, actor, query())
        return presentTrends(await listTrends(app.db, selection, period, app.clock()))
      },
    )

const presentSummary = (sums: Awaited<ReturnType<typeof summarize>>) => ({
  total_jobs: sums.jobs,
  child_jobs: sums.children,
  by_status: sums.by_status,
  total_duration_seconds: sums.duration_ms / 1000,
  average_duration_seconds: average(sums.duration_ms / 1000, sums.timed),
  average_processing_ms: average(sums.processing_ms, sums.processed),
  algorithm_runs: { completed: sums.runs_completed, failed: sums.runs_failed },
  deliveries: {
    delivered: sums.deliveries_delivered,
    pending: sums.deliveries_pending,
    exhausted: sums.deliveries_failed,
  },
})

const presentTrends = ({ days, before, period }: Awaited<ReturnType<typeof listTrends>>) => ({
  days: days.map(({ date, calls, durationMs, timed, averageCalls }) => ({
    date,
    calls,
    duration_seconds: durationMs / 1000,
    average_duration_seconds: average(durationMs / 1000, timed),
    calls_7d_average: rounded(averageCalls),
  })),
  change: {
    calls_percent: percent(before.calls, period.calls),
    duration_percent: percent(before.durationMs, period.durationMs),
  },
})

const average = (sum: number, count: number) => (count === 0 ? null : rounded(sum / count))
const percent = (before: number, after: number) =>
  before === 0 ? null : rounded((100 * (after - before)) / before)
const rounded = (value: number) => Math.round(value * 1000) / 1000
