import type { Db, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { requireAvailable } from '../algorithms/availability.ts'
import type { Catalogue } from '../algorithms/catalogue.ts'
import { type Run, runsOfJob } from '../algorithms/runs.sql.ts'
import { resolveConfig } from '../config/resolve.ts'
import { requireEnabled } from '../tenancy/tenant-changes.ts'
import { insertJob, type Job } from './jobs.sql.ts'
import { addLogs } from './logs.sql.ts'
import { requireRoom } from './quotas.ts'
import { hasTranscript } from './retries.ts'
import { hasRun } from './status.ts'
import { enqueueJob } from './submissions.ts'

export interface OnDemandRequest {
  algorithmIds: string[]
  analyticsOnly: boolean
  forceRerun: boolean
}

/**
 * A child job that runs the algorithms on the parent's transcript; nothing about the parent changes. Without
 * `forceRerun`, when all of them have completed on the parent itself, their runs are the answer instead. `db` is for
 * the configuration, which is read as it was committed last.
 */
export async function runOnDemand(
  tx: Tx,
  catalogue: Catalogue,
  parent: Job,
  request: OnDemandRequest,
  db: Db,
): Promise<{ child: Job } | { existing: Run[] }> {
  const workspace = { type: 'workspace' as const, id: parent.workspaceId }
  await requireAvailable(tx, catalogue, workspace, request.algorithmIds)
  if (!hasRun(parent.status))
    throw new Refusal('invalid', `Job is still ${parent.status}. Wait for completion.`, {
      reason: 'still_running',
    })
  if (!(await hasTranscript(tx, parent)))
    throw new Refusal('invalid', 'Job has no usable transcript', { reason: 'no_transcript' })
  const existing = request.forceRerun ? undefined : await completedRuns(tx, parent, request.algorithmIds)
  if (existing) return { existing }
  await requireOpen(tx, db, parent)
  return { child: await insertChild(tx, parent, request) }
}

async function requireOpen(tx: Tx, db: Db, { workspaceId }: Job) {
  await requireEnabled(db, workspaceId)
  const load = { workspaceId, hasAudio: false, bytes: null, durationMs: null }
  await requireRoom(tx, await resolveConfig(db, workspaceId), load)
}

async function completedRuns(tx: Tx, parent: Job, algorithmIds: string[]): Promise<Run[] | undefined> {
  const completed = (await runsOfJob(tx, parent.id)).filter(({ status }) => status === 'completed')
  const newest = algorithmIds.map((id) => completed.findLast(({ algorithmId }) => algorithmId === id))
  return newest.every((run) => run !== undefined) ? newest : undefined
}

async function insertChild(tx: Tx, parent: Job, request: OnDemandRequest): Promise<Job> {
  const child = (await insertJob(tx, {
    ...parent,
    parentJobId: parent.id,
    status: 'analyzing',
    source: 'on_demand',
    algorithmIds: JSON.stringify(request.algorithmIds),
    analyticsOnly: request.analyticsOnly ? 1 : 0,
  }))!
  await addLogs(tx, child.id, [
    {
      level: 'info',
      stage: 'analyzing',
      message: 'Created on demand',
      data: { parent_job_id: parent.id },
      status: 'analyzing',
    },
  ])
  await enqueueJob(tx, child)
  return child
}
