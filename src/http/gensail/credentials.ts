import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor, Entity } from '../../core/tenancy/actors.ts'
import type { Credential } from '../../core/webhooks/credentials.sql.ts'
import {
  dropCredential,
  findCredential,
  putCredential,
  type Secret,
} from '../../core/webhooks/credentials.ts'
import { routes } from '../routes.ts'
import { entityOf, entityParams } from './entities.ts'
import { iso, Time, Uuid } from './present.ts'

/** What belongs to the request itself, or to the signature of every delivery. */
const TAKEN = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
])

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'Expected the name of a header')
  .refine((name) => !TAKEN.has(name.toLowerCase()), 'This header has another meaning')
  .nullish()
const noHeaderName = z.null().optional()

/** These go into headers: visible ASCII without spaces. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,2000}$/, 'Expected 1 to 2000 visible characters without spaces')
const keyId = z.string().regex(/^[A-Za-z0-9._:@/-]{1,100}$/, 'Expected letters, digits and . _ : @ / -')
const printable = (max: number) =>
  z
    .string()
    .min(1, 'Must not be empty')
    .max(max)
    .regex(/^\P{Cc}*$/u, 'Must not have control characters')

const CredentialBody = z
  .discriminatedUnion('auth_type', [
    z.strictObject({ auth_type: z.literal('none'), header_name: noHeaderName }),
    z.strictObject({ auth_type: z.literal('bearer'), token, header_name: headerName }),
    z.strictObject({
      auth_type: z.literal('basic'),
      username: printable(200).refine((name) => !name.includes(':'), 'Must not have a colon'),
      password: printable(500),
      header_name: noHeaderName,
    }),
    z.strictObject({
      auth_type: z.literal('hmac'),
      key_id: keyId,
      secret: printable(500),
      header_name: headerName,
    }),
  ])
  .meta({
    id: 'CredentialChange',
    example: { auth_type: 'hmac', key_id: 'key-1', secret: 'whsec_MDEyMzQ1Njc4OQ==' },
  })

const CredentialShape = z
  .object({
    credential_id: Uuid.optional(),
    credential_hint: z
      .string()
      .nullable()
      .optional()
      .meta({ description: '`...` and the last four characters' }),
    auth_type: z.enum(['none', 'bearer', 'basic', 'hmac']),
    header_name: z.string().nullable().optional(),
    inherited_from: z.enum(['partner', 'organization']).nullable().optional(),
    created_at: Time.optional(),
    updated_at: Time.optional(),
  })
  .meta({
    id: 'WebhookCredential',
    description: 'How deliveries prove who sends them; the secret is never shown again',
    example: { auth_type: 'none' },
  })

const USUAL_HEADERS = { none: null, bearer: 'Authorization', basic: 'Authorization', hmac: 'X-Signature' }

const path = '/config/:entity_type/:entity_id/webhook-credential'

export const credentialRoutes = (app: App) =>
  routes<Actor>('Webhooks')
    .get(
      path,
      {
        summary: 'Read the webhook credential that counts at a level',
        params: entityParams,
        answers: { 200: CredentialShape },
      },
      async ({ actor, params }) => {
        const entity = await entityOf(app, actor, params)
        const credential = await findCredential(app.db, entity)
        return credential ? presentCredential(credential, entity) : { auth_type: 'none' }
      },
    )
    .put(
      path,
      {
        summary: 'Set the webhook credential of a level',
        params: entityParams,
        body: CredentialBody,
        answers: { 200: CredentialShape },
      },
      async ({ actor, params, body }) => {
        const entity = await entityOf(app, actor, params)
        const { header_name, ...secret } = await body()
        const credential = await app.db.tx((tx) =>
          putCredential(tx, app.sealer, actor, entity, secret satisfies Secret, header_name ?? null),
        )
        return presentCredential(credential, entity)
      },
    )
    .delete(
      path,
      {
        summary: 'Remove the webhook credential of a level',
        description: 'What the levels above set counts again. Removing what is not there is fine.',
        params: entityParams,
        answers: { 204: { description: 'There is none at this level now' } },
      },
      async ({ actor, params }) => {
        const entity = await entityOf(app, actor, params)
        await app.db.tx((tx) => dropCredential(tx, actor, entity))
      },
    )

const presentCredential = (credential: Credential, { type }: Entity) => ({
  credential_id: credential.uuid,
  credential_hint: credential.hint,
  auth_type: credential.authType,
  header_name: credential.headerName ?? USUAL_HEADERS[credential.authType],
  inherited_from: credential.entityType === type ? null : credential.entityType,
  created_at: iso(credential.createdAt),
  updated_at: iso(credential.updatedAt),
})
