import { z } from 'zod'
import type { App } from '../../app.ts'
import { type Actor, scopes } from '../../core/tenancy/actors.ts'
import {
  dropToken,
  issueToken,
  ownerOf,
  requireToken,
  rotateToken,
} from '../../core/tenancy/issued-tokens.ts'
import { entityUuid } from '../../core/tenancy/tenants.ts'
import { listTokensBelow, type Token } from '../../core/tenancy/tokens.sql.ts'
import { SECOND } from '../../lib/clock.ts'
import { routes } from '../routes.ts'
import { invalidFields } from '../validation.ts'
import { cursor, cursors, limit } from './pages.ts'
import { iso, isoOrNull, NextCursor, Time, Uuid } from './present.ts'
import { parseTime } from './times.ts'

const LIST_LIMIT = 50
const LONGEST_OVERLAP_SECONDS = 30 * 86_400

const TokenShape = z
  .object({
    token_id: Uuid,
    hint: z.string().meta({ description: 'The last four characters' }),
    name: z.string().nullable(),
    scope: z.enum(scopes),
    for: Uuid.nullable().meta({ description: 'The tenant it belongs to; null for the platform' }),
    rate_limit: z.int().nullable().meta({ description: "Requests per minute; null for the scope's own" }),
    may_read_originals: z.boolean(),
    created_at: Time,
    expires_at: Time.nullable(),
    revoked_at: Time.nullable(),
  })
  .meta({ id: 'Token', description: 'A token without its secret' })

const NewTokenShape = TokenShape.extend({
  token: z.string().meta({ description: 'Shown this once' }),
}).meta({ id: 'NewToken', description: 'The token itself is shown this once' })

const RotatedShape = NewTokenShape.extend({
  replaces: Uuid,
  replaced_until: Time.meta({ description: 'Until then the old one counts too' }),
}).meta({ id: 'RotatedToken', description: 'The new token is shown this once' })

const TokensShape = z
  .object({ tokens: z.array(TokenShape), next_cursor: NextCursor })
  .meta({ id: 'Tokens', description: "Of the token's own tenant and of those below it, newest first" })

const TokenBody = z
  .object({
    scope: z.enum(scopes),
    for: z.string().min(1).max(100).meta({ description: 'UUID or slug of the tenant it shall belong to' }),
    name: z.string().trim().min(1).max(200).nullish(),
    expires_at: z
      .string()
      .refine((text) => parseTime(text) !== undefined, 'Expected an ISO 8601 time')
      .nullish(),
    rate_limit: z.int().min(0).max(1_000_000).nullish().meta({ description: '0 is for any number' }),
    may_read_originals: z
      .boolean()
      .nullish()
      .meta({ description: 'Whether it may read transcripts as they were before redaction' }),
  })
  .meta({ id: 'TokenRequest', example: { scope: 'workspace', for: 'default', name: 'CRM' } })

const RotateBody = z
  .object({ overlap_seconds: z.int().min(0).max(LONGEST_OVERLAP_SECONDS).default(0) })
  .optional()
  .meta({ example: { overlap_seconds: 3600 } })

const params = { token_id: 'The UUID of a token' }

export const tokenRoutes = (app: App) =>
  routes<Actor>('Tokens', '/tokens')
    .get(
      '',
      {
        summary: 'List tokens',
        query: z.object({
          scope: z.enum(scopes).optional(),
          all: z.enum(['true', 'false']).optional().meta({ description: 'Also revoked ones' }),
          limit: limit(LIST_LIMIT),
          cursor,
        }),
        answers: { 200: TokensShape },
      },
      async ({ actor, query }) => {
        const { limit, cursor, scope, all = 'false' } = query()
        const position = cursors(app, 'tokens', actor, { scope, all })
        const filter = { scope, all: all === 'true' }
        const found = await listTokensBelow(app.db, actor, filter, limit + 1, position.read(cursor))
        const shown = found.slice(0, limit)
        return {
          tokens: await Promise.all(shown.map((token) => present(app, token))),
          next_cursor: position.write(found.length > limit ? shown.at(-1)!.id : null),
        }
      },
    )
    .post(
      '',
      {
        summary: 'Create a token',
        description:
          'Below the token that asks, and with no more rights than it has. The answer is the only place where the ' +
          'token itself ever stands.',
        body: TokenBody,
        answers: { 201: NewTokenShape },
        refusals: [404],
      },
      async ({ actor, body }) => {
        const { name, expires_at, rate_limit, may_read_originals, ...asked } = await body()
        const request = {
          ...asked,
          name: name ?? undefined,
          expiresAt: expires_at == null ? undefined : inFuture(app, expires_at),
          rateLimit: rate_limit ?? undefined,
          mayReadOriginals: may_read_originals ?? false,
        }
        const { token, row } = await app.db.tx((tx) => issueToken(tx, actor, request))
        return { ...(await present(app, row)), token }
      },
    )
    .delete(
      '/:token_id',
      {
        summary: 'Revoke a token',
        description: 'One below, or itself. It counts no more from the next request on.',
        params,
        answers: { 204: { description: 'It is revoked' } },
      },
      async ({ actor, params }) => {
        const token = await requireToken(app.db, actor, params.token_id)
        await app.db.tx((tx) => dropToken(tx, actor, token))
      },
    )
    .post(
      '/:token_id/rotate',
      {
        summary: 'Replace a token',
        description:
          'One below, or itself. The new one has the same rights; the old one ends after the overlap, at once when ' +
          'there is none.',
        params,
        body: RotateBody,
        answers: { 201: RotatedShape },
        refusals: [409],
      },
      async ({ actor, params, body }) => {
        const old = await requireToken(app.db, actor, params.token_id)
        const overlapMs = ((await body())?.overlap_seconds ?? 0) * SECOND
        const { token, row, oldEndsAt } = await app.db.tx((tx) => rotateToken(tx, actor, old, overlapMs))
        return { ...(await present(app, row)), token, replaces: old.uuid, replaced_until: iso(oldEndsAt) }
      },
    )

function inFuture(app: App, text: string): number {
  const time = parseTime(text)!
  if (time <= app.clock()) throw invalidFields([{ field: 'expires_at', message: 'Must be in the future' }])
  return time
}

async function present({ db }: App, token: Token): Promise<z.input<typeof TokenShape>> {
  const owner = ownerOf(token)
  return {
    token_id: token.uuid,
    hint: `esk_…${token.hint}`,
    name: token.name,
    scope: token.scope,
    for: owner ? await entityUuid(db, owner) : null,
    rate_limit: token.rateLimit,
    may_read_originals: token.mayReadOriginals === 1,
    created_at: iso(token.createdAt),
    expires_at: isoOrNull(token.expiresAt),
    revoked_at: isoOrNull(token.revokedAt),
  }
}
