import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Entity } from '../tenancy/actors.ts'

/** A tenant, or the installation as a whole. */
export interface Level {
  type: Entity['type'] | 'platform'
  /** 0 for the platform. */
  id: number
}

export interface StoredVariables {
  entityType: Level['type']
  entityId: number
  algorithmId: string
  variables: string
  revision: number
}

export interface VariablesChange {
  id: number
  entityType: Level['type']
  entityId: number
  diff: string
  changedAt: number
  changedBy: string | null
}

const columns = sql`entity_type AS "entityType", entity_id AS "entityId", algorithm_id AS "algorithmId", variables,
  revision`

/** All that the installation, the workspace, its organization and its partner set, for every algorithm. */
export const variablesAbove = (db: Queryable, workspaceId: number) =>
  db.all<StoredVariables>(sql`
    SELECT ${columns} FROM algorithm_variables
    WHERE (entity_type = 'workspace' AND entity_id = ${workspaceId})
      OR (entity_type = 'organization' AND entity_id = (SELECT organization_id FROM workspaces WHERE id = ${workspaceId}))
      OR (entity_type = 'partner' AND entity_id = (SELECT partner_id FROM workspaces WHERE id = ${workspaceId}))
      OR entity_type = 'platform'`)

export const findVariables = (db: Queryable, { type, id }: Level, algorithmId: string) =>
  db.get<StoredVariables>(sql`
    SELECT ${columns} FROM algorithm_variables
    WHERE entity_type = ${type} AND entity_id = ${id} AND algorithm_id = ${algorithmId}`)

export function saveVariables(
  tx: Tx,
  { type, id }: Level,
  algorithmId: string,
  variables: string,
  by: string | null,
) {
  return tx.get<StoredVariables>(sql`
    INSERT INTO algorithm_variables (entity_type, entity_id, algorithm_id, variables, revision, updated_at, updated_by)
    VALUES (${type}, ${id}, ${algorithmId}, ${variables}, 1, ${tx.now}, ${by})
    ON CONFLICT (entity_type, entity_id, algorithm_id) DO UPDATE
    SET variables = excluded.variables, revision = algorithm_variables.revision + 1,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by
    RETURNING ${columns}`)
}

export const insertChange = (
  tx: Tx,
  { type, id }: Level,
  algorithmId: string,
  diff: string,
  by: string | null,
) =>
  tx.run(sql`
    INSERT INTO algorithm_variable_changes (entity_type, entity_id, algorithm_id, diff, changed_at, changed_by)
    VALUES (${type}, ${id}, ${algorithmId}, ${diff}, ${tx.now}, ${by})`)

/** Of any of the levels, newest first. */
export const changesAt = (
  db: Queryable,
  levels: Level[],
  algorithmId: string,
  limit: number,
  before: number | null,
) =>
  db.all<VariablesChange>(sql`
    SELECT id, entity_type AS "entityType", entity_id AS "entityId", diff, changed_at AS "changedAt",
      changed_by AS "changedBy"
    FROM algorithm_variable_changes
    WHERE algorithm_id = ${algorithmId} AND (${anyOf(levels)}) ${before === null ? empty : sql`AND id < ${before}`}
    ORDER BY id DESC LIMIT ${limit}`)

/** How many changes came at or after one. */
export const countChangesSince = async (db: Queryable, levels: Level[], algorithmId: string, id: number) =>
  (await db.get<{ count: number }>(sql`
    SELECT count(*) AS count FROM algorithm_variable_changes
    WHERE algorithm_id = ${algorithmId} AND (${anyOf(levels)}) AND id >= ${id}`))!.count

const anyOf = (levels: Level[]): Sql =>
  join(
    levels.map(({ type, id }) => sql`(entity_type = ${type} AND entity_id = ${id})`),
    ' OR ',
  )
