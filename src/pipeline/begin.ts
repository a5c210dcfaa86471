import type { App } from '../app.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { jobInRound, start } from '../core/jobs/transitions.ts'
import type { Tx } from '../db/db.ts'
import { filter } from './filter.ts'
import type { JobPayload } from './orders.ts'

const messages = { transcribing: 'Transcription started', analyzing: 'Analysis started' }

/** The job, once it has been let into the stage; undefined when the filter refuses it or its round is over. */
export async function beginStage(
  tx: Tx,
  app: App,
  payload: JobPayload,
  status: keyof typeof messages,
): Promise<Job | undefined> {
  const job = await jobInRound(tx, payload, ['queued', status])
  if (!job) return undefined
  if (job.status === status) return job
  if (await filter(tx, app, job)) return undefined
  await start(tx, job, status, { level: 'info', stage: status, message: messages[status] })
  return { ...job, status }
}
