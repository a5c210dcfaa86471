import type { Queryable } from '../../db/db.ts'
import { isUuid, parseId } from '../../lib/ids.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { Run } from '../algorithms/runs.sql.ts'
import { findRunByUuid, getRun } from '../algorithms/runs.sql.ts'
import type { Actor } from '../tenancy/actors.ts'
import { getWorkspace } from '../tenancy/tenants.sql.ts'
import { mayUseWorkspace } from '../tenancy/tenants.ts'
import { findJobByUuid, findJobsBySource, getJob, type Job, type SourceIds } from './jobs.sql.ts'

/** `id` is the integer or the UUID. One that exists outside the actor's tenants is forbidden, not missing. */
export async function requireJob(db: Queryable, actor: Actor, id: string): Promise<Job> {
  const job = await byEither(
    id,
    (number) => getJob(db, number),
    (uuid) => findJobByUuid(db, uuid),
  )
  if (!job) throw notFound('Job')
  await requireAccess(db, actor, job.workspaceId, 'job')
  return job
}

export async function requireRun(db: Queryable, actor: Actor, id: string): Promise<Run> {
  const run = await byEither(
    id,
    (number) => getRun(db, number),
    (uuid) => findRunByUuid(db, uuid),
  )
  if (!run) throw notFound('Algorithm run')
  await requireAccess(db, actor, run.workspaceId, 'algorithm run')
  return run
}

/** The job of a submission with these ids, the newest where several workspaces have one; never a child. */
export async function requireJobBySource(db: Queryable, actor: Actor, ids: SourceIds): Promise<Job> {
  const [newest] = await findJobsBySource(db, actor, ids)
  if (!newest) throw notFound('Job')
  return newest
}

/** For a change: it must be clear which job is meant. */
export async function requireOnlyJobBySource(db: Queryable, actor: Actor, ids: SourceIds): Promise<Job> {
  const [newest, other] = await findJobsBySource(db, actor, ids)
  if (!newest) throw notFound('Job')
  if (other)
    throw new Refusal('invalid', 'workspace_id: Several workspaces have a job with these ids', {
      errors: [{ field: 'workspace_id', message: 'Several workspaces have a job with these ids' }],
    })
  return newest
}

function byEither<T>(id: string, byNumber: (id: number) => Promise<T>, byUuid: (uuid: string) => Promise<T>) {
  const number = parseId(id)
  if (number !== undefined) return byNumber(number)
  return isUuid(id) ? byUuid(id.toLowerCase()) : Promise.resolve(undefined)
}

async function requireAccess(db: Queryable, actor: Actor, workspaceId: number, what: string) {
  if (actor.scope === 'platform' || actor.workspaceId === workspaceId) return
  const workspace = await getWorkspace(db, workspaceId)
  if (!workspace || !mayUseWorkspace(actor, workspace))
    throw new Refusal('forbidden', `This token has no access to that ${what}`)
}

export const deliverable = (job: Job) => job.analyticsOnly === 0
