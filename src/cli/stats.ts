import { type Checked, checkStep } from '../core/stats/checks.ts'
import { changedWorkspaces, fold } from '../core/stats/folding.ts'
import type { Db } from '../db/db.ts'
import { type Command, printJson, WrongUse } from './command.ts'
import { withDb } from './open.ts'

interface Rebuilt {
  quarters: number
  repaired: number
}

export const stats: Command = {
  name: 'stats',
  summary: 'rebuild the statistics from the jobs, also while the appliance runs',
  positionals: ['rebuild'],
  async run({ positionals: [verb], json, settings }) {
    if (verb !== 'rebuild') throw new WrongUse('earshot stats rebuild')
    const rebuilt = await withDb(settings(), (db) => rebuild(db, json ? () => undefined : showProgress))
    if (json) printJson(rebuilt)
    else console.log(summaryOf(rebuilt))
    return 0
  },
}

/** Answers stay right all along: each step puts right what it finds wrong, and takes nothing away before. */
export async function rebuild(db: Db, onProgress: (done: number, total: number) => void): Promise<Rebuilt> {
  let from: number | undefined = 0
  let [quarters, repaired] = [0, 0]
  while (from !== undefined) {
    const at: number = from
    const checked: Checked = await db.tx((tx) => checkStep(tx, at))
    quarters = checked.last - checked.first
    repaired += checked.repaired.length
    from = checked.next
    onProgress((from ?? checked.last) - checked.first, quarters)
  }
  for (const { workspaceId } of await changedWorkspaces(db))
    while (await db.tx((tx) => fold(tx, workspaceId)));
  return { quarters, repaired }
}

let shown = -1

function showProgress(done: number, total: number) {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
  if (percent === shown) return
  shown = percent
  const line = `statistics ${percent} %`
  if (process.stderr.isTTY) process.stderr.write(`\r${line.padEnd(24)}${percent === 100 ? '\n' : ''}`)
  else if (percent % 25 === 0) process.stderr.write(`${line}\n`)
}

const summaryOf = ({ quarters, repaired }: Rebuilt) =>
  `Checked ${quarters} quarters of an hour, ${repaired === 0 ? 'all of them right' : `put ${repaired} sums right`}`
