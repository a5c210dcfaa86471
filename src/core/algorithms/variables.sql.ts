import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Entity, EntityType } from '../tenancy/actors.ts'

export interface StoredVariables {
  entityType: EntityType
  algorithmId: string
  variables: string
  revision: number
}

const columns = sql`entity_type AS "entityType", algorithm_id AS "algorithmId", variables, revision`

/** All that the workspace, its organization and its partner set, for every algorithm. */
export const variablesAbove = (db: Queryable, workspaceId: number) =>
  db.all<StoredVariables>(sql`
    SELECT ${columns} FROM algorithm_variables
    WHERE (entity_type = 'workspace' AND entity_id = ${workspaceId})
      OR (entity_type = 'organization' AND entity_id = (SELECT organization_id FROM workspaces WHERE id = ${workspaceId}))
      OR (entity_type = 'partner' AND entity_id = (SELECT partner_id FROM workspaces WHERE id = ${workspaceId}))`)

export const findVariables = (db: Queryable, { type, id }: Entity, algorithmId: string) =>
  db.get<StoredVariables>(sql`
    SELECT ${columns} FROM algorithm_variables
    WHERE entity_type = ${type} AND entity_id = ${id} AND algorithm_id = ${algorithmId}`)

export function saveVariables(
  tx: Tx,
  { type, id }: Entity,
  algorithmId: string,
  variables: string,
  by: string | null,
) {
  return tx.get<StoredVariables>(sql`
    INSERT INTO algorithm_variables (entity_type, entity_id, algorithm_id, variables, revision, updated_at, updated_by)
    VALUES (${type}, ${id}, ${algorithmId}, ${variables}, 1, ${tx.now}, ${by})
    ON CONFLICT (entity_type, entity_id, algorithm_id) DO UPDATE
    SET variables = excluded.variables, revision = revision + 1, updated_at = excluded.updated_at,
      updated_by = excluded.updated_by
    RETURNING ${columns}`)
}
