import type { Queryable, Tx } from '../../db/db.ts'
import { DAY } from '../../lib/clock.ts'
import { forgetRecordingFile } from '../calls/recordings.sql.ts'
import type { ResolvedConfig } from '../config/schema.ts'
import type { Job } from './jobs.sql.ts'
import {
  deleteLogs,
  deletePayloads,
  deleteResults,
  deleteTranscript,
  firstIdFrom,
  isInUse,
  jobsBetween,
  keptFiles,
  markOf,
  type RetentionKind,
  setMark,
} from './retention.sql.ts'
import { isFinal } from './status.ts'

/** A job has some twenty rows of each kind, and a transaction shall not have more than two hundred. */
const JOBS_PER_STEP = 10

export interface Step {
  /** Goes on after this job; undefined when nothing more is due. */
  next?: { after: number; blocked: boolean }
  /** Names of files that nobody needs any more, to be removed once this is committed. */
  files: string[]
}

/** Below this id the jobs of a workspace are due; undefined when it keeps things of this kind for ever. */
export async function dueBefore(
  db: Queryable,
  { retention }: ResolvedConfig,
  kind: RetentionKind,
  now: number,
): Promise<number | undefined> {
  const days = retention[`${kind}_days`]
  return days === null ? undefined : firstIdFrom(db, now - days * DAY)
}

/**
 * Deletes what is due of some jobs. Those under way, or with deliveries to come, are left for another night: the mark
 * stays before the first of them, and `blocked` says that it does.
 */
export async function retainStep(
  tx: Tx,
  workspaceId: number,
  kind: RetentionKind,
  before: number,
  from?: Step['next'],
): Promise<Step> {
  const start = from?.after ?? (await markOf(tx, workspaceId, kind))
  const jobs = await jobsBetween(tx, workspaceId, start, before, JOBS_PER_STEP)
  const files: string[] = []
  let blocked = from?.blocked ?? false
  let mark = start
  for (const job of jobs) {
    if (await mustWait(tx, job, kind)) blocked = true
    else files.push(...(await deleters[kind](tx, job)))
    if (!blocked) mark = job.id
  }
  if (mark > start) await setMark(tx, workspaceId, kind, mark)
  const isMore = jobs.length === JOBS_PER_STEP
  return { files, ...(isMore && { next: { after: jobs.at(-1)!.id, blocked } }) }
}

async function mustWait(tx: Tx, job: Job, kind: RetentionKind): Promise<boolean> {
  if (!isFinal(job.status)) return true
  if (kind === 'log') return false
  return job.deliveriesPending > 0 || isInUse(tx, job.callId)
}

const deleters: Record<RetentionKind, (tx: Tx, job: Job) => Promise<string[]>> = {
  async audio(tx, job) {
    const kept = await keptFiles(tx, job.recordingId === null ? [] : [job.recordingId])
    for (const { id } of kept) await forgetRecordingFile(tx, id)
    return kept.map(({ file }) => file)
  },
  async transcript(tx, job) {
    await deletePayloads(tx, job.id)
    if (job.transcriptId !== null) await deleteTranscript(tx, job.transcriptId)
    return []
  },
  async result(tx, job) {
    await deletePayloads(tx, job.id)
    await deleteResults(tx, job.id)
    return []
  },
  async log(tx, job) {
    await deleteLogs(tx, job.id)
    return []
  },
}
