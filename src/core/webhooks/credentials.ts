import type { Queryable, Tx } from '../../db/db.ts'
import type { Sealer } from '../../lib/sealed.ts'
import { bumpConfigVersion } from '../config/configs.sql.ts'
import { remembered } from '../config/memory.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import { entityUuid, lineage } from '../tenancy/tenants.ts'
import { type Credential, deleteCredential, getCredential, upsertCredential } from './credentials.sql.ts'

export type Secret =
  | { auth_type: 'none' }
  | { auth_type: 'bearer'; token: string }
  | { auth_type: 'basic'; username: string; password: string }
  | { auth_type: 'hmac'; key_id: string; secret: string }

const SHOWN_CHARACTERS = 4
/** Of a secret shorter than this, four characters would be too much of it. */
const SHORTEST_HINTED = 8

const credentialAad = ({ type, id }: Entity) => `webhook_credentials:${type}:${id}`

export async function putCredential(
  tx: Tx,
  sealer: Sealer,
  actor: Actor,
  entity: Entity,
  secret: Secret,
  headerName: string | null,
): Promise<Credential> {
  const row = await upsertCredential(tx, entity, {
    authType: secret.auth_type,
    headerName,
    hint: hintOf(secret),
    sealed: sealer.seal(JSON.stringify(secret), credentialAad(entity)),
  })
  const object = { type: entity.type, id: await entityUuid(tx, entity) }
  await audit(tx, actor, 'credential.set', object, { auth_type: secret.auth_type, header_name: headerName })
  await bumpConfigVersion(tx)
  return row!
}

/** False when the level had none. */
export async function dropCredential(tx: Tx, actor: Actor, entity: Entity): Promise<boolean> {
  const gone = await deleteCredential(tx, entity)
  if (gone === 0) return false
  await audit(tx, actor, 'credential.removed', { type: entity.type, id: await entityUuid(tx, entity) })
  await bumpConfigVersion(tx)
  return true
}

/** The nearest level counts: the entity's own credential, else what it inherits. */
export async function findCredential(db: Queryable, entity: Entity): Promise<Credential | undefined> {
  for (const level of await lineage(db, entity)) {
    const found = await getCredential(db, level)
    if (found) return found
  }
  return undefined
}

export function openCredential(sealer: Sealer, credential: Credential): Secret {
  if (!credential.sealed) return { auth_type: 'none' }
  const entity = { type: credential.entityType, id: credential.entityId }
  return JSON.parse(sealer.open(credential.sealed, credentialAad(entity))) as Secret
}

function hintOf(secret: Secret): string | null {
  const text = { none: '', bearer: 'token', basic: 'password', hmac: 'secret' }[secret.auth_type]
  if (!text) return null
  const value = (secret as unknown as Record<string, string>)[text]!
  return `...${value.length < SHORTEST_HINTED ? '' : value.slice(-SHOWN_CHARACTERS)}`
}

/** The one that counts for a workspace's deliveries. */
export const credentialFor = remembered((db, workspaceId: number) =>
  findCredential(db, { type: 'workspace', id: workspaceId }),
)
