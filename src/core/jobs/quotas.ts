import type { Queryable, Tx } from '../../db/db.ts'
import { DAY, MINUTE, SECOND } from '../../lib/clock.ts'
import { Refusal } from '../../lib/refusal.ts'
import { storedAudioMs } from '../calls/recordings.sql.ts'
import type { ResolvedConfig } from '../config/schema.ts'
import { countJobsAfter, findCounted, lastIdBefore, saveCounted } from './quotas.sql.ts'

/** What a new job brings along. */
export interface Load {
  workspaceId: number
  /** Whether it comes with a recording. */
  hasAudio: boolean
  /** Size of the recording, when it came with the call. */
  bytes: number | null
  durationMs: number | null
}

/** Refuses a new job that the workspace's quotas have no room for. */
export async function requireRoom(tx: Tx, { limits }: ResolvedConfig, load: Load): Promise<void> {
  requireSize(limits.upload_bytes, load)
  await requireMinutes(tx, limits.stored_minutes, load)
  await requireJobs(tx, limits.jobs_per_day, load)
}

function requireSize(max: number | null, { bytes }: Load) {
  if (max === null || bytes === null || bytes <= max) return
  throw new Refusal('invalid', `The recording has ${bytes} bytes, the workspace takes up to ${max}`, {
    reason: 'too_large',
  })
}

/** A duration that nobody knows yet counts as none: the next recording is then refused. */
async function requireMinutes(db: Queryable, max: number | null, load: Load) {
  if (max === null || !load.hasAudio) return
  const stored = await storedAudioMs(db, load.workspaceId)
  if (stored < max * MINUTE && stored + (load.durationMs ?? 0) <= max * MINUTE) return
  const minutes = Math.round((stored / MINUTE) * 10) / 10
  throw new Refusal(
    'conflict',
    `The workspace keeps ${minutes} of at most ${max} minutes of recordings: delete calls or shorten their retention`,
    { reason: 'quota_minutes' },
  )
}

async function requireJobs(tx: Tx, max: number | null, { workspaceId }: Load) {
  if (max === null) return
  const used = await jobsOfToday(tx, workspaceId)
  if (used < max) return
  throw new Refusal('limited', `The workspace has used its ${max} jobs of today (UTC)`, {
    reason: 'quota_jobs',
    retryAfterSeconds: (DAY - (tx.now % DAY)) / SECOND,
  })
}

/** Counts only what came since it was asked last, so it takes no longer late in the day; deleting frees nothing. */
async function jobsOfToday(tx: Tx, workspaceId: number): Promise<number> {
  const day = Math.floor(tx.now / DAY)
  const known = await findCounted(tx, workspaceId)
  const counted = known?.day === day ? known : { day, jobs: 0, lastJobId: await lastIdBefore(tx, day * DAY) }
  const { jobs, lastId } = await countJobsAfter(tx, workspaceId, counted.lastJobId)
  const now = { day, jobs: counted.jobs + jobs, lastJobId: lastId ?? counted.lastJobId }
  if (jobs > 0 || known?.day !== day) await saveCounted(tx, workspaceId, now)
  return now.jobs
}
