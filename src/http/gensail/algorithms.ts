import { z } from 'zod'
import type { App } from '../../app.ts'
import {
  algorithmsSeenBy,
  allAlgorithmsFor,
  type KnownAlgorithm,
  requireAlgorithm,
} from '../../core/algorithms/availability.ts'
import { resultSchemaFrom } from '../../core/algorithms/result-schemas.ts'
import { layerVariables } from '../../core/algorithms/variables.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { requireWorkspace } from '../../core/tenancy/tenants.ts'
import { routes } from '../routes.ts'
import { levelFor } from './levels.ts'
import { cursor, cursors, limit, pageOf } from './pages.ts'
import { NextCursor } from './present.ts'

const LIST_LIMIT = 100

const kinds = ['analysis', 'evaluator', 'prompt'] as const
const algorithmStatuses = ['active', 'deprecated'] as const
export const algorithmScopes = ['global', 'partner', 'organization', 'workspace'] as const

export const AlgorithmShape = z
  .object({
    algorithm_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    kind: z.enum(kinds),
    version: z.string(),
    revision: z.int().meta({ description: "Grows with every change of its variables at the token's level" }),
    status: z.enum(algorithmStatuses).meta({ description: 'A deprecated one has no new runs' }),
    successor: z.string().nullable(),
    scope: z.enum(algorithmScopes).meta({ description: 'Whose it is; a global one is for everybody' }),
    copy_of: z.string().nullable().meta({ description: 'The algorithm that does the work of a copy' }),
    variables_schema: z.record(z.string(), z.unknown()),
    result_schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Algorithm', description: 'An algorithm that calls can be run through' })

const AlgorithmsShape = z
  .object({ algorithms: z.array(AlgorithmShape), next_cursor: NextCursor })
  .meta({ id: 'Algorithms', description: "What the token's workspaces may use" })

const ListQuery = z.object({
  scope: z.enum(algorithmScopes).optional(),
  status: z.enum(algorithmStatuses).optional(),
  kind: z.enum(kinds).optional(),
  workspace_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'UUID or slug: only what that workspace may use' }),
  limit: limit(LIST_LIMIT),
  cursor,
})

export const algorithmParams = { algorithm_id: 'The id of an algorithm' }

export const algorithmRoutes = (app: App) =>
  routes<Actor>('Algorithms', '/algorithms')
    .get(
      '',
      {
        summary: 'List algorithms',
        description: 'What is there for everybody, then the copies, oldest first.',
        query: ListQuery,
        answers: { 200: AlgorithmsShape },
        refusals: [403, 404],
      },
      async ({ actor, query }) => {
        const { limit, cursor, workspace_id, ...filter } = query()
        const position = cursors(app, 'algorithms', actor, { ...filter, workspace_id })
        const found = (await list(app, actor, workspace_id)).filter((each) => fits(each, filter))
        const numbered = found.map((algorithm, at) => ({ id: at + 1, algorithm }))
        const { page, nextAfter } = pageOf(numbered, limit, position.read(cursor))
        const shown = page.map(({ algorithm }) => presentAlgorithm(app, actor, algorithm, workspace_id))
        return { algorithms: await Promise.all(shown), next_cursor: position.write(nextAfter) }
      },
    )
    .get(
      '/:algorithm_id',
      { summary: 'Read an algorithm', params: algorithmParams, answers: { 200: AlgorithmShape } },
      async ({ actor, params }) => presentAlgorithm(app, actor, await algorithmOf(app, actor, params)),
    )

export const algorithmOf = (app: App, actor: Actor, { algorithm_id }: { algorithm_id: string }) =>
  requireAlgorithm(app.db, app.catalogue(), actor, algorithm_id)

async function list(app: App, actor: Actor, workspace: string | undefined): Promise<KnownAlgorithm[]> {
  if (workspace === undefined) return algorithmsSeenBy(app.db, app.catalogue(), actor)
  const { id } = await requireWorkspace(app.db, actor, workspace)
  return allAlgorithmsFor(app.db, app.catalogue(), { type: 'workspace', id })
}

const scopeOf = ({ owner }: KnownAlgorithm) => owner?.type ?? ('global' as const)

function fits(
  algorithm: KnownAlgorithm,
  wanted: { scope?: string; status?: string; kind?: string },
): boolean {
  const { scope = scopeOf(algorithm), status = algorithm.status, kind = algorithm.kind } = wanted
  return scope === scopeOf(algorithm) && status === algorithm.status && kind === algorithm.kind
}

export async function presentAlgorithm(
  app: App,
  actor: Actor,
  algorithm: KnownAlgorithm,
  workspace?: string,
): Promise<z.input<typeof AlgorithmShape>> {
  const level = await levelFor(app, actor, algorithm, workspace)
  const { revision, variables } = await layerVariables(app.db, app.sealer, level, algorithm.id, {})
  return {
    algorithm_id: algorithm.id,
    name: algorithm.name,
    description: algorithm.description,
    kind: algorithm.kind,
    version: algorithm.version,
    revision,
    status: algorithm.status,
    successor: algorithm.successor,
    scope: scopeOf(algorithm),
    copy_of: algorithm.baseId === algorithm.id ? null : algorithm.baseId,
    variables_schema: algorithm.variablesSchema as Record<string, unknown>,
    result_schema: resultSchemaFrom(algorithm, variables) as Record<string, unknown>,
  }
}
