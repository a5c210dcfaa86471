import { query } from './executable.ts'
import type { Submitted } from './load.ts'
import { payloadOf, type Received } from './receiver.ts'

const OVER = ['completed', 'partial', 'failed', 'skipped', 'cancelled']

interface JobRow {
  id: number
  source: string
  status: string
}

interface RunRow {
  id: number
  jobId: number
  algorithmId: string
}

const delivered = 'analytics_only = 0'

/**
 * What must hold after any number of crashes; each line names something that does not. `paths` are those of the
 * endpoints, each of which must have got every run; jobs for analytics only do not count.
 */
export function findLosses(data: string, submitted: Submitted, hooks: Received[], paths: string[]): string[] {
  const jobs = query<JobRow>(data, `SELECT id, source_call_id AS source, status FROM jobs WHERE ${delivered}`)
  const runs = query<RunRow>(
    data,
    `SELECT r.id, r.job_id AS "jobId", r.algorithm_id AS "algorithmId" FROM runs r JOIN jobs j ON j.id = r.job_id WHERE ${delivered}`,
  )
  return [
    ...submitted.contradictions,
    ...lostJobs(jobs, submitted),
    ...jobs
      .filter(({ status }) => !OVER.includes(status))
      .map(({ id, status }) => `job ${id} is still ${status}`),
    ...jobs
      .filter(({ id }) => !runs.some(({ jobId }) => jobId === id))
      .map(({ id, status }) => `job ${id} is ${status} without runs`),
    ...wrongDeliveries(runs, hooks, paths),
  ]
}

function lostJobs(jobs: JobRow[], { acknowledged }: Submitted): string[] {
  const byId = new Map(jobs.map((job) => [job.id, job]))
  return [...acknowledged]
    .filter(([source, id]) => byId.get(id)?.source !== source)
    .map(([source, id]) => `job ${id} was acknowledged for ${source} and is gone`)
}

function wrongDeliveries(runs: RunRow[], hooks: Received[], paths: string[]): string[] {
  const losses: string[] = []
  const byRun = new Map(runs.map((run) => [run.id, run]))
  const ids = new Map<string, Set<string>>()
  const bodies = new Map<string, string>()
  for (const hook of hooks) {
    const { algorithm_run_id: runId, algorithm_id, job_id } = payloadOf(hook).call
    const run = byRun.get(runId)
    if (run?.jobId !== job_id || run.algorithmId !== algorithm_id)
      losses.push(`run ${runId} was delivered as ${algorithm_id} of job ${job_id}`)
    const id = hook.headers.get('webhook-id')!
    const key = `${runId} ${hook.path}`
    ids.set(key, (ids.get(key) ?? new Set()).add(id))
    const body = hook.bytes.toString()
    if ((bodies.get(id) ?? body) !== body) losses.push(`${id} came with two bodies`)
    bodies.set(id, body)
  }
  for (const { id } of runs)
    for (const path of paths) {
      const count = ids.get(`${id} ${path}`)?.size ?? 0
      if (count !== 1) losses.push(`run ${id} reached ${path} under ${count} ids`)
    }
  return losses
}
