import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import { allWorkspaceIds, type RetentionKind, retentionKinds } from '../core/jobs/retention.sql.ts'
import { dueBefore, retainStep, type Step } from '../core/jobs/retention.ts'

type Retaining = Pick<App, 'db' | 'folders' | 'clock' | 'stopping'>

/** Deletes what the workspaces' retention says is due, in small steps between which others write. */
export async function retain(app: Retaining): Promise<void> {
  let deleted = false
  for (const workspaceId of await allWorkspaceIds(app.db)) {
    const config = await resolveConfig(app.db, workspaceId)
    for (const kind of retentionKinds) {
      const before = await dueBefore(app.db, config, kind, app.clock())
      if (before === undefined || app.stopping()) continue
      await retainKind(app, workspaceId, kind, before)
      deleted = true
    }
  }
  if (deleted) app.db.emptyLogSoon()
}

async function retainKind(app: Retaining, workspaceId: number, kind: RetentionKind, before: number) {
  let next: Step['next']
  do {
    const step: Step = await app.db.tx((tx) => retainStep(tx, workspaceId, kind, before, next))
    await Promise.all(step.files.map((file) => rm(join(app.folders.recordings, file), { force: true })))
    next = step.next
    await Bun.sleep(0)
  } while (next && !app.stopping())
}
