import sql, { empty, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Actor, Scope } from './actors.ts'

export interface Token {
  id: number
  uuid: string
  hint: string
  name: string | null
  scope: Scope
  partnerId: number | null
  organizationId: number | null
  workspaceId: number | null
  rateLimit: number | null
  mayReadOriginals: number
  createdAt: number
  expiresAt: number | null
  revokedAt: number | null
}

export type NewToken = Omit<Token, 'id' | 'createdAt' | 'revokedAt'> & { hash: string }

const columns = sql`id, uuid, hint, name, scope, partner_id AS "partnerId", organization_id AS "organizationId",
  workspace_id AS "workspaceId", rate_limit AS "rateLimit", may_read_originals AS "mayReadOriginals",
  created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`

export function insertToken(tx: Tx, token: NewToken) {
  return tx.get<Token>(sql`
    INSERT INTO tokens (uuid, hash, hint, name, scope, partner_id, organization_id, workspace_id, rate_limit,
      may_read_originals, created_at, expires_at)
    VALUES (${token.uuid}, ${token.hash}, ${token.hint}, ${token.name}, ${token.scope}, ${token.partnerId},
      ${token.organizationId}, ${token.workspaceId}, ${token.rateLimit}, ${token.mayReadOriginals}, ${tx.now},
      ${token.expiresAt})
    RETURNING ${columns}`)
}

export type TokenOwner = Actor & { enabled: number }

/** `enabled` is 0 when its tenant, or one above that, is disabled. */
export function findActorByHash(db: Queryable, hash: string, now: number) {
  return db.get<TokenOwner>(sql`
    SELECT t.id AS "tokenId", t.uuid AS "tokenUuid", t.name, t.scope, t.partner_id AS "partnerId",
      t.organization_id AS "organizationId", t.workspace_id AS "workspaceId", t.rate_limit AS "rateLimit",
      t.may_read_originals AS "mayReadOriginals",
      coalesce(p.enabled, 1) * coalesce(o.enabled, 1) * coalesce(w.enabled, 1) AS enabled
    FROM tokens t
    LEFT JOIN partners p ON p.id = t.partner_id
    LEFT JOIN organizations o ON o.id = t.organization_id
    LEFT JOIN workspaces w ON w.id = t.workspace_id
    WHERE t.hash = ${hash} AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ${now})`)
}

export const countTokens = async (db: Queryable) =>
  (await db.get<{ count: number }>(sql`SELECT count(*) AS count FROM tokens`))!.count

export const listTokens = (db: Queryable) => db.all<Token>(sql`SELECT ${columns} FROM tokens ORDER BY id`)

export const findToken = (db: Queryable, uuid: string) =>
  db.get<Token>(sql`SELECT ${columns} FROM tokens WHERE uuid = ${uuid}`)

export interface TokenFilter {
  scope?: Scope
  /** Also those that do not count any more. */
  all: boolean
}

/** Those of the actor's own tenant and of what is below it, newest first. */
export function listTokensBelow(
  db: Queryable,
  actor: Actor,
  { scope, all }: TokenFilter,
  limit: number,
  before: number | null,
) {
  return db.all<Token>(sql`
    SELECT ${columns} FROM tokens
    WHERE ${belonging(actor)} ${scope === undefined ? empty : sql`AND scope = ${scope}`}
      ${all ? empty : sql`AND revoked_at IS NULL`} ${before === null ? empty : sql`AND id < ${before}`}
    ORDER BY id DESC
    LIMIT ${limit}`)
}

/** A token carries the ids of its tenant and of all above. */
function belonging(actor: Actor): Sql {
  return {
    platform: sql`1 = 1`,
    partner: sql`partner_id = ${actor.partnerId}`,
    organization: sql`organization_id = ${actor.organizationId}`,
    workspace: sql`workspace_id = ${actor.workspaceId}`,
  }[actor.scope]
}

/** From then on it does not count any more. */
export const expireToken = (tx: Tx, id: number, at: number) =>
  tx.run(sql`UPDATE tokens SET expires_at = ${at} WHERE id = ${id}`)

/** False when there is no such token or it was revoked before. */
export async function revokeToken(tx: Tx, uuid: string): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE tokens SET revoked_at = ${tx.now} WHERE uuid = ${uuid} AND revoked_at IS NULL`)
  return changed === 1
}
