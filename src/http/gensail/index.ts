import type { App } from '../../app.ts'
import { type Dialect, dialect } from '../dialect.ts'
import { algorithmCopyRoutes } from './algorithm-copies.ts'
import { algorithmRoutes } from './algorithms.ts'
import { auditRoutes } from './audits.ts'
import { authenticator } from './auth.ts'
import { callRoutes } from './calls.ts'
import { configHistoryRoutes } from './config-history.ts'
import { configRoutes } from './configs.ts'
import { credentialRoutes } from './credentials.ts'
import { deletionRoutes } from './deletions.ts'
import { deliveryRoutes } from './deliveries.ts'
import { eventRoutes } from './events.ts'
import { envelope, FailureShape, InvalidShape, statuses } from './failures.ts'
import { feedbackRoutes } from './feedback.ts'
import { healthRoutes } from './health.ts'
import { jobRoutes } from './jobs.ts'
import { limiter } from './limits.ts'
import { onDemandRoutes } from './on-demand.ts'
import { recordingRoutes } from './recordings.ts'
import { retryRoutes } from './retries.ts'
import { runRoutes } from './runs.ts'
import { statsRoutes } from './stats.ts'
import { tenantRoutes } from './tenants.ts'
import { tokenRoutes } from './tokens.ts'
import { transcriptRoutes } from './transcripts.ts'
import { sayingWhenUnwritable } from './unwritable.ts'
import { variableRoutes } from './variables.ts'
import { webhookRoutes } from './webhooks.ts'

const resources = [
  callRoutes,
  jobRoutes,
  runRoutes,
  transcriptRoutes,
  recordingRoutes,
  deliveryRoutes,
  retryRoutes,
  onDemandRoutes,
  deletionRoutes,
  algorithmRoutes,
  variableRoutes,
  algorithmCopyRoutes,
  configRoutes,
  configHistoryRoutes,
  credentialRoutes,
  webhookRoutes,
  eventRoutes,
  feedbackRoutes,
  statsRoutes,
  tenantRoutes,
  tokenRoutes,
  auditRoutes,
  healthRoutes,
]

/** The Gensail Analytics API; what its document leaves open is settled in the README beside this file. */
export function gensail(app: App): Dialect {
  return dialect({
    prefix: '/api/v1',
    document: {
      name: 'Gensail',
      title: 'Gensail',
      description: 'Submit calls, follow their jobs, read and deliver what the algorithms found.',
      failure: FailureShape,
      invalid: InvalidShape,
    },
    authenticate: authenticator(app),
    limit: limiter(app),
    envelope,
    statuses,
    routes: resources.map((resource) => sayingWhenUnwritable(app, resource(app))),
    maxBody: app.settings.max_body,
    log: app.log,
  })
}
