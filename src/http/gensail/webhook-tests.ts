import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { ownEntity } from '../../core/tenancy/tenants.ts'
import { findCredential } from '../../core/webhooks/credentials.ts'
import type { Endpoint } from '../../core/webhooks/endpoints.sql.ts'
import { requireEndpoint } from '../../core/webhooks/endpoints.ts'
import { headersFor, secretsSent } from '../../core/webhooks/signing.ts'
import { SECOND } from '../../lib/clock.ts'
import { newUuid } from '../../lib/ids.ts'
import { iso } from './present.ts'

const ONE = 'Give either endpoint_id or url'

export const TestBody = z
  .object({
    endpoint_id: z.string().min(1).max(100).optional(),
    url: z
      .string()
      .max(2000)
      .refine(
        (value) => /^https?:\/\/[^\s/]/i.test(value) && URL.canParse(value),
        'Expected an http(s) address',
      )
      .optional(),
  })
  .refine(({ endpoint_id, url }) => (endpoint_id === undefined) !== (url === undefined), {
    path: ['endpoint_id'],
    message: ONE,
  })
  .meta({ id: 'WebhookTest', example: { url: 'https://hooks.example.com/calls' } })

export const TestShape = z
  .object({
    delivered: z.boolean().meta({ description: 'The receiver answered with 2xx' }),
    status_code: z.int().nullable(),
    duration_ms: z.int(),
    error_kind: z.string().nullable(),
  })
  .meta({ id: 'WebhookTestResult', description: 'What became of it' })

/** One attempt, recorded nowhere: neither the endpoint's failures nor any job know of it. */
export async function sendTest(
  app: App,
  actor: Actor,
  { endpoint_id, url }: z.output<typeof TestBody>,
): Promise<z.input<typeof TestShape>> {
  const endpoint = endpoint_id === undefined ? undefined : await requireEndpoint(app.db, actor, endpoint_id)
  const credential = await credentialOf(app, actor, endpoint)
  const now = app.clock()
  const body = JSON.stringify(sample(now))
  const headers = headersFor(app.sealer, endpoint, credential, {
    messageId: `msg_test${newUuid().replaceAll('-', '')}`,
    body,
    nowSeconds: Math.floor(now / SECOND),
  })
  const answer = await app.outbound.post(endpoint?.url ?? url!, {
    headers,
    body,
    timeoutMs: app.settings.webhook_timeout * SECOND,
    conceal: secretsSent(app.sealer, credential),
  })
  if ('errorKind' in answer)
    return {
      delivered: false,
      status_code: null,
      duration_ms: answer.durationMs,
      error_kind: answer.errorKind,
    }
  const delivered = answer.status >= 200 && answer.status < 300
  return {
    delivered,
    status_code: answer.status,
    duration_ms: answer.durationMs,
    error_kind: delivered ? null : `http_${Math.floor(answer.status / 100)}xx`,
  }
}

/** The one that would count for a delivery there: of the endpoint's level, or of the token's. */
function credentialOf({ db }: App, actor: Actor, endpoint: Endpoint | undefined) {
  const entity = endpoint ? { type: endpoint.entityType, id: endpoint.entityId } : ownEntity(actor)
  return entity ? findCredential(db, entity) : undefined
}

/** Has the form of a real payload, so that a receiver can be tried with it, and nothing in it. */
const sample = (now: number) => ({
  status: 'completed',
  test: true,
  timestamp: iso(now).replace('Z', '000Z'),
  call: { algorithm_run_id: 0, algorithm_id: 'test', job_id: 0 },
  data: [],
})
