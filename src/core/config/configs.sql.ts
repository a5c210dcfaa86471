import sql from 'sql-template-tag'
import type { Db, Queryable, Tx } from '../../db/db.ts'
import type { Entity, EntityType } from '../tenancy/actors.ts'

export interface StoredConfig {
  entityType: EntityType
  entityId: number
  document: string
  revision: number
}

const columns = sql`entity_type AS "entityType", entity_id AS "entityId", document, revision`

export const findConfig = (db: Queryable, { type, id }: Entity) =>
  db.get<StoredConfig>(sql`SELECT ${columns} FROM configs WHERE entity_type = ${type} AND entity_id = ${id}`)

/** Those of the workspace, its organization and its partner that have one. */
export const configsAbove = (db: Queryable, workspaceId: number) =>
  db.all<StoredConfig>(sql`
    SELECT ${columns} FROM configs
    WHERE (entity_type = 'workspace' AND entity_id = ${workspaceId})
      OR (entity_type = 'organization' AND entity_id = (SELECT organization_id FROM workspaces WHERE id = ${workspaceId}))
      OR (entity_type = 'partner' AND entity_id = (SELECT partner_id FROM workspaces WHERE id = ${workspaceId}))`)

export function saveConfig(tx: Tx, { type, id }: Entity, document: string, by: string | null) {
  return tx.get<StoredConfig>(sql`
    INSERT INTO configs (entity_type, entity_id, document, revision, updated_at, updated_by)
    VALUES (${type}, ${id}, ${document}, 1, ${tx.now}, ${by})
    ON CONFLICT (entity_type, entity_id) DO UPDATE
    SET document = excluded.document, revision = revision + 1, updated_at = excluded.updated_at,
      updated_by = excluded.updated_by
    RETURNING ${columns}`)
}

const watched = new WeakMap<Queryable, { version: number | undefined }>()

/** From here on the version of `db` is remembered from one change to the next: it is asked for all the time. */
export function watchConfigVersion(db: Db) {
  const known: { version: number | undefined } = { version: undefined }
  watched.set(db, known)
  db.on('config', () => {
    known.version = undefined
  })
}

export async function configVersion(db: Queryable): Promise<number> {
  const known = watched.get(db)
  if (known?.version !== undefined) return known.version
  const row = await db.get<{ version: number }>(sql`SELECT version FROM config_state WHERE id = 1`)
  if (known) known.version = row!.version
  return row!.version
}

/** Everything resolved before is stale from this commit on. */
export async function bumpConfigVersion(tx: Tx) {
  await tx.run(sql`UPDATE config_state SET version = version + 1 WHERE id = 1`)
  tx.signal('config')
}
