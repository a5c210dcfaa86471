import sql, { empty } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Actor, Entity, Scope } from '../tenancy/actors.ts'

export interface StoredChange {
  id: number
  revision: number
  at: number
  tokenId: string | null
  actorName: string | null
  actorScope: Scope
  /** JSON array of `{path, before, after}`. */
  diff: string
}

export const insertChange = (tx: Tx, actor: Actor, { type, id }: Entity, revision: number, diff: string) =>
  tx.run(sql`
    INSERT INTO config_changes (entity_type, entity_id, revision, at, token_id, actor_name, actor_scope, diff)
    VALUES (${type}, ${id}, ${revision}, ${tx.now}, ${actor.tokenUuid}, ${actor.name}, ${actor.scope}, ${diff})`)

/** Newest first; `before` is the id that the page before ended with. */
export const listChanges = (db: Queryable, { type, id }: Entity, limit: number, before: number | null) =>
  db.all<StoredChange>(sql`
    SELECT id, revision, at, token_id AS "tokenId", actor_name AS "actorName", actor_scope AS "actorScope", diff
    FROM config_changes
    WHERE entity_type = ${type} AND entity_id = ${id} ${before === null ? empty : sql`AND id < ${before}`}
    ORDER BY id DESC
    LIMIT ${limit}`)
