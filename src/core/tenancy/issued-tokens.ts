import type { Queryable, Tx } from '../../db/db.ts'
import { SECOND } from '../../lib/clock.ts'
import { isUuid, newToken, newUuid, sha256 } from '../../lib/ids.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import { type Actor, type Entity, type EntityType, scopes } from './actors.ts'
import { audit } from './audit.ts'
import { mayUseEntity, requireEntity } from './tenants.ts'
import { expireToken, findToken, insertToken, revokeToken, type Token } from './tokens.sql.ts'
import { createToken, type MadeToken, type TokenRequest } from './tokens.ts'

export type IssueRequest = TokenRequest & { for: string }

/** A token creates tokens below itself, and gives none of them more than it has. */
export async function issueToken(tx: Tx, actor: Actor, request: IssueRequest): Promise<MadeToken> {
  const { scope, rateLimit, mayReadOriginals } = request
  if (scopes.indexOf(scope) <= scopes.indexOf(actor.scope))
    throw new Refusal('forbidden', `A token of scope ${actor.scope} creates no ${scope} tokens`)
  await requireEntity(tx, actor, scope as EntityType, request.for)
  if (actor.scope !== 'platform' && rateLimit !== undefined) requireWithin(actor, rateLimit)
  if (mayReadOriginals && actor.scope !== 'platform' && actor.mayReadOriginals === 0)
    throw new Refusal('forbidden', 'Only a token that may read originals itself can give that right on')
  return createToken(tx, request, actor)
}

/** One of the actor's own tenant or below. */
export async function requireToken(db: Queryable, actor: Actor, uuid: string): Promise<Token> {
  const token = isUuid(uuid) ? await findToken(db, uuid.toLowerCase()) : undefined
  if (!token) throw notFound('Token')
  const owner = ownerOf(token)
  const isVisible = actor.scope === 'platform' || (owner && (await mayUseEntity(db, actor, owner)))
  if (!isVisible) throw new Refusal('forbidden', 'This token has no access to that token')
  return token
}

/** Revoking what is revoked is fine. */
export async function dropToken(tx: Tx, actor: Actor, token: Token): Promise<void> {
  requireCommand(actor, token)
  if (await revokeToken(tx, token.uuid))
    await audit(tx, actor, 'token.revoked', { type: 'token', id: token.uuid }, nameOf(token))
}

/** A new token with the same rights; the old one goes on for `overlapMs`, unless it would end before. */
export async function rotateToken(
  tx: Tx,
  actor: Actor,
  { uuid }: Token,
  overlapMs: number,
): Promise<MadeToken & { oldEndsAt: number }> {
  const old = (await findToken(tx, uuid))!
  requireCommand(actor, old)
  if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= tx.now))
    throw new Refusal('conflict', 'The token is revoked or expired and cannot be rotated')
  const token = newToken()
  const successor = { ...old, uuid: newUuid(), hash: sha256(token), hint: token.slice(-4) }
  const row = (await insertToken(tx, successor))!
  const oldEndsAt = Math.min(tx.now + overlapMs, old.expiresAt ?? Number.POSITIVE_INFINITY)
  if (overlapMs > 0) await expireToken(tx, old.id, oldEndsAt)
  else await revokeToken(tx, old.uuid)
  await audit(
    tx,
    actor,
    'token.rotated',
    { type: 'token', id: old.uuid },
    { ...nameOf(old), successor: row.uuid, overlap_seconds: overlapMs / SECOND },
  )
  return { token, row, oldEndsAt }
}

/** What a token shows of the tenant it belongs to; none for the platform's. */
export function ownerOf({ scope, partnerId, organizationId, workspaceId }: Token): Entity | undefined {
  const id = { platform: null, partner: partnerId, organization: organizationId, workspace: workspaceId }[
    scope
  ]
  return id === null ? undefined : { type: scope as EntityType, id }
}

/** A token commands those below it, and itself; beside it there are others' keys to the same house. */
function requireCommand(actor: Actor, token: Token) {
  const isBelow = scopes.indexOf(token.scope) > scopes.indexOf(actor.scope)
  if (!isBelow && token.id !== actor.tokenId && actor.scope !== 'platform')
    throw new Refusal('forbidden', 'A token can only revoke or rotate itself and those below it')
}

function requireWithin(actor: Actor, rateLimit: number) {
  const own = actor.rateLimit ?? usualLimits[actor.scope]
  if (own === 0 || (rateLimit > 0 && rateLimit <= own)) return
  const message = `Expected 1 to ${own}, the limit of the token that creates it`
  throw new Refusal('invalid', `rate_limit: ${message}`, { errors: [{ field: 'rate_limit', message }] })
}

/** Requests per minute as the Gensail document has them; 0 is for any number. */
export const usualLimits = { platform: 0, partner: 500, organization: 120, workspace: 50 }

const nameOf = ({ name, scope, hint }: Token) => ({ name, scope, hint })
