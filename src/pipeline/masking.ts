/** What `pii_v1` finds: `text` is how it stands in the turn. */
export interface Entity {
  text: string
  masked: string
}

/** Shorter ones stand in other words too. */
const SHORTEST_REPLACED = 3

/** What was found, told without telling it. */
export const maskedFinding = <Finding extends { entities: Entity[] }>(finding: Finding): Finding => ({
  ...finding,
  entities: finding.entities.map((entity) => ({ ...entity, text: entity.masked })),
})

/**
 * A result of an algorithm that read the unmasked transcript. Values that are an entity and nothing else are what
 * was asked for and stay; in quotes, summaries and other running text it is masked.
 */
export function withoutQuoted<Result>(result: Result, entities: Entity[]): Result {
  const longestFirst = entities
    .filter(({ text }) => text.length >= SHORTEST_REPLACED)
    .toSorted((one, other) => other.text.length - one.text.length)
  return longestFirst.length === 0 ? result : (conceal(result, longestFirst) as Result)
}

function conceal(value: unknown, entities: Entity[]): unknown {
  if (typeof value === 'string') return concealText(value, entities)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner) => conceal(inner, entities))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, conceal(inner, entities)]))
}

function concealText(text: string, entities: Entity[]): string {
  if (entities.some((entity) => entity.text === text.trim())) return text
  return entities.reduce((shown, entity) => shown.replaceAll(entity.text, entity.masked), text)
}
