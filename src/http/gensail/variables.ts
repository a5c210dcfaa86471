import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Algorithm } from '../../core/algorithms/catalogue.ts'
import { layerVariables, patchVariables } from '../../core/algorithms/variables.ts'
import type { Actor, Entity } from '../../core/tenancy/actors.ts'
import { ownEntity, requireWorkspace } from '../../core/tenancy/tenants.ts'
import { Refusal } from '../../lib/refusal.ts'
import { routes } from '../routes.ts'
import { invalidFields } from '../validation.ts'
import { algorithmParams as params, requireAlgorithm } from './algorithms.ts'
import { expectedRevision, revisionTag } from './etags.ts'

/** How often a change is tried anew when another one came between its check and its commit. */
const MAX_TRIES = 5
/** A plugin may take its time to look at its variables, or to start first. */
const CHECK_SECONDS = 60

const VariablesShape = z
  .object({
    algorithm_id: z.string(),
    revision: z.int(),
    variables: z.record(z.string(), z.unknown()),
    schema: z.record(z.string(), z.unknown()),
    provenance: z.record(z.string(), z.string()).meta({ description: 'The level that sets each variable' }),
  })
  .meta({ id: 'Variables', description: 'What counts at this level, inherited values included' })

const VariablesBody = z
  .strictObject({ variables: z.record(z.string(), z.unknown()) })
  .meta({ id: 'VariablesChange', example: { variables: { competitors: [{ name: 'Acme', aliases: [] }] } } })

const LevelQuery = z.object({
  workspace_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "UUID or slug of a workspace below; default the token's own level" }),
})

export const variableRoutes = (app: App) =>
  routes<Actor>('Algorithms', '/algorithms')
    .get(
      '/:algorithm_id/variables',
      {
        summary: "Read an algorithm's variables",
        params,
        query: LevelQuery,
        answers: { 200: VariablesShape },
      },
      async ({ actor, params, query, headers }) => {
        const algorithm = requireAlgorithm(app, params.algorithm_id)
        const shown = await presentVariables(app, algorithm, await levelOf(app, actor, query().workspace_id))
        headers.etag = revisionTag(shown.revision)
        return shown
      },
    )
    .patch(
      '/:algorithm_id/variables',
      {
        summary: "Change an algorithm's variables",
        description: 'Merges (RFC 7396): objects merge, null removes what this level sets.',
        params,
        query: LevelQuery,
        headers: { 'if-match': 'The `etag` that was read; 412 when it is no longer that' },
        body: VariablesBody,
        answers: { 200: VariablesShape },
        refusals: [412],
      },
      async ({ actor, params, query, body, request, headers, arrival }) => {
        const algorithm = requireAlgorithm(app, params.algorithm_id)
        const entity = await levelOf(app, actor, query().workspace_id)
        const { variables } = await body()
        if (!entity) throw levelNeeded()
        arrival.allowSilence(CHECK_SECONDS)
        await change(app, actor, entity, algorithm.id, variables, expectedRevision(request))
        const shown = await presentVariables(app, algorithm, entity)
        headers.etag = revisionTag(shown.revision)
        return shown
      },
    )

async function levelOf(app: App, actor: Actor, workspace: string | undefined): Promise<Entity | undefined> {
  if (workspace === undefined) return ownEntity(actor)
  return { type: 'workspace', id: (await requireWorkspace(app.db, actor, workspace)).id }
}

const levelNeeded = () =>
  invalidFields([
    { field: 'workspace_id', message: 'Required with a platform token, which has no variables' },
  ])

/** Checked outside the transaction, since the plugin is asked; the commit makes sure that nothing changed meanwhile. */
async function change(
  app: App,
  actor: Actor,
  entity: Entity,
  id: string,
  patch: object,
  wanted: number | undefined,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const next = await layerVariables(app.db, entity, id, {}, patch)
    await requireValid(app, id, next.variables)
    try {
      return await app.db.tx((tx) => patchVariables(tx, actor, entity, id, patch, wanted ?? next.revision))
    } catch (error) {
      const isStale = error instanceof Refusal && error.details.reason === 'stale'
      if (!isStale || wanted !== undefined || tries === MAX_TRIES) throw error
    }
  }
}

async function requireValid(app: App, id: string, variables: Record<string, unknown>): Promise<void> {
  const { valid, problems } = await app.plugins.validateVariables(id, variables)
  if (valid) return
  throw invalidFields(
    problems.map(({ field, message }) => ({ field: field ? `variables.${field}` : 'variables', message })),
  )
}

async function presentVariables(app: App, { id, variablesSchema }: Algorithm, entity: Entity | undefined) {
  const defaults = app.plugins.catalogue().find((entry) => entry.id === id)?.defaults ?? {}
  const { variables, revision, provenance } = await layerVariables(app.db, entity, id, defaults)
  return { algorithm_id: id, revision, variables, schema: variablesSchema, provenance }
}
