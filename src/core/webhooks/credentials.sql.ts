import sql from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import { newUuid } from '../../lib/ids.ts'
import type { Entity, EntityType } from '../tenancy/actors.ts'

export interface Credential {
  uuid: string
  entityType: EntityType
  entityId: number
  authType: 'none' | 'bearer' | 'basic' | 'hmac'
  headerName: string | null
  /** `...` and the last four characters of the secret. */
  hint: string | null
  sealed: string | null
  createdAt: number
  updatedAt: number
}

type CredentialValues = Pick<Credential, 'authType' | 'headerName' | 'hint' | 'sealed'>

const columns = sql`uuid, entity_type AS "entityType", entity_id AS "entityId", auth_type AS "authType",
  header_name AS "headerName", hint, sealed, created_at AS "createdAt", updated_at AS "updatedAt"`

export const getCredential = (db: Queryable, { type, id }: Entity) =>
  db.get<Credential>(sql`
    SELECT ${columns} FROM webhook_credentials WHERE entity_type = ${type} AND entity_id = ${id}`)

export function upsertCredential(tx: Tx, { type, id }: Entity, values: CredentialValues) {
  return tx.get<Credential>(sql`
    INSERT INTO webhook_credentials (uuid, entity_type, entity_id, auth_type, header_name, hint, sealed, created_at,
      updated_at)
    VALUES (${newUuid()}, ${type}, ${id}, ${values.authType}, ${values.headerName}, ${values.hint}, ${values.sealed},
      ${tx.now}, ${tx.now})
    ON CONFLICT (entity_type, entity_id) DO UPDATE
    SET auth_type = excluded.auth_type, header_name = excluded.header_name, hint = excluded.hint,
      sealed = excluded.sealed, updated_at = excluded.updated_at
    RETURNING ${columns}`)
}

export const deleteCredential = (tx: Tx, { type, id }: Entity) =>
  tx.run(sql`DELETE FROM webhook_credentials WHERE entity_type = ${type} AND entity_id = ${id}`)
