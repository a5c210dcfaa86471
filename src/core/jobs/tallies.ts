import type { Collector, Tx } from '../../db/db.ts'
import { type Counted, figuresOf } from './figures.sql.ts'
import type { Status } from './status.ts'
import { addChange, slotOf } from './tallies.sql.ts'

interface Change {
  workspaceId: number
  slot: number
  status: Status
  amounts: number[]
}

/** A new job. */
export const countIn = (tx: Tx, job: Counted) => tx.collect(writeChanges, changeBy(job, 1))

/** A job whose row is deleted. */
export const countOut = (tx: Tx, job: Counted) => tx.collect(writeChanges, changeBy(job, -1))

/** A job whose row was changed: `before` must be as the row was in this very transaction. */
export function recount(tx: Tx, before: Counted, after: Counted): void {
  countOut(tx, before)
  countIn(tx, after)
}

function changeBy(job: Counted, by: 1 | -1): Change {
  const amounts = figuresOf(job)
  if (by === -1) for (let at = 0; at < amounts.length; at++) amounts[at] = -amounts[at]!
  return { workspaceId: job.workspaceId, slot: slotOf(job.createdAt), status: job.status, amounts }
}

/** Most jobs of a commit share workspace, quarter and status: one write serves them all. */
const writeChanges: Collector<Change> = async (tx, changes) => {
  for (const change of addedUp(changes))
    if (change.amounts.some((amount) => amount !== 0)) await addChange(tx, change)
}

function addedUp(changes: Change[]): Iterable<Change> {
  const byKey = new Map<string, Change>()
  for (const change of changes) {
    const key = `${change.workspaceId} ${change.slot} ${change.status}`
    const sum = byKey.get(key)
    if (sum) addTo(sum.amounts, change.amounts)
    else byKey.set(key, change)
  }
  return byKey.values()
}

function addTo(sums: number[], amounts: number[]) {
  for (let at = 0; at < sums.length; at++) sums[at]! += amounts[at]!
}
