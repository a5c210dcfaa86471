import type { Tx } from '../../db/db.ts'
import { type FieldError, Refusal } from '../../lib/refusal.ts'
import type { Sealer } from '../../lib/sealed.ts'
import { bumpConfigVersion } from '../config/configs.sql.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import type { KnownAlgorithm } from './availability.ts'
import { findCopies, insertCopy } from './copies.sql.ts'
import { layerVariables, patchVariables, platformLevel } from './variables.ts'

export interface NewCopy {
  algorithmId: string
  name: string | null
  description: string | null
  /** Whose it shall be; null for everybody's. */
  owner: Entity | null
  /** What it starts with, secrets open: all that was set for the original where the copy was made, and what was given. */
  variables: Record<string, unknown>
}

/** A new algorithm that does what another one does, with an id, a name and variables of its own. */
export async function copyAlgorithm(
  tx: Tx,
  sealer: Sealer,
  actor: Actor,
  original: KnownAlgorithm,
  copy: NewCopy,
): Promise<void> {
  const { algorithmId: id, owner } = copy
  if (original.status === 'deprecated')
    throw new Refusal('conflict', 'A deprecated algorithm cannot be copied')
  if ((await findCopies(tx, [id])).length > 0) throw idInUse()
  await insertCopy(
    tx,
    {
      algorithmId: id,
      baseId: original.baseId,
      copiedFrom: original.id,
      name: copy.name ?? original.name,
      description: copy.description,
      ownerType: owner?.type ?? null,
      ownerId: owner?.id ?? null,
    },
    actor.name,
  )
  await startVariables(tx, sealer, actor, { ...original, id }, copy)
  await audit(tx, actor, 'algorithm.copied', { type: 'algorithm', id }, { copied_from: original.id })
  await bumpConfigVersion(tx)
}

/** Variables that tenants set before for an id that nothing had stay theirs; the copy's own come beside them. */
async function startVariables(
  tx: Tx,
  sealer: Sealer,
  actor: Actor,
  algorithm: KnownAlgorithm,
  { owner, variables: patch }: NewCopy,
) {
  const level = owner ?? platformLevel
  const { revision: expected } = await layerVariables(tx, sealer, level, algorithm.id, {})
  await patchVariables(tx, sealer, actor, { level, algorithm, patch, expected })
}

export const idInUse = () => new Refusal('conflict', 'There is an algorithm with this id')

export const invalidField = (error: FieldError) =>
  new Refusal('invalid', `${error.field}: ${error.message}`, { errors: [error] })
