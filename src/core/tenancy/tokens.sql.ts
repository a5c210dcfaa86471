import sql from 'sql-template-tag'
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
  createdAt: number
  expiresAt: number | null
  revokedAt: number | null
}

export type NewToken = Omit<Token, 'id' | 'createdAt' | 'revokedAt'> & { hash: string }

const columns = sql`id, uuid, hint, name, scope, partner_id AS "partnerId", organization_id AS "organizationId",
  workspace_id AS "workspaceId", rate_limit AS "rateLimit", created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt"`

export function insertToken(tx: Tx, token: NewToken) {
  return tx.get<Token>(sql`
    INSERT INTO tokens (uuid, hash, hint, name, scope, partner_id, organization_id, workspace_id, rate_limit,
      created_at, expires_at)
    VALUES (${token.uuid}, ${token.hash}, ${token.hint}, ${token.name}, ${token.scope}, ${token.partnerId},
      ${token.organizationId}, ${token.workspaceId}, ${token.rateLimit}, ${tx.now}, ${token.expiresAt})
    RETURNING ${columns}`)
}

export function findActorByHash(db: Queryable, hash: string, now: number) {
  return db.get<Actor>(sql`
    SELECT id AS "tokenId", name, scope, partner_id AS "partnerId", organization_id AS "organizationId",
      workspace_id AS "workspaceId", rate_limit AS "rateLimit"
    FROM tokens
    WHERE hash = ${hash} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`)
}

export const countTokens = async (db: Queryable) =>
  (await db.get<{ count: number }>(sql`SELECT count(*) AS count FROM tokens`))!.count

export const listTokens = (db: Queryable) => db.all<Token>(sql`SELECT ${columns} FROM tokens ORDER BY id`)

/** False when there is no such token or it was revoked before. */
export async function revokeToken(tx: Tx, uuid: string): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE tokens SET revoked_at = ${tx.now} WHERE uuid = ${uuid} AND revoked_at IS NULL`)
  return changed === 1
}
