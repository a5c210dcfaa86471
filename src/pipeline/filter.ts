import type { App } from '../app.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import { finish } from '../core/jobs/transitions.ts'
import type { Tx } from '../db/db.ts'

/** Skips the job when today's configuration refuses it; resolves to whether it did. An unknown duration passes. */
export async function filter(tx: Tx, app: App, job: Job): Promise<boolean> {
  const { processing } = await resolveConfig(app.db, job.workspaceId)
  const reason = tooShort(job.durationMs, processing.filters.min_duration_seconds)
  if (!reason) return false
  await finish(tx, job, { status: 'skipped', skipReason: reason }, [
    { level: 'info', stage: 'skipped', message: reason },
  ])
  return true
}

function tooShort(durationMs: number | null, minSeconds: number): string | undefined {
  if (durationMs === null || durationMs >= minSeconds * 1000) return undefined
  return `The call lasted ${durationMs / 1000} seconds, less than the minimum of ${minSeconds} seconds`
}
