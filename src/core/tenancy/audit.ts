import type { Tx } from '../../db/db.ts'
import type { Actor } from './actors.ts'
import { insertAudit } from './audit.sql.ts'

/** Everything that is written down, and what it is done to. */
export const auditedActions = [
  'partner.created',
  'partner.changed',
  'organization.created',
  'organization.changed',
  'workspace.created',
  'workspace.changed',
  'token.created',
  'token.revoked',
  'token.rotated',
  'config.changed',
  'variables.changed',
  'algorithm.copied',
  'algorithm.deprecated',
  'algorithm.restored',
  'credential.set',
  'credential.removed',
  'endpoint.enabled',
  'job.requeued',
  'job.rerun',
  'job.redelivered',
  'job.cancelled',
  'job.deleted',
  'run.redelivered',
  'original.read',
] as const
export type AuditedAction = (typeof auditedActions)[number]

export interface AuditedObject {
  type: string
  /** As the API shows it. */
  id: string | number
}

/**
 * Writes down who did what and from where, in the transaction of the change itself. `details` may hold names and
 * settings, never a secret and nothing that was said in a call.
 */
export async function audit(
  tx: Tx,
  actor: Actor,
  action: AuditedAction,
  object: AuditedObject,
  details?: Record<string, unknown>,
): Promise<void> {
  await insertAudit(tx, {
    tokenId: actor.tokenUuid,
    actorName: actor.name,
    actorScope: actor.scope,
    address: actor.address?.() || null,
    action,
    objectType: object.type,
    objectId: String(object.id),
    details: details === undefined ? null : JSON.stringify(details),
  })
}
