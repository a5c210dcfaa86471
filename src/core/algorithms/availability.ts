import type { Queryable } from '../../db/db.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import { remembered } from '../config/memory.ts'
import type { Actor, Entity } from '../tenancy/actors.ts'
import { lineage, mayUseEntity, ownEntity } from '../tenancy/tenants.ts'
import { type Algorithm, type Catalogue, notAvailable } from './catalogue.ts'
import {
  allDeprecations,
  type Copy,
  copiesAlong,
  copiesSeenBy,
  type Deprecation,
  findCopies,
  findDeprecations,
} from './copies.sql.ts'

/** A loaded algorithm, or a copy of one with the copy's own id and name. */
export interface KnownAlgorithm extends Algorithm {
  /** The plugin that does the work. */
  baseId: string
  /** Null when it is everybody's. */
  owner: Entity | null
  status: 'active' | 'deprecated'
  successor: string | null
}

/** The algorithms with these ids that there are for anybody, with copies whose plugin is gone left out. */
export async function findAlgorithms(
  db: Queryable,
  catalogue: Catalogue,
  ids: string[],
): Promise<Map<string, KnownAlgorithm>> {
  const { copies, deprecations } = await changesOf(db, JSON.stringify(ids))
  const found = new Map<string, KnownAlgorithm>()
  for (const id of ids) {
    const known = fromCopy(catalogue, copies.get(id), deprecations) ?? fromPlugin(catalogue, id, deprecations)
    if (known) found.set(id, known)
  }
  return found
}

/** What tenants have made of the algorithms with these ids (JSON). */
const changesOf = remembered(async (db, key: string) => {
  const ids = JSON.parse(key) as string[]
  return {
    copies: new Map((await findCopies(db, ids)).map((copy) => [copy.algorithmId, copy])),
    deprecations: byId(await findDeprecations(db, ids)),
  }
})

/** What may run for a tenant, copies included; the deprecated ones come too and say so. */
export async function algorithmsFor(
  db: Queryable,
  catalogue: Catalogue,
  entity: Entity,
  ids: string[],
): Promise<Map<string, KnownAlgorithm>> {
  const found = await findAlgorithms(db, catalogue, ids)
  const owned = [...found.values()].some(({ owner }) => owner !== null)
  const line = owned ? await lineage(db, entity) : []
  for (const [id, { owner }] of found) if (owner && !line.some(isSame(owner))) found.delete(id)
  return found
}

/** Everything that an actor may see: for everybody, at or above its own level, and below. */
export async function algorithmsSeenBy(
  db: Queryable,
  catalogue: Catalogue,
  actor: Actor,
): Promise<KnownAlgorithm[]> {
  const own = ownEntity(actor)
  return combine(db, catalogue, await copiesSeenBy(db, actor, own ? await lineage(db, own) : []))
}

/** Everything that one tenant may use. */
export async function allAlgorithmsFor(
  db: Queryable,
  catalogue: Catalogue,
  entity: Entity,
): Promise<KnownAlgorithm[]> {
  return combine(db, catalogue, await copiesAlong(db, await lineage(db, entity)))
}

async function combine(db: Queryable, catalogue: Catalogue, copies: Copy[]): Promise<KnownAlgorithm[]> {
  const deprecations = byId(await allDeprecations(db))
  const taken = new Set(copies.map(({ algorithmId }) => algorithmId))
  const loaded = [...catalogue.keys()].filter((id) => !taken.has(id)).sort()
  return [
    ...loaded.map((id) => fromPlugin(catalogue, id, deprecations)),
    ...copies.map((copy) => fromCopy(catalogue, copy, deprecations)),
  ].filter((algorithm) => algorithm !== undefined)
}

/** The one that the path names. One that exists outside the actor's tenants is forbidden, not missing. */
export async function requireAlgorithm(
  db: Queryable,
  catalogue: Catalogue,
  actor: Actor,
  id: string,
): Promise<KnownAlgorithm> {
  const found = (await findAlgorithms(db, catalogue, [id])).get(id)
  if (!found) throw notFound('Algorithm')
  if (found.owner && !(await maySee(db, actor, found.owner)))
    throw new Refusal('forbidden', 'This token has no access to that algorithm')
  return found
}

async function maySee(db: Queryable, actor: Actor, owner: Entity): Promise<boolean> {
  if (await mayUseEntity(db, actor, owner)) return true
  const own = ownEntity(actor)
  return own !== undefined && (await lineage(db, own)).some(isSame(owner))
}

/** The one check for submissions, runs on demand and configuration. `kept` are named already and may stay. */
export async function requireAvailable(
  db: Queryable,
  catalogue: Catalogue,
  entity: Entity,
  ids: string[],
  kept: string[] = [],
): Promise<Map<string, KnownAlgorithm>> {
  const found = await algorithmsFor(db, catalogue, entity, ids)
  const missing = ids.filter((id) => !kept.includes(id) && found.get(id)?.status !== 'active')
  if (missing.length > 0) throw notAvailable(missing)
  return found
}

function fromPlugin(catalogue: Catalogue, id: string, deprecations: Map<string, Deprecation>) {
  const algorithm = catalogue.get(id)
  return algorithm && { ...algorithm, baseId: id, owner: null, ...statusOf(id, deprecations) }
}

function fromCopy(catalogue: Catalogue, copy: Copy | undefined, deprecations: Map<string, Deprecation>) {
  const base = copy && catalogue.get(copy.baseId)
  if (!base) return undefined
  const { algorithmId: id, name, ownerType, ownerId } = copy
  return {
    ...base,
    id,
    name,
    description: copy.description ?? base.description,
    baseId: base.id,
    owner: ownerType === null ? null : { type: ownerType, id: ownerId! },
    ...statusOf(id, deprecations),
  }
}

function statusOf(id: string, deprecations: Map<string, Deprecation>) {
  const deprecation = deprecations.get(id)
  const status: KnownAlgorithm['status'] = deprecation ? 'deprecated' : 'active'
  return { status, successor: deprecation?.successor ?? null }
}

const byId = (deprecations: Deprecation[]) => new Map(deprecations.map((each) => [each.algorithmId, each]))

export const isSame = (one: Entity) => (other: Entity) => one.type === other.type && one.id === other.id
