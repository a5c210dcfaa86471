import type { App } from '../app.ts'
import type { CallInput, LogLine, RunUsage } from '../plugin-host/messages.ts'
import type { RunOutcome } from '../plugin-host/pool.ts'
import { observeModel, observeRuns } from './observations.ts'
import type { Order } from './orders.ts'

/** What a run came to, under the id that it was ordered by. */
export interface RunFacts {
  baseId: string
  revision: number
  /** The preferred algorithm failed, and this one stood in for it. */
  degraded: boolean
  usage: (RunUsage & { algorithm_id?: string }) | null
}

export type FinishedOutcome = RunOutcome & RunFacts

/** Runs the orders on a call, the preferred algorithms first; those that fail have their own run instead. */
export async function runOrders(app: App, call: CallInput, orders: Order[]): Promise<FinishedOutcome[]> {
  const first = await ask(
    app,
    call,
    orders.map(({ preferred, asked }) => preferred?.asked ?? asked),
  )
  const fallen = orders.filter(({ preferred }, at) => preferred && first[at]!.status === 'failed')
  const second =
    fallen.length === 0
      ? []
      : await ask(
          app,
          call,
          fallen.map(({ asked }) => asked),
        )
  const outcomes = orders.map((order, at) => {
    const again = fallen.indexOf(order)
    return again === -1 ? finished(order, first[at]!) : fallenBack(order, first[at]!, second[again]!)
  })
  observeRuns(app, outcomes)
  return outcomes
}

async function ask(app: App, call: CallInput, runs: Order['asked'][]): Promise<RunOutcome[]> {
  const outcomes = await app.plugins.analyze({ call, runs })
  observeModel(app, outcomes)
  return outcomes
}

function finished(order: Order, outcome: RunOutcome): FinishedOutcome {
  const { revision, algorithmId } = order.preferred ?? order
  const usage =
    outcome.usage && order.preferred ? { ...outcome.usage, algorithm_id: algorithmId } : outcome.usage
  return { ...outcome, ...identity(order), revision, degraded: false, usage }
}

const identity = ({ algorithmId, baseId }: Order) => ({ algorithmId, baseId })

function fallenBack(order: Order, failed: RunOutcome, outcome: RunOutcome): FinishedOutcome {
  const preferredId = order.preferred!.algorithmId
  return {
    ...outcome,
    ...identity(order),
    startedAt: failed.startedAt,
    durationMs: failed.durationMs + outcome.durationMs,
    revision: order.revision,
    degraded: true,
    usage: failed.usage && { ...failed.usage, algorithm_id: preferredId },
    logs: [...failed.logs, whyDegraded(preferredId, failed), ...outcome.logs],
  }
}

const whyDegraded = (preferredId: string, failed: RunOutcome): LogLine => ({
  time: Math.round(failed.startedAt + failed.durationMs),
  level: 'warn',
  message: `${preferredId} was tried first and failed: ${failed.status === 'failed' ? failed.error.message : ''}`,
  data: { preferred: preferredId },
})
