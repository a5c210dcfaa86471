import type { Queryable, Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import { getConfig } from '../config/configs.ts'
import type { Config, ResolvedConfig } from '../config/schema.ts'
import type { Entity } from '../tenancy/actors.ts'
import { lineage } from '../tenancy/tenants.ts'
import {
  algorithmsFor,
  findAlgorithms,
  isSame,
  type KnownAlgorithm,
  requireAvailable,
} from './availability.ts'
import { type Catalogue, defaultAlgorithmIds } from './catalogue.ts'
import { invalidField } from './copies.ts'
import { namedIn } from './deprecations.ts'

/** Refuses what may not run there. What the level named before may stay: else it could not change anything any more. */
export async function keepProcessing(
  tx: Tx,
  catalogue: Catalogue,
  entity: Entity,
  section: Config['processing'],
): Promise<Config['processing']> {
  if (!section?.algorithms && !section?.prefer) return section
  const kept = namedIn((await getConfig(tx, entity)).document)
  await requireAvailable(tx, catalogue, entity, section.algorithms ?? [], kept)
  for (const pair of Object.entries(section.prefer ?? {}))
    await requirePreference(tx, catalogue, entity, pair, kept)
  return section
}

async function requirePreference(
  tx: Tx,
  catalogue: Catalogue,
  entity: Entity,
  [id, preferredId]: [string, string],
  kept: string[],
) {
  const field = `processing.prefer.${id}`
  const found = await requireAvailable(tx, catalogue, entity, [id, preferredId], kept).catch(
    (error: unknown) => {
      throw error instanceof Refusal ? invalidField({ field, message: error.message }) : error
    },
  )
  const preferred = found.get(preferredId)
  if (id !== preferredId && preferred && preferred.resultFrom === null)
    throw invalidField({
      field,
      message: 'Must be a prompt algorithm, whose result has the form that it is asked for',
    })
}

/** An endpoint may wait for what runs only for somebody below, and for what only ran once. */
export async function requireKnownFilters(
  tx: Tx,
  catalogue: Catalogue,
  entity: Entity,
  section: Config['webhooks'],
): Promise<void> {
  const before = await getConfig(tx, entity)
  const kept = (before.document.webhooks?.endpoints ?? []).flatMap(({ algorithm_ids }) => algorithm_ids ?? [])
  for (const [at, { algorithm_ids }] of (section?.endpoints ?? []).entries()) {
    const ids = (algorithm_ids ?? []).filter((id) => !kept.includes(id))
    const known = await findAlgorithms(tx, catalogue, ids)
    for (const id of ids)
      if (!(await isNear(tx, entity, known.get(id))))
        throw invalidField({ field: `webhooks.endpoints.${at}.algorithm_ids`, message: UNKNOWN })
  }
}

const UNKNOWN = 'Names an algorithm that is not known here'

async function isNear(
  db: Queryable,
  entity: Entity,
  algorithm: KnownAlgorithm | undefined,
): Promise<boolean> {
  if (!algorithm?.owner) return algorithm !== undefined
  const above = await lineage(db, entity)
  return above.some(isSame(algorithm.owner)) || (await lineage(db, algorithm.owner)).some(isSame(entity))
}

export interface Warning {
  /** Dotted path in the configuration. */
  field: string
  message: string
}

/** What a resolved configuration names in vain. */
export async function warningsAbout(
  db: Queryable,
  catalogue: Catalogue,
  entity: Entity,
  { processing }: Pick<ResolvedConfig, 'processing'>,
): Promise<Warning[]> {
  const places = [
    ...(processing.algorithms ?? []).map((id) => ({ field: 'processing.algorithms', id })),
    ...Object.entries(processing.prefer).map(([name, id]) => ({ field: `processing.prefer.${name}`, id })),
  ]
  const known = await algorithmsFor(db, catalogue, entity, [...new Set(places.map(({ id }) => id))])
  return places.flatMap(({ field, id }) => {
    const found = known.get(id)
    if (!found) return [{ field, message: `${id} is not there any more` }]
    if (found.status === 'active') return []
    const instead = found.successor ? `; its successor is ${found.successor}` : ''
    return [{ field, message: `${id} is deprecated and does not run any more${instead}` }]
  })
}

/** What runs by default, without what is deprecated. */
export async function defaultAlgorithms(
  db: Queryable,
  catalogue: Catalogue,
  entity: Entity,
): Promise<string[]> {
  const ids = defaultAlgorithmIds(catalogue)
  const known = await algorithmsFor(db, catalogue, entity, ids)
  return ids.filter((id) => known.get(id)?.status === 'active')
}
