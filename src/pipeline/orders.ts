import type { App } from '../app.ts'
import { defaultAlgorithmIds } from '../core/algorithms/catalogue.ts'
import { resolveVariables } from '../core/algorithms/variables.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'

/** What a task of a job carries: in a later round of the job it does not count any more. */
export interface JobPayload {
  jobId: number
  round: number
}

/** Algorithm, variables and their revision, as the configuration has them now. */
export async function ordersFor(app: App, job: Job) {
  const ids = await algorithmIdsFor(app, job)
  return Promise.all(
    ids.map(async (algorithmId) => ({
      algorithmId,
      ...(await resolveVariables(app.db, job.workspaceId, algorithmId)),
    })),
  )
}

export async function algorithmIdsFor(app: App, job: Job): Promise<string[]> {
  if (job.algorithmIds !== null) return JSON.parse(job.algorithmIds) as string[]
  const { processing } = await resolveConfig(app.db, job.workspaceId)
  return processing.algorithms ?? defaultAlgorithmIds(app.catalogue())
}
