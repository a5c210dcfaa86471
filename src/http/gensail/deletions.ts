import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../../app.ts'
import { deleteCall } from '../../core/jobs/deletion.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { jobParams } from './jobs.ts'

export const deletionRoutes = (app: App) =>
  routes<Actor>('Jobs').delete(
    '/jobs/:job_id',
    {
      summary: 'Delete a call for good',
      description:
        'The call of the job with all its jobs: recording, transcript, results, deliveries and their bodies, feedback ' +
        'and logs. Only an entry of the audit log is left. 409 while one of its jobs is under way.',
      params: jobParams,
      answers: { 204: { description: 'It is gone' } },
      refusals: [409],
    },
    async ({ actor, params }) => {
      const { id } = await requireJob(app.db, actor, params.job_id)
      const files = await app.db.tx((tx) => deleteCall(tx, actor, id))
      await Promise.all(files.map((file) => rm(join(app.folders.recordings, file), { force: true })))
      app.db.emptyLogSoon()
    },
  )
