import { z } from 'zod'
import type { App } from '../../app.ts'
import { findAlgorithms, type KnownAlgorithm } from '../../core/algorithms/availability.ts'
import { copyAlgorithm, idInUse } from '../../core/algorithms/copies.ts'
import { deprecate, findMentions, type Mention, restore } from '../../core/algorithms/deprecations.ts'
import { unmaskSecrets } from '../../core/algorithms/secrets.ts'
import { layerVariables } from '../../core/algorithms/variables.ts'
import { mergePatch } from '../../core/config/merge.ts'
import { type Actor, type Entity, type EntityType, entityTypes } from '../../core/tenancy/actors.ts'
import { entityUuid, ownEntity, requireEntity } from '../../core/tenancy/tenants.ts'
import { isDuplicate } from '../../db/db.ts'
import { routes } from '../routes.ts'
import { invalidFields } from '../validation.ts'
import {
  AlgorithmShape,
  algorithmOf,
  algorithmParams,
  algorithmScopes,
  presentAlgorithm,
} from './algorithms.ts'
import { levelFor } from './levels.ts'
import { Uuid } from './present.ts'
import { CHECK_SECONDS, requireValid } from './variable-writes.ts'

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/

const CopyBody = z
  .object({
    algorithm_id: z
      .string()
      .regex(ID, 'Expected 1 to 100 letters, digits, `_`, `-` or `.`, beginning with a letter or digit')
      .meta({ description: 'Of the copy; unique in the installation' }),
    name: z.string().trim().min(1).max(200).nullish(),
    description: z.string().trim().max(2000).nullish(),
    scope: z
      .enum(algorithmScopes)
      .nullish()
      .meta({ description: "Whose it shall be; default the token's own" }),
    for: z
      .string()
      .min(1)
      .max(100)
      .nullish()
      .meta({ description: "UUID or slug of that tenant; default the token's own" }),
    variables: z
      .record(z.string(), z.unknown())
      .nullish()
      .meta({ description: 'Beside those of the original' }),
  })
  .meta({
    id: 'AlgorithmCopy',
    example: {
      algorithm_id: 'refund_check',
      name: 'Refund check',
      variables: { prompt: 'Was a refund promised?' },
    },
  })

const DeprecateBody = z
  .object({ successor: z.string().min(1).max(100).nullish() })
  .optional()
  .meta({ id: 'Deprecation', example: { successor: 'refund_check_2' } })

const DeprecatedShape = AlgorithmShape.extend({
  used_by: z
    .array(z.object({ level: z.enum(entityTypes), entity_id: Uuid, field: z.string() }))
    .meta({ description: 'Configuration that still names it; it has no effect there any more' }),
}).meta({ id: 'DeprecatedAlgorithm', description: 'It has no new runs; what ran stays' })

export const algorithmCopyRoutes = (app: App) =>
  routes<Actor>('Algorithms', '/algorithms')
    .post(
      '/:algorithm_id/copy',
      {
        summary: 'Copy an algorithm',
        description:
          'The copy does the same with variables of its own, which begin as those of the original.',
        params: algorithmParams,
        body: CopyBody,
        answers: { 201: AlgorithmShape },
        refusals: [409],
      },
      async ({ actor, params, body, arrival }) => {
        const original = await algorithmOf(app, actor, params)
        const asked = await body()
        arrival.allowSilence(CHECK_SECONDS)
        await copy(app, actor, original, asked)
        return presentAlgorithm(app, actor, await algorithmOf(app, actor, asked))
      },
    )
    .post(
      '/:algorithm_id/deprecate',
      {
        summary: 'Deprecate an algorithm',
        description:
          'No new runs; configuration that names it is listed in the answer, and its results stay.',
        params: algorithmParams,
        body: DeprecateBody,
        answers: { 200: DeprecatedShape },
      },
      async ({ actor, params, body }) => {
        const algorithm = await algorithmOf(app, actor, params)
        const { successor = null } = (await body()) ?? {}
        const catalogue = app.catalogue()
        await app.db.tx((tx) => deprecate(tx, catalogue, actor, algorithm, successor))
        const shown = await presentAlgorithm(app, actor, await algorithmOf(app, actor, params))
        const mentions = await findMentions(app.db, actor, algorithm.id)
        return {
          ...shown,
          used_by: await Promise.all(mentions.map((mention) => presentMention(app, mention))),
        }
      },
    )
    .post(
      '/:algorithm_id/restore',
      {
        summary: 'Restore a deprecated algorithm',
        params: algorithmParams,
        answers: { 200: AlgorithmShape },
      },
      async ({ actor, params }) => {
        const algorithm = await algorithmOf(app, actor, params)
        await app.db.tx((tx) => restore(tx, actor, algorithm))
        return presentAlgorithm(app, actor, await algorithmOf(app, actor, params))
      },
    )

async function copy(app: App, actor: Actor, original: KnownAlgorithm, asked: z.output<typeof CopyBody>) {
  const { algorithm_id: algorithmId, name = null, description = null } = asked
  const owner = await ownerOf(app, actor, asked)
  if (await isTaken(app, algorithmId)) throw idInUse()
  const variables = await startingVariables(app, actor, original, owner, asked.variables ?? {})
  await requireValid(app, original, variables)
  const wanted = { algorithmId, name, description, owner, variables }
  await app.db
    .tx((tx) => copyAlgorithm(tx, app.sealer, actor, original, wanted))
    .catch((error: unknown) => {
      throw isDuplicate(error) ? idInUse() : error
    })
}

/** Also of what is no algorithm, and of what could not be loaded this time. */
async function isTaken({ db, plugins, catalogue }: App, id: string): Promise<boolean> {
  if (plugins.catalogue().some((entry) => entry.id === id)) return true
  return (await findAlgorithms(db, catalogue(), [id])).has(id)
}

async function ownerOf(
  app: App,
  actor: Actor,
  { scope, for: named }: z.output<typeof CopyBody>,
): Promise<Entity | null> {
  const own = ownEntity(actor)
  const wanted = scope ?? own?.type ?? 'global'
  if (wanted === 'global') {
    if (own) throw scopeTooWide()
    return null
  }
  if (own && entityTypes.indexOf(wanted) < entityTypes.indexOf(own.type)) throw scopeTooWide()
  if (named != null) return requireEntity(app.db, actor, wanted, named)
  if (own?.type === wanted) return own
  throw tenantNeeded(wanted)
}

const scopeTooWide = () => invalidFields([{ field: 'scope', message: 'Wider than the token' }])

const tenantNeeded = (type: EntityType) =>
  invalidFields([{ field: 'for', message: `Say which ${type}: the token is wider than one` }])

/** Those of the original as they count for the new owner, or where the token is when that is nearer. */
async function startingVariables(
  app: App,
  actor: Actor,
  original: KnownAlgorithm,
  owner: Entity | null,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const level = owner ?? (await levelFor(app, actor, original, undefined))
  const { variables } = await layerVariables(app.db, app.sealer, level, original.id, {})
  const patch = unmaskSecrets(original.variablesSchema, given, [variables])
  return mergePatch(variables, patch) as Record<string, unknown>
}

const presentMention = async ({ db }: App, { entity, field }: Mention) => ({
  level: entity.type,
  entity_id: await entityUuid(db, entity),
  field,
})
