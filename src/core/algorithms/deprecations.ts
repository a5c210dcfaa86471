import type { Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { bumpConfigVersion } from '../config/configs.sql.ts'
import type { Config } from '../config/schema.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { audit } from '../tenancy/audit.ts'
import { lineage, mayUseEntity } from '../tenancy/tenants.ts'
import { findAlgorithms, isSame, type KnownAlgorithm } from './availability.ts'
import type { Catalogue } from './catalogue.ts'
import { configsMentioning, dropDeprecation, saveDeprecation } from './copies.sql.ts'
import { invalidField } from './copies.ts'

/** No new runs from now on. What ran stays, and configuration that names it goes on without it. */
export async function deprecate(
  tx: Tx,
  catalogue: Catalogue,
  actor: Actor,
  algorithm: KnownAlgorithm,
  successor: string | null,
): Promise<void> {
  await requireOwn(tx, actor, algorithm)
  if (successor !== null) await requireSuccessor(tx, catalogue, algorithm, successor)
  await saveDeprecation(tx, algorithm.id, successor, actor.name)
  await audit(tx, actor, 'algorithm.deprecated', { type: 'algorithm', id: algorithm.id }, { successor })
  await bumpConfigVersion(tx)
}

export async function restore(tx: Tx, actor: Actor, algorithm: KnownAlgorithm): Promise<void> {
  await requireOwn(tx, actor, algorithm)
  if ((await dropDeprecation(tx, algorithm.id)) === 0) return
  await audit(tx, actor, 'algorithm.restored', { type: 'algorithm', id: algorithm.id })
  await bumpConfigVersion(tx)
}

/** What is for everybody is the platform's; a copy belongs to its owner and to those above. */
async function requireOwn(db: Queryable, actor: Actor, { owner }: KnownAlgorithm): Promise<void> {
  const isOwn = owner ? await mayUseEntity(db, actor, owner) : actor.scope === 'platform'
  if (!isOwn)
    throw new Refusal('forbidden', 'This token may use that algorithm, but not change what it is for others')
}

/** Whoever may use the one must be able to use the other, and the way must lead to one that runs. */
async function requireSuccessor(db: Queryable, catalogue: Catalogue, algorithm: KnownAlgorithm, id: string) {
  const found = (await findAlgorithms(db, catalogue, [id])).get(id)
  const line = algorithm.owner ? await lineage(db, algorithm.owner) : []
  const isForAll = found && (found.owner === null || line.some(isSame(found.owner)))
  if (id === algorithm.id || !isForAll || found.status === 'deprecated')
    throw invalidField({
      field: 'successor',
      message: 'Must be another active algorithm that the same may use',
    })
}

export interface Mention {
  entity: Entity
  /** Dotted path in the level's configuration. */
  field: string
}

/** Where configuration at or below the actor's own level names the algorithm. */
export async function findMentions(db: Queryable, actor: Actor, id: string): Promise<Mention[]> {
  const found: Mention[] = []
  for (const { entityType, entityId, document } of await configsMentioning(db, id)) {
    const entity = { type: entityType, id: entityId }
    if (!(await mayUseEntity(db, actor, entity))) continue
    found.push(...mentionsIn(JSON.parse(document) as Config, id).map((field) => ({ entity, field })))
  }
  return found
}

function mentionsIn({ processing, webhooks }: Config, id: string): string[] {
  const preferred = Object.entries(processing?.prefer ?? {})
  return [
    ...(processing?.algorithms?.includes(id) ? ['processing.algorithms'] : []),
    ...preferred.filter((pair) => pair.includes(id)).map(([name]) => `processing.prefer.${name}`),
    ...(webhooks?.endpoints ?? []).flatMap(({ algorithm_ids }, at) =>
      algorithm_ids?.includes(id) ? [`webhooks.endpoints.${at}.algorithm_ids`] : [],
    ),
  ]
}

/** The ids that a configuration names, wherever it does. */
export const namedIn = ({ processing }: Pick<Config, 'processing'>): string[] => [
  ...(processing?.algorithms ?? []),
  ...Object.entries(processing?.prefer ?? {}).flat(),
]
