import { z } from 'zod'
import type { App } from '../../app.ts'
import { replayEndpoint } from '../../core/jobs/redelivery.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { audit } from '../../core/tenancy/audit.ts'
import { entityUuid } from '../../core/tenancy/tenants.ts'
import {
  type Endpoint,
  enableEndpoint,
  endpointsSeenBy,
  getEndpoint,
} from '../../core/webhooks/endpoints.sql.ts'
import { requireEndpoint } from '../../core/webhooks/endpoints.ts'
import { routes } from '../routes.ts'
import { cursor, cursors, limit } from './pages.ts'
import { isoOrNull, NextCursor, Time, Uuid } from './present.ts'
import { sendTest, TestBody, TestShape } from './webhook-tests.ts'

const LIST_LIMIT = 50
/** Beyond the receiver's own time, before the one who asked for the test is hung up on. */
const SPARE_SECONDS = 5

const EndpointShape = z
  .object({
    endpoint_id: Uuid,
    level: z.enum(['partner', 'organization', 'workspace']),
    entity_id: Uuid,
    url: z.string(),
    algorithm_ids: z.array(z.string()).nullable().meta({ description: 'null stands for all' }),
    enabled: z.boolean().meta({ description: 'As the configuration has it' }),
    state: z.enum(['active', 'failing', 'disabled', 'off']).meta({
      description: '`disabled` after failures, `off` by the configuration',
    }),
    consecutive_failures: z.int(),
    failing_since: Time.nullable(),
    last_success_at: Time.nullable(),
    last_failure_at: Time.nullable(),
    last_error: z.string().nullable(),
    disabled_at: Time.nullable(),
    disabled_reason: z.string().nullable(),
  })
  .meta({ id: 'WebhookEndpoint', description: 'Where results are sent, and how it has been going' })

const EndpointsShape = z
  .object({ endpoints: z.array(EndpointShape), next_cursor: NextCursor })
  .meta({ id: 'WebhookEndpoints', description: 'The endpoints at, below and above the level of the token' })

const EnabledShape = EndpointShape.extend({
  redelivered: z.int().meta({ description: 'How many deliveries that it missed are under way again' }),
}).meta({ id: 'EnabledWebhookEndpoint', description: 'The endpoint is tried again' })

const EnableBody = z
  .object({ redeliver: z.boolean().default(false) })
  .optional()
  .meta({ example: { redeliver: true } })

export const webhookRoutes = (app: App) =>
  routes<Actor>('Webhooks', '/webhooks')
    .get(
      '/endpoints',
      {
        summary: 'List webhook endpoints',
        query: z.object({ limit: limit(LIST_LIMIT), cursor }),
        answers: { 200: EndpointsShape },
      },
      async ({ actor, query }) => {
        const { limit, cursor } = query()
        const position = cursors(app, 'endpoints', actor)
        const rows = await endpointsSeenBy(app.db, actor, position.read(cursor) ?? 0, limit + 1)
        const shown = rows.slice(0, limit)
        return {
          endpoints: await Promise.all(shown.map((endpoint) => presentEndpoint(app, endpoint))),
          next_cursor: position.write(rows.length > limit ? shown.at(-1)!.id : null),
        }
      },
    )
    .post(
      '/endpoints/:endpoint_id/enable',
      {
        summary: 'Enable an endpoint that failures disabled',
        description: 'With `redeliver` it gets what it missed meanwhile.',
        params: { endpoint_id: 'The UUID of an endpoint' },
        body: EnableBody,
        answers: { 200: EnabledShape },
      },
      async ({ actor, params, body }) => {
        const { id, uuid } = await requireEndpoint(app.db, actor, params.endpoint_id)
        const redeliver = (await body())?.redeliver ?? false
        const { endpoint, redelivered } = await app.db.tx(async (tx) => {
          await enableEndpoint(tx, id)
          await audit(tx, actor, 'endpoint.enabled', { type: 'endpoint', id: uuid }, { redeliver })
          const redelivered = redeliver ? await replayEndpoint(tx, id) : 0
          return { endpoint: (await getEndpoint(tx, id))!, redelivered }
        })
        return { ...(await presentEndpoint(app, endpoint)), redelivered }
      },
    )
    .post(
      '/test',
      {
        summary: 'Send a test to an endpoint or address',
        description: 'Signed like a real delivery; its payload says `"test": true`.',
        body: TestBody,
        answers: { 200: TestShape },
        refusals: [404],
      },
      async ({ actor, body, arrival }) => {
        const target = await body()
        arrival.allowSilence(Math.ceil(app.settings.webhook_timeout) + SPARE_SECONDS)
        return sendTest(app, actor, target)
      },
    )

async function presentEndpoint({ db }: App, endpoint: Endpoint): Promise<z.input<typeof EndpointShape>> {
  return {
    endpoint_id: endpoint.uuid,
    level: endpoint.entityType,
    entity_id: await entityUuid(db, { type: endpoint.entityType, id: endpoint.entityId }),
    url: endpoint.url,
    algorithm_ids: endpoint.algorithmIds === null ? null : (JSON.parse(endpoint.algorithmIds) as string[]),
    enabled: endpoint.enabled === 1,
    state: stateOf(endpoint),
    consecutive_failures: endpoint.consecutiveFailures,
    failing_since: isoOrNull(endpoint.failingSince),
    last_success_at: isoOrNull(endpoint.lastSuccessAt),
    last_failure_at: isoOrNull(endpoint.lastFailureAt),
    last_error: endpoint.lastError,
    disabled_at: isoOrNull(endpoint.disabledAt),
    disabled_reason: endpoint.disabledReason,
  }
}

function stateOf({ enabled, disabledAt, consecutiveFailures }: Endpoint) {
  if (enabled === 0) return 'off'
  if (disabledAt !== null) return 'disabled'
  return consecutiveFailures > 0 ? 'failing' : 'active'
}
