import type Database from 'better-sqlite3'
import type { Status } from '../../../src/core/jobs/status.ts'

export interface Row {
  id: number
  workspace_id: number
  organization_id: number
  partner_id: number
  status: Status
  parent_job_id: number | null
  source_company_id: string | null
  duration_ms: number | null
  started_at: number | null
  completed_at: number | null
  deliveries_pending: number
  deliveries_delivered: number
  deliveries_failed: number
  created_at: number
  runs: { algorithm_id: string; status: string }[]
}

/** Every job with all that counts, straight from the tables. */
export function readRows(connection: Database): Row[] {
  const rows = connection
    .prepare(
      'SELECT jobs.*, organization_id, partner_id FROM jobs JOIN workspaces ON workspaces.id = jobs.workspace_id',
    )
    .all() as Row[]
  const runs = connection
    .prepare('SELECT job_id, algorithm_id, status FROM runs')
    .all() as (Row['runs'][0] & {
    job_id: number
  })[]
  const byJob = Map.groupBy(runs, ({ job_id }) => job_id)
  return rows.map((row) => ({ ...row, runs: byJob.get(row.id) ?? [] }))
}

export const sumOf = (rows: Row[], value: (row: Row) => number) =>
  rows.reduce((sum, row) => sum + value(row), 0)
export const isCall = (row: Row) => row.parent_job_id === null
export const durationOf = (row: Row) => (isCall(row) ? (row.duration_ms ?? 0) : 0)

export const plainSummary = (rows: Row[], statuses: readonly Status[]) => {
  const processed = rows.filter((row) => row.started_at !== null && row.completed_at !== null)
  const runs = rows.flatMap((row) => row.runs)
  return {
    jobs: rows.length,
    children: rows.filter((row) => !isCall(row)).length,
    timed: rows.filter((row) => isCall(row) && row.duration_ms !== null).length,
    duration_ms: sumOf(rows, durationOf),
    processed: processed.length,
    processing_ms: sumOf(processed, (row) => row.completed_at! - row.started_at!),
    runs_completed: runs.filter(({ status }) => status === 'completed').length,
    runs_failed: runs.filter(({ status }) => status === 'failed').length,
    deliveries_pending: sumOf(rows, (row) => row.deliveries_pending),
    deliveries_delivered: sumOf(rows, (row) => row.deliveries_delivered),
    deliveries_failed: sumOf(rows, (row) => row.deliveries_failed),
    by_status: Object.fromEntries(
      statuses.map((status) => [status, rows.filter((row) => row.status === status).length]),
    ),
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The date that the zone's calendar shows, by another way than the one under test. */
export function localDate(zone: string, time: number): string {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  formats.set(zone, format)
  return format.format(time)
}

/** The dates that a clock shows which is looked at every quarter of an hour, and just before the end. */
export function localDates(zone: string, from: number, to: number): string[] {
  const dates = new Set<string>()
  for (let time = from; time < to; time += 900_000) dates.add(localDate(zone, time))
  if (to > from) dates.add(localDate(zone, to - 1))
  return [...dates]
}
