import { z } from 'zod'
import type { App } from '../../app.ts'
import { findJobByUuid } from '../../core/jobs/jobs.sql.ts'
import { requireJob, requireJobBySource } from '../../core/jobs/jobs.ts'
import { type JobFilter, listJobsPage } from '../../core/jobs/lists.ts'
import { logsOfJob, type StoredLogLine } from '../../core/jobs/logs.sql.ts'
import { statuses } from '../../core/jobs/status.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { requireWorkspace } from '../../core/tenancy/tenants.ts'
import { isUuid, parseId } from '../../lib/ids.ts'
import { routes } from '../routes.ts'
import { JobShape, presentJob } from './job-shape.ts'
import { cursor, cursors, limit } from './pages.ts'
import { iso, NextCursor, Time } from './present.ts'
import { moment, momentOf } from './times.ts'

const LIST_LIMIT = 50
const LOG_LIMIT = 100
/** An id that no row has: a UUID that names no job matches nothing. */
const NOBODY = 0

const filters = z.object({
  status: z.enum(statuses).optional(),
  since: moment('Created at or after this time'),
  until: moment('Created before this time'),
  source_call_id: z.string().min(1).max(200).optional(),
  source_company_id: z.string().min(1).max(200).optional(),
  algorithm_id: z.string().min(1).max(100).optional().meta({ description: 'Has a run of this algorithm' }),
  parent_job_id: z
    .string()
    .refine((id) => parseId(id) !== undefined || isUuid(id), 'Expected the id of a job')
    .optional(),
  workspace_id: z.string().min(1).max(100).optional().meta({ description: 'UUID or slug' }),
})

const JobQuery = filters.extend({ limit: limit(LIST_LIMIT), cursor })

const LookupQuery = filters.pick({ source_company_id: true, workspace_id: true }).extend({
  source_call_id: z.string().min(1).max(200),
  source_company_id: z.string().max(200).optional(),
})

const JobPageShape = z
  .object({
    jobs: z.array(JobShape),
    next_cursor: NextCursor,
    total: z.int().meta({ description: 'Of the whole filter, not of this page' }),
    total_is_exact: z.boolean().meta({ description: 'False where counting stopped early: there are more' }),
  })
  .meta({ id: 'JobPage', description: 'A page of jobs, newest first' })

const LogPageShape = z
  .object({
    logs: z.array(
      z.object({
        time: Time,
        level: z.enum(['debug', 'info', 'warn', 'error']),
        stage: z.string(),
        message: z.string(),
        data: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
    next_cursor: NextCursor,
  })
  .meta({ id: 'JobLogs', description: 'What happened to the job, oldest first' })

export const jobParams = { job_id: 'The integer or the UUID of a job' }

export const jobRoutes = (app: App) =>
  routes<Actor>('Jobs', '/jobs')
    .get(
      '',
      { summary: 'List jobs', query: JobQuery, answers: { 200: JobPageShape }, refusals: [404] },
      async ({ actor, query }) => {
        const { limit, cursor, ...filter } = query()
        const position = cursors(app, 'jobs', actor, filter)
        const before = position.read(cursor)
        const page = await listJobsPage(app.db, actor, await readFilter(app, actor, filter), {
          limit,
          before,
        })
        return {
          jobs: await Promise.all(page.jobs.map((job) => presentJob(app, job))),
          next_cursor: position.write(page.nextBefore),
          total: page.total,
          total_is_exact: page.totalIsExact,
        }
      },
    )
    .get(
      '/lookup',
      {
        summary: 'Find the job of a call by your own ids',
        query: LookupQuery,
        answers: { 200: JobShape },
        refusals: [404],
      },
      async ({ actor, query }) => {
        const { source_call_id, source_company_id, workspace_id } = query()
        const job = await requireJobBySource(app.db, actor, {
          sourceCallId: source_call_id,
          sourceCompanyId: source_company_id ?? null,
          workspaceId: await workspaceIdOf(app, actor, workspace_id),
        })
        return presentJob(app, job)
      },
    )
    .get(
      '/:job_id',
      { summary: 'Read a job', params: jobParams, answers: { 200: JobShape } },
      async ({ actor, params }) => presentJob(app, await requireJob(app.db, actor, params.job_id)),
    )
    .get(
      '/:job_id/logs',
      {
        summary: "Read a job's log",
        params: jobParams,
        query: z.object({ limit: limit(LOG_LIMIT), cursor }),
        answers: { 200: LogPageShape },
      },
      async ({ actor, params, query }) => {
        const job = await requireJob(app.db, actor, params.job_id)
        const { limit, cursor } = query()
        const position = cursors(app, `logs ${job.id}`, actor)
        const lines = await logsOfJob(app.db, job.id, position.read(cursor) ?? 0, limit + 1)
        const shown = lines.slice(0, limit)
        const next = lines.length > limit ? shown.at(-1)!.id : null
        return { logs: shown.map(presentLog), next_cursor: position.write(next) }
      },
    )

async function readFilter(app: App, actor: Actor, filter: z.output<typeof filters>): Promise<JobFilter> {
  const now = app.clock()
  return {
    status: filter.status,
    since: momentOf(filter.since, now),
    until: momentOf(filter.until, now),
    sourceCallId: filter.source_call_id,
    sourceCompanyId: filter.source_company_id,
    algorithmId: filter.algorithm_id,
    parentJobId: await parentId(app, filter.parent_job_id),
    workspaceId: await workspaceIdOf(app, actor, filter.workspace_id),
  }
}

async function parentId(app: App, id: string | undefined): Promise<number | undefined> {
  if (id === undefined || !isUuid(id)) return id === undefined ? undefined : parseId(id)
  return (await findJobByUuid(app.db, id.toLowerCase()))?.id ?? NOBODY
}

/** The number of a workspace that a filter or field names, which must lie within the token's tenants. */
export const workspaceIdOf = async (app: App, actor: Actor, named: string | undefined) =>
  named === undefined ? undefined : (await requireWorkspace(app.db, actor, named)).id

const presentLog = ({ time, level, stage, message, data }: StoredLogLine) => ({
  time: iso(time),
  level,
  stage,
  message,
  data: data === null ? null : (JSON.parse(data) as Record<string, unknown>),
})
