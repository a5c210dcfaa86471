import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Scope } from './actors.ts'

export interface AuditEntry {
  id: number
  at: number
  tokenId: string | null
  actorName: string | null
  actorScope: Scope
  address: string | null
  action: string
  objectType: string
  objectId: string
  /** JSON object. */
  details: string | null
}

export interface AuditFilter {
  action?: string
  tokenId?: string
  objectType?: string
  objectId?: string
  /** Milliseconds, inclusive. */
  since?: number
  /** Milliseconds, exclusive. */
  until?: number
}

const columns = sql`id, at, token_id AS "tokenId", actor_name AS "actorName", actor_scope AS "actorScope", address,
  action, object_type AS "objectType", object_id AS "objectId", details`

export const insertAudit = (tx: Tx, entry: Omit<AuditEntry, 'id' | 'at'>) =>
  tx.run(sql`
    INSERT INTO audit (at, token_id, actor_name, actor_scope, address, action, object_type, object_id, details)
    VALUES (${tx.now}, ${entry.tokenId}, ${entry.actorName}, ${entry.actorScope}, ${entry.address}, ${entry.action},
      ${entry.objectType}, ${entry.objectId}, ${entry.details})`)

/** Newest first; `before` is the id that the page before ended with. */
export const listAudit = (db: Queryable, filter: AuditFilter, limit: number, before: number | null) =>
  db.all<AuditEntry>(sql`
    SELECT ${columns} FROM audit
    WHERE 1 = 1 ${matching(filter)} ${before === null ? empty : sql`AND id < ${before}`}
    ORDER BY id DESC
    LIMIT ${limit}`)

function matching({ action, tokenId, objectType, objectId, since, until }: AuditFilter): Sql {
  const parts: Sql[] = []
  if (action !== undefined) parts.push(sql`AND action = ${action}`)
  if (tokenId !== undefined) parts.push(sql`AND token_id = ${tokenId}`)
  if (objectType !== undefined) parts.push(sql`AND object_type = ${objectType}`)
  if (objectId !== undefined) parts.push(sql`AND object_id = ${objectId}`)
  if (since !== undefined) parts.push(sql`AND at >= ${since}`)
  if (until !== undefined) parts.push(sql`AND at < ${until}`)
  return parts.length === 0 ? empty : join(parts, ' ')
}
