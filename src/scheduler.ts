import { Cron } from 'croner'
import type { App } from './app.ts'
import { forgetIdempotent } from './core/jobs/jobs.sql.ts'
import { IDEMPOTENCY_KEPT_MS } from './core/jobs/submissions.ts'
import { checkedUpTo } from './core/stats/checks.sql.ts'
import { type Checked, checkStep } from './core/stats/checks.ts'
import { changedWorkspaces, fold } from './core/stats/folding.ts'
import { within } from './lib/patience.ts'
import { removeLeftovers } from './ops/leftovers.ts'
import { retain } from './pipeline/retain.ts'

export interface Recurring {
  name: string
  /** Minute, hour, day, month, weekday; with a sixth field in front for seconds. In the time of the machine. */
  cron: string
  run(app: App): Promise<unknown>
}

/** The work that comes back. Each is short, or made of short steps, and the same one never runs twice at a time. */
export const recurring: Recurring[] = [
  { name: 'bring statistics up to date', cron: '*/20 * * * * *', run: foldTallies },
  { name: 'check statistics', cron: '*/10 * * * *', run: checkTallies },
  {
    name: 'forget old idempotency keys',
    cron: '17 * * * *',
    run: ({ db }) => db.tx((tx) => forgetIdempotent(tx, tx.now - IDEMPOTENCY_KEPT_MS)),
  },
  { name: 'delete what is due', cron: '23 2 * * *', run: retain },
  {
    name: 'remove left-over files',
    cron: '47 3 * * *',
    run: ({ db, folders, clock }) => removeLeftovers(db, folders, clock),
  },
]

const CHECK_STEPS = 20
const BETWEEN_CHECKS_MS = 250

export interface Scheduler {
  /** Nothing begins any more; resolves when what is running has ended, at the latest after `graceMs`. */
  stop(graceMs: number): Promise<void>
}

export function startScheduler(app: App, table: Recurring[] = recurring): Scheduler {
  const running = new Set<Promise<void>>()

  async function perform({ name, run }: Recurring) {
    const done = run(app).then(
      () => undefined,
      (error: unknown) => app.log.error({ err: error, part: 'scheduler', name }, 'recurring work failed'),
    )
    running.add(done)
    await done
    running.delete(done)
  }

  const crons = table.map((one) => new Cron(one.cron, { protect: true, unref: true }, () => perform(one)))
  return {
    async stop(graceMs) {
      for (const cron of crons) cron.stop()
      await within(graceMs, Promise.all(running))
    },
  }
}

export async function foldTallies({ db, stopping }: Pick<App, 'db' | 'stopping'>): Promise<void> {
  for (const { workspaceId } of await changedWorkspaces(db))
    while (!stopping() && (await db.tx((tx) => fold(tx, workspaceId))));
}

/** Some steps at a time, and from the beginning again after the last. */
export async function checkTallies({
  db,
  log,
  stopping,
}: Pick<App, 'db' | 'log' | 'stopping'>): Promise<void> {
  let from: number | undefined = await checkedUpTo(db)
  for (let step = 0; step < CHECK_STEPS && from !== undefined && !stopping(); step++) {
    const at: number = from
    const checked: Checked = await db.tx((tx) => checkStep(tx, at))
    const { length } = checked.repaired
    if (length > 0)
      log.warn(
        { part: 'statistics', sums: length, first: checked.repaired[0] },
        'statistics differed from the jobs and were put right',
      )
    from = checked.next
    await Bun.sleep(BETWEEN_CHECKS_MS)
  }
}
