import type { Tx } from '../../db/db.ts'
import { keepIdsFresh } from '../../db/fresh-ids.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import { forgetRecordingFile } from '../calls/recordings.sql.ts'
import type { Actor } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import { entityUuid } from '../tenancy/tenants.ts'
import { deleteRows, highestRunId, isDelivering, jobsOfCall, recordingsOfCall } from './deletion.sql.ts'
import { getJob, type Job } from './jobs.sql.ts'
import { isFinal } from './status.ts'
import { countOut } from './tallies.ts'

const DELIVERY_TAKES_SECONDS = 5

/**
 * Deletes the job's call with everything about it, all of its jobs included; only the audit log says that it was
 * there. Resolves to the names of its files, which the caller removes once this is committed.
 */
export async function deleteCall(tx: Tx, actor: Actor, jobId: number): Promise<string[]> {
  const job = await getJob(tx, jobId)
  if (!job) throw notFound('Job')
  const jobs = await jobsOfCall(tx, job.callId)
  await requireAtRest(tx, jobs)
  const ids = jobs.map(({ id }) => id)
  await keepIdsFresh(tx, 'jobs', Math.max(...ids))
  await keepIdsFresh(tx, 'runs', await highestRunId(tx, ids))
  for (const one of jobs) countOut(tx, one)
  const files = await forgetRecordings(tx, job.callId)
  await deleteRows(tx, job.callId, ids)
  const workspace_id = await entityUuid(tx, { type: 'workspace', id: job.workspaceId })
  await audit(tx, actor, 'job.deleted', { type: 'job', id: job.id }, { job_ids: ids, workspace_id })
  return files
}

async function requireAtRest(tx: Tx, jobs: Job[]) {
  const running = jobs.find(({ status }) => !isFinal(status))
  if (running) throw new Refusal('conflict', `Job ${running.id} is ${running.status} and cannot be deleted`)
  const ids = jobs.map(({ id }) => id)
  if (await isDelivering(tx, ids))
    throw new Refusal('conflict', 'A delivery of the job is under way; try again in some seconds', {
      retryAfterSeconds: DELIVERY_TAKES_SECONDS,
    })
}

async function forgetRecordings(tx: Tx, callId: number): Promise<string[]> {
  const recordings = (await recordingsOfCall(tx, callId)).filter(({ file }) => file !== null)
  for (const { id } of recordings) await forgetRecordingFile(tx, id)
  return recordings.map(({ file }) => file!)
}
