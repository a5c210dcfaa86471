import type { App } from '../app.ts'
import { algorithmsFor, type KnownAlgorithm } from '../core/algorithms/availability.ts'
import { defaultAlgorithmIds } from '../core/algorithms/catalogue.ts'
import { resultSchemaFrom } from '../core/algorithms/result-schemas.ts'
import { resolveVariables } from '../core/algorithms/variables.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { SECOND } from '../lib/clock.ts'
import type { Order as PluginOrder } from '../plugin-host/pool.ts'

/** What a task of a job carries: in a later round of the job it does not count any more. */
export interface JobPayload {
  jobId: number
  round: number
}

export const roundOf = ({ id, round }: Job): JobPayload => ({ jobId: id, round })

/** What has to be asked of a plugin. */
interface Work {
  algorithmId: string
  revision: number
  asked: PluginOrder
}

/** One run to be made. */
export interface Order extends Work {
  /** The plugin whose results its own are like. */
  baseId: string
  version: string | null
  /** A prompt algorithm that is tried first; the algorithm itself is its fall-back. */
  preferred?: Work
}

export interface Plan {
  orders: Order[]
  /** Named, but deprecated: they do not run any more. */
  left: KnownAlgorithm[]
}

/** What the job's algorithms come to, with copies, variables and preferences as they are now. */
export async function planFor(app: App, job: Job): Promise<Plan> {
  const { processing } = await resolveConfig(app.db, job.workspaceId)
  const named = job.algorithmIds === null ? processing.algorithms : (JSON.parse(job.algorithmIds) as string[])
  const ids = [...new Set(named ?? defaultAlgorithmIds(app.catalogue()))]
  const known = await knownTo(app, job, [...ids, ...ids.map((id) => processing.prefer[id]).filter(isText)])
  const running = ids.filter((id) => known.get(id)?.status !== 'deprecated')
  const orders = running.map((id) => orderFor(app, job, id, known, processing.prefer[id]))
  const left = named === null ? [] : ids.filter((id) => !running.includes(id)).map((id) => known.get(id)!)
  return { orders: await Promise.all(orders), left }
}

const isText = (id: string | undefined): id is string => id !== undefined

const knownTo = (app: App, job: Job, ids: string[]) =>
  algorithmsFor(app.db, app.catalogue(), { type: 'workspace', id: job.workspaceId }, [...new Set(ids)])

/** One that is gone is ordered all the same, so that its run says so. */
async function orderFor(
  app: App,
  job: Job,
  id: string,
  known: Map<string, KnownAlgorithm>,
  preferredId: string | undefined,
): Promise<Order> {
  const algorithm = known.get(id)
  const { work, variables } = await workFor(app, job, id, algorithm)
  const order = { ...work, baseId: algorithm?.baseId ?? id, version: algorithm?.version ?? null }
  const preferred = preferredId === undefined || preferredId === id ? undefined : known.get(preferredId)
  if (!algorithm || !preferred || preferred.status === 'deprecated' || preferred.resultFrom === null)
    return order
  const first = await workFor(app, job, preferred.id, preferred)
  first.work.asked.variables = {
    ...first.variables,
    [preferred.resultFrom]: resultSchemaFrom(algorithm, variables),
  }
  return { ...order, preferred: first.work }
}

async function workFor(app: App, job: Job, id: string, algorithm: KnownAlgorithm | undefined) {
  const { variables, revision } = await resolveVariables(app.db, app.sealer, job.workspaceId, id)
  const limit = algorithm?.kind === 'prompt' ? app.settings.model_timeout : app.settings.algorithm_timeout
  const asked: PluginOrder = {
    algorithmId: algorithm?.baseId ?? id,
    variables,
    timeLimitMs: limit * SECOND,
  }
  return { work: { algorithmId: id, revision, asked }, variables }
}
