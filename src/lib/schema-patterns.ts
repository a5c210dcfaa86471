const WITH_PATTERNS = ['pattern', 'patternProperties', 'propertyNames']
const LITERALS = ['const', 'enum', 'default', 'examples']
/** Here the keys are names that the author chose, whatever they look like. */
const NAMED = ['properties', '$defs', 'definitions', 'dependentSchemas']

/** A foreign regular expression may take for ever, so it is checked where that harms nobody, or not at all. */
export function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (!isObject(schema)) return schema
  const dropped = schema.patternProperties ? [...WITH_PATTERNS, 'additionalProperties'] : WITH_PATTERNS
  const kept = Object.entries(schema).filter(([key]) => !dropped.includes(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, cleanValue(key, value)]))
}

function cleanValue(key: string, value: unknown): unknown {
  if (LITERALS.includes(key)) return value
  if (!NAMED.includes(key) || !isObject(value)) return withoutPatterns(value)
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, withoutPatterns(schema)]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
