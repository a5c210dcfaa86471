import type { Queryable } from '../../db/db.ts'
import type { Actor } from '../tenancy/actors.ts'
import { visibleWorkspaceIds } from '../tenancy/tenants.sql.ts'
import type { Job } from './jobs.sql.ts'
import { countJobs, firstIdSince, type JobConditions, listJobs } from './lists.sql.ts'
import { isFinal, type Status, statuses } from './status.ts'
import { type Sums, sumEver, sumSpans } from './sums.ts'
import { amongWorkspaces, QUARTER, type Question, slotOf } from './tallies.sql.ts'

export interface JobFilter {
  status?: Status
  /** Milliseconds, inclusive. */
  since?: number
  /** Milliseconds, exclusive. */
  until?: number
  sourceCallId?: string
  sourceCompanyId?: string
  algorithmId?: string
  parentJobId?: number
  /** Within the actor's own. */
  workspaceId?: number
}

export interface JobPage {
  jobs: Job[]
  /** Id of the last one, when there may be more. */
  nextBefore: number | null
  total: number
  totalIsExact: boolean
}

/** Counting more rows than this one by one would take too long for what it tells. */
const COUNT_LIMIT = 10_000

/** Newest first; `before` is the id that the page before ended with. */
export async function listJobsPage(
  db: Queryable,
  actor: Actor,
  filter: JobFilter,
  page: { limit: number; before: number | null },
): Promise<JobPage> {
  const workspaceIds =
    filter.workspaceId === undefined ? await visibleWorkspaceIds(db, actor) : [filter.workspaceId]
  const conditions: JobConditions = { ...filter, workspaceIds, ...(await idBounds(db, filter)) }
  const jobs = await listJobs(db, conditions, page.limit + 1, page.before)
  const more = jobs.length > page.limit
  const shown = more ? jobs.slice(0, page.limit) : jobs
  return { jobs: shown, nextBefore: more ? shown.at(-1)!.id : null, ...(await total(db, filter, conditions)) }
}

/** Ids grow with time, so a span of time is a span of ids, which is how lists are read. */
async function idBounds(db: Queryable, { since, until }: JobFilter) {
  return {
    fromId: since === undefined ? undefined : await firstIdSince(db, since),
    toId: until === undefined ? undefined : await firstIdSince(db, until),
  }
}

async function total(db: Queryable, filter: JobFilter, conditions: JobConditions) {
  if (conditions.workspaceIds.length === 0) return { total: 0, totalIsExact: true }
  if (!isCounted(filter)) return count(db, conditions)
  const wanted = filter.status ? [filter.status] : statuses
  const finals = wanted.filter(isFinal)
  const open = wanted.filter((status) => !isFinal(status))
  return sum(
    finals.length === 0 ? none : await countFinals(db, filter, conditions, finals),
    open.length === 0 ? none : await count(db, { ...conditions, status: open }),
  )
}

interface Count {
  total: number
  totalIsExact: boolean
}

const none: Count = { total: 0, totalIsExact: true }

const sum = (one: Count, other: Count): Count => ({
  total: one.total + other.total,
  totalIsExact: one.totalIsExact && other.totalIsExact,
})

/** Counters are kept by workspace, status and hour of creation. */
const isCounted = ({ sourceCallId, sourceCompanyId, algorithmId, parentJobId }: JobFilter) =>
  sourceCallId === undefined &&
  sourceCompanyId === undefined &&
  algorithmId === undefined &&
  parentJobId === undefined

/** Row by row, and no further than the limit. */
async function count(db: Queryable, conditions: JobConditions): Promise<Count> {
  const found = await countJobs(db, conditions, COUNT_LIMIT + 1)
  return { total: Math.min(found, COUNT_LIMIT), totalIsExact: found <= COUNT_LIMIT }
}

/** Whole quarters of an hour from the tallies, the quarters at the edges row by row. */
async function countFinals(
  db: Queryable,
  { since, until }: JobFilter,
  conditions: JobConditions,
  finals: readonly Status[],
): Promise<Count> {
  const question: Question = {
    scope: amongWorkspaces(conditions.workspaceIds),
    names: ['jobs'],
    by: 'status',
  }
  if (since === undefined && until === undefined) return jobsIn(await sumEver(db, question), finals)
  const from = Math.ceil((since ?? 0) / QUARTER) * QUARTER
  const to = until === undefined ? Number.POSITIVE_INFINITY : slotOf(until) * QUARTER
  let counted = none
  if (from < to) counted = jobsIn((await sumSpans(db, question, [from, to]))[0]!, finals)
  for (const edge of edges(since, until, from, to)) {
    const bounds = await idBounds(db, edge)
    counted = sum(counted, await count(db, { ...conditions, ...bounds, status: finals }))
  }
  return counted
}

const jobsIn = (sums: Sums, wanted: readonly Status[]): Count => ({
  total: wanted.reduce((total, status) => total + (sums.get(status)?.jobs ?? 0), 0),
  totalIsExact: true,
})

function edges(since: number | undefined, until: number | undefined, from: number, to: number) {
  if (from >= to) return [{ since, until }]
  const found: { since?: number; until?: number }[] = []
  if (since !== undefined && since < from) found.push({ since, until: from })
  if (until !== undefined && until > to) found.push({ since: to, until })
  return found
}
