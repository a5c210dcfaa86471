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
}

/** The algorithms that are loaded now; plugins come and go, so callers pass it in. */
export type Catalogue = ReadonlyMap<string, Algorithm>

/** What runs where neither configuration nor submission names algorithms. */
export const defaultAlgorithmIds = (catalogue: Catalogue): string[] =>
  [...catalogue.values()].filter(({ shipped, kind }) => shipped && kind === 'analysis').map(({ id }) => id)

/** Python's list notation is what the Gensail document shows, and no other surface has a text for it. */
export function requireAvailable(catalogue: Catalogue, ids: string[]): void {
  const unknown = ids.filter((id) => !catalogue.has(id))
  if (unknown.length === 0) return
  const listed = unknown.map((id) => `'${id.replaceAll("'", '')}'`).join(', ')
  throw new Refusal('invalid', `Algorithms not available: [${listed}]`, { reason: 'unavailable' })
}
