import type { Queryable } from '../../db/db.ts'
import { HOUR } from '../../lib/clock.ts'
import type { Actor } from '../tenancy/actors.ts'
import { visibleWorkspaceIds } from '../tenancy/tenants.sql.ts'
import { hourOf, sumAll, sumHours } from './counts.sql.ts'
import type { Job } from './jobs.sql.ts'
import { countJobs, firstIdSince, type JobConditions, listJobs } from './lists.sql.ts'
import { isFinal, type Status, statuses } from './status.ts'

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
  if (!isCounted(filter)) return capped(await countJobs(db, conditions, COUNT_LIMIT + 1))
  const wanted = filter.status ? [filter.status] : statuses
  let count = await countFinals(db, filter, conditions, wanted.filter(isFinal))
  let exact = true
  for (const status of wanted.filter((each) => !isFinal(each))) {
    const open = capped(await countJobs(db, { ...conditions, status }, COUNT_LIMIT + 1))
    count += open.total
    exact &&= open.totalIsExact
  }
  return { total: count, totalIsExact: exact }
}

/** Counters are kept by workspace, status and hour of creation. */
const isCounted = ({ sourceCallId, sourceCompanyId, algorithmId, parentJobId }: JobFilter) =>
  sourceCallId === undefined &&
  sourceCompanyId === undefined &&
  algorithmId === undefined &&
  parentJobId === undefined

const capped = (count: number) => ({
  total: Math.min(count, COUNT_LIMIT),
  totalIsExact: count <= COUNT_LIMIT,
})

/** Whole hours from the counters, the hours at the edges row by row. */
async function countFinals(
  db: Queryable,
  { since, until }: JobFilter,
  conditions: JobConditions,
  wanted: readonly Status[],
): Promise<number> {
  if (wanted.length === 0) return 0
  if (since === undefined && until === undefined) return sumAll(db, conditions.workspaceIds, wanted)
  const fromHour = since === undefined ? 1 : Math.ceil(since / HOUR)
  const toHour = until === undefined ? Number.MAX_SAFE_INTEGER : hourOf(until)
  let count = fromHour < toHour ? await sumHours(db, conditions.workspaceIds, wanted, fromHour, toHour) : 0
  for (const edge of edges(since, until, fromHour, toHour))
    count += await countEdge(db, conditions, wanted, edge)
  return count
}

function edges(since: number | undefined, until: number | undefined, fromHour: number, toHour: number) {
  if (fromHour >= toHour) return [{ since, until }]
  const found: { since?: number; until?: number }[] = []
  if (since !== undefined && since < fromHour * HOUR) found.push({ since, until: fromHour * HOUR })
  if (until !== undefined && until > toHour * HOUR) found.push({ since: toHour * HOUR, until })
  return found
}

async function countEdge(
  db: Queryable,
  conditions: JobConditions,
  wanted: readonly Status[],
  edge: { since?: number; until?: number },
): Promise<number> {
  const bounds = await idBounds(db, edge)
  let count = 0
  for (const status of wanted)
    count += await countJobs(db, { ...conditions, ...bounds, status }, Number.MAX_SAFE_INTEGER)
  return count
}
