import type { App } from '../app.ts'
import { requireActor } from '../core/tenancy/tokens.ts'
import { Refusal } from '../lib/refusal.ts'
import { readToken } from './credentials.ts'
import { routes } from './routes.ts'

/** For Prometheus. What writes the text is loaded with the first question: nobody else should wait for it. */
export const metricsRoutes = (app: App) =>
  routes<undefined>('Probes').get(
    '/metrics',
    {
      summary: 'Figures for Prometheus',
      description:
        'Needs a platform token, as in `Authorization: Bearer …`, unless the setting `metrics` is `open`.',
      answers: { 200: { description: 'Prometheus text', type: 'text/plain' } },
      refusals: [401, 403],
    },
    async ({ request }) => {
      await requireReader(app, request)
      const { writeMetrics } = await import('./metrics-text.ts')
      const { text, type } = await writeMetrics(app)
      return new Response(text, { headers: { 'content-type': type } })
    },
  )

async function requireReader(app: App, request: Request): Promise<void> {
  if (app.settings.metrics === 'open') return
  const actor = await requireActor(app.db, readToken(request), app.clock(), app.operatorTokenHash)
  if (actor.scope !== 'platform') throw new Refusal('forbidden', 'Only platform tokens may read the metrics')
}
