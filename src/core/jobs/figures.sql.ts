import { raw } from 'sql-template-tag'
import type { Job } from './jobs.sql.ts'

/** What a job's row says about what it counts for. */
export type Counted = Pick<
  Job,
  | 'workspaceId'
  | 'createdAt'
  | 'status'
  | 'parentJobId'
  | 'durationMs'
  | 'startedAt'
  | 'completedAt'
  | 'runsCompleted'
  | 'runsFailed'
  | 'deliveriesPending'
  | 'deliveriesDelivered'
  | 'deliveriesFailed'
>

export const countedColumns = raw(`workspace_id AS "workspaceId", created_at AS "createdAt", status,
  parent_job_id AS "parentJobId", duration_ms AS "durationMs", started_at AS "startedAt",
  completed_at AS "completedAt", runs_completed AS "runsCompleted", runs_failed AS "runsFailed",
  deliveries_pending AS "deliveriesPending", deliveries_delivered AS "deliveriesDelivered",
  deliveries_failed AS "deliveriesFailed"`)

interface Figure {
  of(job: Counted): number
  /** The same of a row of `jobs`. */
  sql: string
}

/** Seconds at which the classes of duration begin; each reaches up to the next. */
export const durationClasses = [0, 30, 60, 120, 300, 600, 1800] as const

const isCall = ({ parentJobId }: Counted) => parentJobId === null
const when = (condition: string, value = '1') => `CASE WHEN ${condition} THEN ${value} ELSE 0 END`
const IS_CALL = 'parent_job_id IS NULL'
const IS_PROCESSED = 'started_at IS NOT NULL AND completed_at IS NOT NULL'

/**
 * What a job adds to the sums of its workspace, hour and status: a column of `tallies` each. Calls count once, so
 * durations leave child jobs out.
 */
export const figures = {
  jobs: { of: () => 1, sql: '1' },
  children: { of: (job) => (isCall(job) ? 0 : 1), sql: when('parent_job_id IS NOT NULL') },
  timed: {
    of: (job) => (isCall(job) && job.durationMs !== null ? 1 : 0),
    sql: when(`${IS_CALL} AND duration_ms IS NOT NULL`),
  },
  duration_ms: {
    of: (job) => (isCall(job) ? (job.durationMs ?? 0) : 0),
    sql: when(`${IS_CALL} AND duration_ms IS NOT NULL`, 'duration_ms'),
  },
  processed: {
    of: (job) => (job.startedAt !== null && job.completedAt !== null ? 1 : 0),
    sql: when(IS_PROCESSED),
  },
  processing_ms: {
    of: (job) => (job.startedAt !== null && job.completedAt !== null ? job.completedAt - job.startedAt : 0),
    sql: when(IS_PROCESSED, 'completed_at - started_at'),
  },
  runs_completed: { of: (job) => job.runsCompleted, sql: 'runs_completed' },
  runs_failed: { of: (job) => job.runsFailed, sql: 'runs_failed' },
  deliveries_pending: { of: (job) => job.deliveriesPending, sql: 'deliveries_pending' },
  deliveries_delivered: { of: (job) => job.deliveriesDelivered, sql: 'deliveries_delivered' },
  deliveries_failed: { of: (job) => job.deliveriesFailed, sql: 'deliveries_failed' },
  from_0: durationClass(0),
  from_30: durationClass(1),
  from_60: durationClass(2),
  from_120: durationClass(3),
  from_300: durationClass(4),
  from_600: durationClass(5),
  from_1800: durationClass(6),
} satisfies Record<string, Figure>

export type FigureName = keyof typeof figures
export const figureNames = Object.keys(figures) as FigureName[]

function durationClass(at: number): Figure {
  const from = durationClasses[at]! * 1000
  const to = at + 1 < durationClasses.length ? durationClasses[at + 1]! * 1000 : Number.MAX_SAFE_INTEGER
  return {
    of: (job) =>
      isCall(job) && job.durationMs !== null && job.durationMs >= from && job.durationMs < to ? 1 : 0,
    sql: when(`${IS_CALL} AND duration_ms >= ${from} AND duration_ms < ${to}`),
  }
}

export const figuresOf = (job: Counted): number[] => figureNames.map((name) => figures[name].of(job))
