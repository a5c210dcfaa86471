import type { Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { type JobEnd, markFinished, markStarted, restart } from './changes.sql.ts'
import { getJob, type Job } from './jobs.sql.ts'
import { addLogs, type LogLine } from './logs.sql.ts'
import { moveMarksBefore } from './retention.sql.ts'
import { mayBecome, type Status } from './status.ts'

/** The job as it stands, if it is still in the round that a task was made for and waits for `from`. */
export async function jobInRound(
  tx: Tx,
  { jobId, round }: { jobId: number; round: number },
  from: Status[],
): Promise<Job | undefined> {
  const job = await getJob(tx, jobId)
  return job && job.round === round && from.includes(job.status) ? job : undefined
}

export async function start(
  tx: Tx,
  job: Job,
  status: 'transcribing' | 'analyzing',
  log: LogLine,
): Promise<void> {
  if (job.status !== status) requireMove(job, status)
  await markStarted(tx, job, status)
  await addLogs(tx, job.id, [{ ...log, status }])
}

export interface Ending extends JobEnd {
  status: 'completed' | 'partial' | 'failed' | 'skipped' | 'cancelled'
}

/** `job` is as it stands in this transaction; the last line of the log is the one that says how it ended. */
export async function finish(tx: Tx, job: Job, ending: Ending, logs: LogLine[]): Promise<void> {
  requireMove(job, ending.status)
  await markFinished(tx, job, ending)
  await addLogs(tx, job.id, [...logs.slice(0, -1), { ...logs.at(-1)!, status: ending.status }])
}

/** A new round from `queued` or, with the transcript there is, from `analyzing`. */
export async function startRound(
  tx: Tx,
  job: Job,
  status: 'queued' | 'analyzing',
  log: LogLine,
): Promise<Job> {
  requireMove(job, status)
  await moveMarksBefore(tx, job)
  await restart(tx, job, status)
  await addLogs(tx, job.id, [{ ...log, status }])
  return (await getJob(tx, job.id))!
}

function requireMove(job: Job, to: Status) {
  if (!mayBecome(job.status, to))
    throw new Refusal('conflict', `The job is ${job.status} and cannot become ${to}`)
}
