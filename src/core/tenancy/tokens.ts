import type { Queryable, Tx } from '../../db/db.ts'
import { newToken, newUuid, sha256 } from '../../lib/ids.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { Actor, Scope } from './actors.ts'
import { audit } from './audit.ts'
import { findOrganization, findPartner, findWorkspace } from './tenants.sql.ts'
import { findActorByHash, insertToken, type Token } from './tokens.sql.ts'

export interface TokenRequest {
  scope: Scope
  /** UUID or slug of the tenant; `default` when absent. */
  for?: string
  name?: string
  expiresAt?: number
  /** Requests per minute instead of the scope's; 0 for any number. */
  rateLimit?: number
  mayReadOriginals?: boolean
}

export interface MadeToken {
  token: string
  row: Token
}

/** The token itself is in the answer and nowhere else: only its hash is stored. */
export async function createToken(tx: Tx, request: TokenRequest, by = commandLine): Promise<MadeToken> {
  const owner = await ownerOf(tx, request)
  const token = newToken()
  const row = await insertToken(tx, {
    uuid: newUuid(),
    hash: sha256(token),
    hint: token.slice(-4),
    name: request.name ?? null,
    scope: request.scope,
    ...owner,
    rateLimit: request.rateLimit ?? null,
    mayReadOriginals: request.mayReadOriginals ? 1 : 0,
    expiresAt: request.expiresAt ?? null,
  })
  await audit(tx, by, 'token.created', { type: 'token', id: row!.uuid }, summary(row!))
  return { token, row: row! }
}

const summary = ({ name, scope, hint, mayReadOriginals }: Token) => ({
  name,
  scope,
  hint,
  may_read_originals: mayReadOriginals === 1,
})

async function ownerOf(db: Queryable, { scope, for: named = 'default' }: TokenRequest) {
  const none = { partnerId: null, organizationId: null, workspaceId: null }
  switch (scope) {
    case 'platform':
      return none
    case 'partner': {
      const partner = await findPartner(db, named)
      if (!partner) throw notFound(`Partner ${named}`)
      return { ...none, partnerId: partner.id }
    }
    case 'organization': {
      const organization = await findOrganization(db, named)
      if (!organization) throw notFound(`Organization ${named}`)
      return { ...none, partnerId: organization.partnerId, organizationId: organization.id }
    }
    case 'workspace': {
      const workspace = await findWorkspace(db, named)
      if (!workspace) throw notFound(`Workspace ${named}`)
      return {
        partnerId: workspace.partnerId,
        organizationId: workspace.organizationId,
        workspaceId: workspace.id,
      }
    }
  }
}

const operator: Actor = {
  tokenId: null,
  tokenUuid: null,
  name: 'EARSHOT_TOKEN',
  scope: 'platform',
  partnerId: null,
  organizationId: null,
  workspaceId: null,
  rateLimit: null,
  mayReadOriginals: 0,
}

/** Whoever may run commands on the data folder. */
const commandLine: Actor = { ...operator, name: 'command line' }

/** `operatorTokenHash` is that of the platform token given from outside, if there is one. */
export async function requireActor(
  db: Queryable,
  token: string | undefined,
  now: number,
  operatorTokenHash?: string,
): Promise<Actor> {
  if (!token)
    throw new Refusal('unauthorized', 'A token is needed: Authorization: Bearer <token> or x-api-key')
  const hash = sha256(token)
  if (hash === operatorTokenHash) return operator
  const actor = await findActorByHash(db, hash, now)
  if (!actor) throw new Refusal('unauthorized', 'The token is unknown, expired or revoked')
  if (actor.enabled === 0) throw new Refusal('forbidden', 'The tenant of this token is disabled')
  return actor
}
