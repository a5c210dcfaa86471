import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { entityUuid } from '../../core/tenancy/tenants.ts'
import { type Endpoint, endpointsSeenBy } from '../../core/webhooks/endpoints.sql.ts'
import { circuitIsOpen } from '../../core/webhooks/endpoints.ts'
import type { Standing, Trouble } from '../../lib/gauges.ts'
import { isoOrNull, Time, Uuid } from './present.ts'

/** Endpoints beyond this many are left to their own list, which has pages. */
const MOST_ENDPOINTS = 1000
/** Above this share of failures something is wrong, though some get through. */
const MANY_FAILURES = 0.1

const IntegrationShape = z.object({
  kind: z.enum(['transcriber', 'model', 'webhook']),
  name: z.string().meta({ description: "A plugin's id, the model's name, or the address" }),
  endpoint_id: Uuid.optional(),
  entity_id: Uuid.optional().meta({ description: 'The tenant whose webhook endpoint it is' }),
  status: z
    .enum(['healthy', 'degraded', 'unhealthy', 'unused', 'off'])
    .meta({ description: '`unused`: not tried since the start; `off`: not configured or switched off' }),
  last_success_at: Time.nullable(),
  last_failure_at: Time.nullable(),
  failure_rate: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'Of the last 100 attempts since the start' }),
  latency_ms: z.number().nullable().meta({ description: 'Median of those of them that succeeded' }),
  circuit: z
    .enum(['closed', 'open'])
    .meta({ description: '`open`: one attempt at a time, or none where failures disabled it' }),
  last_error: z.string().nullable(),
})

export const IntegrationsShape = z
  .object({ integrations: z.array(IntegrationShape) })
  .meta({ id: 'Integrations', description: 'How the things outside are doing' })

type Integration = z.input<typeof IntegrationShape>

export async function integrationsOf(app: App, actor: Actor): Promise<Integration[]> {
  const endpoints = await endpointsSeenBy(app.db, actor, 0, MOST_ENDPOINTS)
  const webhooks = endpoints.map((endpoint) => webhook(app, endpoint))
  return [...transcribers(app, actor), ...models(app, actor), ...(await Promise.all(webhooks))]
}

const transcribers = (app: App, actor: Actor): Integration[] =>
  app
    .transcribers()
    .map((id) => shared('transcriber', id, app.gauges.standingOf('transcriber', id), isSetUp(app, id), actor))

/** Those that are shipped do nothing until the operator says where their recogniser is. */
function isSetUp({ settings, plugins }: App, id: string): boolean {
  const isShipped = plugins.catalogue().some((entry) => entry.id === id && entry.shipped)
  return !isShipped || Object.keys(settings.transcribers[id] ?? {}).length > 0
}

function models({ settings, gauges }: App, actor: Actor): Integration[] {
  const name = settings.model ?? 'model'
  return [shared('model', name, gauges.standingOf('model', 'model'), settings.model_url !== undefined, actor)]
}

/** What an adapter said when it failed may be about another tenant's call, so only the platform reads the words. */
function shared(
  kind: Integration['kind'],
  name: string,
  standing: Standing,
  isSetUp: boolean,
  actor: Actor,
): Integration {
  const { failureRate, lastError } = standing
  const wasTried = failureRate !== null
  return {
    kind,
    name,
    status: wasTried ? statusOf(standing) : isSetUp ? 'unused' : 'off',
    ...figures(standing),
    circuit: 'closed',
    last_error: actor.scope === 'platform' ? words(lastError) : (lastError?.code ?? null),
  }
}

/** The table knows how it ended last, also from before the start; the gauges know how it has been going since. */
async function webhook({ db, gauges }: App, endpoint: Endpoint): Promise<Integration> {
  const standing = gauges.standingOf('webhook', endpoint.uuid)
  const { entityType: type, entityId: id, lastSuccessAt, lastFailureAt, disabledAt } = endpoint
  const known = {
    ...standing,
    lastSuccessAt: latest(standing.lastSuccessAt, lastSuccessAt),
    lastFailureAt: latest(standing.lastFailureAt, lastFailureAt),
  }
  return {
    kind: 'webhook',
    name: endpoint.url,
    endpoint_id: endpoint.uuid,
    entity_id: await entityUuid(db, { type, id }),
    status: statusOfEndpoint(endpoint, known),
    ...figures(known),
    circuit: disabledAt !== null || circuitIsOpen(endpoint) ? 'open' : 'closed',
    last_error: words(standing.lastError) ?? endpoint.lastError,
  }
}

function statusOfEndpoint(endpoint: Endpoint, standing: Standing): Integration['status'] {
  if (endpoint.enabled === 0) return 'off'
  if (endpoint.disabledAt !== null || circuitIsOpen(endpoint)) return 'unhealthy'
  if (standing.failureRate !== null) return statusOf(standing)
  if (endpoint.consecutiveFailures > 0) return 'degraded'
  return endpoint.lastSuccessAt === null ? 'unused' : 'healthy'
}

function statusOf({ failureRate, lastSuccessAt, lastFailureAt }: Standing): Integration['status'] {
  if (failureRate === 1) return 'unhealthy'
  const failedLast = (lastFailureAt ?? 0) > (lastSuccessAt ?? 0)
  return failedLast || failureRate! > MANY_FAILURES ? 'degraded' : 'healthy'
}

const figures = ({ lastSuccessAt, lastFailureAt, failureRate, latencyMs }: Standing) => ({
  last_success_at: isoOrNull(lastSuccessAt),
  last_failure_at: isoOrNull(lastFailureAt),
  failure_rate: failureRate,
  latency_ms: latencyMs,
})

const latest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

const words = (trouble: Trouble | null) => trouble && `${trouble.code}: ${trouble.message}`
