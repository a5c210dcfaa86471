import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Algorithm } from '../../core/algorithms/catalogue.ts'
import { layerVariables } from '../../core/algorithms/variables.ts'
import type { Actor, Entity } from '../../core/tenancy/actors.ts'
import { ownEntity } from '../../core/tenancy/tenants.ts'
import { notFound } from '../../lib/refusal.ts'
import { routes } from '../routes.ts'
import { NextCursor } from './present.ts'

const AlgorithmShape = z
  .object({
    algorithm_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    kind: z.enum(['analysis', 'evaluator', 'prompt']),
    version: z.string(),
    revision: z.int().meta({ description: "Grows with every change of its variables at the token's level" }),
    status: z.enum(['active', 'deprecated']),
    successor: z.string().nullable(),
    scope: z.enum(['global', 'partner', 'organization', 'workspace']),
    variables_schema: z.record(z.string(), z.unknown()),
    result_schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Algorithm', description: 'An algorithm that calls can be run through' })

const AlgorithmsShape = z
  .object({ algorithms: z.array(AlgorithmShape), next_cursor: NextCursor })
  .meta({ id: 'Algorithms', description: 'All algorithms that are available' })

export const algorithmParams = { algorithm_id: 'The id of an algorithm' }

export const algorithmRoutes = (app: App) =>
  routes<Actor>('Algorithms', '/algorithms')
    .get('', { summary: 'List algorithms', answers: { 200: AlgorithmsShape } }, async ({ actor }) => {
      const algorithms = [...app.catalogue().values()]
      const presented = algorithms.map((algorithm) => presentAlgorithm(app, algorithm, ownEntity(actor)))
      return { algorithms: await Promise.all(presented), next_cursor: null }
    })
    .get(
      '/:algorithm_id',
      { summary: 'Read an algorithm', params: algorithmParams, answers: { 200: AlgorithmShape } },
      ({ actor, params }) =>
        presentAlgorithm(app, requireAlgorithm(app, params.algorithm_id), ownEntity(actor)),
    )

export function requireAlgorithm(app: App, id: string): Algorithm {
  const algorithm = app.catalogue().get(id)
  if (!algorithm) throw notFound('Algorithm')
  return algorithm
}

async function presentAlgorithm(
  app: App,
  algorithm: Algorithm,
  entity: Entity | undefined,
): Promise<z.input<typeof AlgorithmShape>> {
  const { revision } = await layerVariables(app.db, entity, algorithm.id, {})
  return {
    algorithm_id: algorithm.id,
    name: algorithm.name,
    description: algorithm.description,
    kind: algorithm.kind,
    version: algorithm.version,
    revision,
    status: 'active',
    successor: null,
    scope: 'global',
    variables_schema: algorithm.variablesSchema as Record<string, unknown>,
    result_schema: algorithm.resultSchema as Record<string, unknown>,
  }
}
