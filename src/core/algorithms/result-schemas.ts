import type { Queryable } from '../../db/db.ts'
import type { Sealer } from '../../lib/sealed.ts'
import { findAlgorithms } from './availability.ts'
import type { Algorithm, Catalogue } from './catalogue.ts'
import { resolveVariables } from './variables.ts'

/** The JSON Schema of an algorithm's results: its own, or what its variables say. */
export function resultSchemaFrom(
  { resultFrom, resultSchema, defaults }: Algorithm,
  variables: Record<string, unknown>,
): object {
  if (resultFrom === null) return resultSchema
  return (variables[resultFrom] ?? defaults[resultFrom] ?? resultSchema) as object
}

/** The same by id, with the variables of a workspace; undefined when there is no such algorithm any more. */
export async function findResultSchema(
  db: Queryable,
  sealer: Sealer,
  catalogue: Catalogue,
  workspaceId: number,
  algorithmId: string,
): Promise<object | undefined> {
  const algorithm = (await findAlgorithms(db, catalogue, [algorithmId])).get(algorithmId)
  if (!algorithm) return undefined
  const { variables } = await resolveVariables(db, sealer, workspaceId, algorithmId)
  return resultSchemaFrom(algorithm, variables)
}
