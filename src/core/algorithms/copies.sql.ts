import sql, { join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Actor, Entity, EntityType } from '../tenancy/actors.ts'

export interface Copy {
  id: number
  algorithmId: string
  baseId: string
  copiedFrom: string
  name: string
  description: string | null
  /** Null when it is everybody's. */
  ownerType: EntityType | null
  ownerId: number | null
}

export interface Deprecation {
  algorithmId: string
  successor: string | null
}

const columns = sql`id, algorithm_id AS "algorithmId", base_id AS "baseId", copied_from AS "copiedFrom", name,
  description, owner_type AS "ownerType", owner_id AS "ownerId"`

export const insertCopy = (tx: Tx, copy: Omit<Copy, 'id'>, by: string | null) =>
  tx.run(sql`
    INSERT INTO algorithm_copies (algorithm_id, base_id, copied_from, name, description, owner_type, owner_id,
      created_at, created_by)
    VALUES (${copy.algorithmId}, ${copy.baseId}, ${copy.copiedFrom}, ${copy.name}, ${copy.description},
      ${copy.ownerType}, ${copy.ownerId}, ${tx.now}, ${by})`)

export const findCopies = async (db: Queryable, algorithmIds: string[]): Promise<Copy[]> =>
  algorithmIds.length === 0
    ? []
    : db.all<Copy>(sql`SELECT ${columns} FROM algorithm_copies WHERE algorithm_id IN (${join(algorithmIds)})`)

/** Those of everybody, of the levels in `line`, and of the tenants below the actor's own. */
export const copiesSeenBy = (db: Queryable, actor: Actor, line: Entity[]) =>
  db.all<Copy>(sql`
    SELECT ${columns} FROM algorithm_copies
    WHERE owner_type IS NULL OR ${join([...line.map(ownedBy), ownedBelow(actor)], ' OR ')}
    ORDER BY id`)

/** Those of everybody and of the levels in `line`. */
export const copiesAlong = (db: Queryable, line: Entity[]) =>
  db.all<Copy>(sql`
    SELECT ${columns} FROM algorithm_copies
    WHERE ${join([sql`owner_type IS NULL`, ...line.map(ownedBy)], ' OR ')}
    ORDER BY id`)

const ownedBy = ({ type, id }: Entity): Sql => sql`(owner_type = ${type} AND owner_id = ${id})`

function ownedBelow({ scope, partnerId, organizationId }: Actor): Sql {
  switch (scope) {
    case 'platform':
      return sql`1 = 1`
    case 'partner':
      return sql`(owner_type = 'organization'
          AND owner_id IN (SELECT id FROM organizations WHERE partner_id = ${partnerId}))
        OR (owner_type = 'workspace' AND owner_id IN (SELECT id FROM workspaces WHERE partner_id = ${partnerId}))`
    case 'organization':
      return sql`(owner_type = 'workspace'
        AND owner_id IN (SELECT id FROM workspaces WHERE organization_id = ${organizationId}))`
    case 'workspace':
      return sql`1 = 0`
  }
}

export const findDeprecations = async (db: Queryable, algorithmIds: string[]): Promise<Deprecation[]> =>
  algorithmIds.length === 0
    ? []
    : db.all<Deprecation>(sql`
        SELECT algorithm_id AS "algorithmId", successor FROM algorithm_deprecations
        WHERE algorithm_id IN (${join(algorithmIds)})`)

export const allDeprecations = (db: Queryable) =>
  db.all<Deprecation>(sql`SELECT algorithm_id AS "algorithmId", successor FROM algorithm_deprecations`)

export const saveDeprecation = (tx: Tx, algorithmId: string, successor: string | null, by: string | null) =>
  tx.run(sql`
    INSERT INTO algorithm_deprecations (algorithm_id, successor, deprecated_at, deprecated_by)
    VALUES (${algorithmId}, ${successor}, ${tx.now}, ${by})
    ON CONFLICT (algorithm_id) DO UPDATE SET successor = excluded.successor`)

export const dropDeprecation = (tx: Tx, algorithmId: string) =>
  tx.run(sql`DELETE FROM algorithm_deprecations WHERE algorithm_id = ${algorithmId}`)

/** The configurations that may name the algorithm, by a look at their text alone. */
export const configsMentioning = (db: Queryable, algorithmId: string) =>
  db.all<{ entityType: EntityType; entityId: number; document: string }>(sql`
    SELECT entity_type AS "entityType", entity_id AS "entityId", document FROM configs
    WHERE document LIKE ${`%"${algorithmId.replace(/[\\%_]/g, '\\$&')}"%`} ESCAPE '\\'
    ORDER BY entity_type, entity_id`)
