import { Refusal } from '../../lib/refusal.ts'

export interface Algorithm {
  id: string
  version: string
  name: string
  description: string | null
  kind: 'analysis' | 'evaluator' | 'prompt'
  shipped: boolean
  variablesSchema: object
  resultSchema: object
  /** Of its variables. */
  defaults: Record<string, unknown>
  /** The variable that holds the result's JSON Schema, where that is the operator's to say. */
  resultFrom: string | null
}

/** The algorithms that are loaded now; plugins come and go, so callers pass it in. */
export type Catalogue = ReadonlyMap<string, Algorithm>

/** What runs where neither configuration nor submission names algorithms, unless it is deprecated. */
export const defaultAlgorithmIds = (catalogue: Catalogue): string[] =>
  [...catalogue.values()].filter(({ shipped, kind }) => shipped && kind === 'analysis').map(({ id }) => id)

/** Python's list notation is what the Gensail document shows, and no other surface has a text for it. */
export function notAvailable(ids: string[]): Refusal {
  const listed = ids.map((id) => `'${id.replaceAll("'", '')}'`).join(', ')
  return new Refusal('invalid', `Algorithms not available: [${listed}]`, { reason: 'unavailable' })
}
