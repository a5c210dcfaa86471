/** Keywords that servers with a strict mode refuse there. */
const UNSUPPORTED = ['allOf', 'not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else', 'oneOf']
const NAMED = ['properties', '$defs', 'definitions']

/** Strict mode demands that objects are closed and that all of their fields are required. */
export function allowsStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(allowsStrict)
  if (typeof schema !== 'object' || schema === null) return true
  const node = schema as Record<string, unknown>
  if (UNSUPPORTED.some((key) => Object.hasOwn(node, key)) || !isClosed(node)) return false
  return Object.entries(node).every(([key, value]) =>
    NAMED.includes(key) ? Object.values(value as object).every(allowsStrict) : allowsStrict(value),
  )
}

function isClosed({ type, properties, required, additionalProperties }: Record<string, unknown>): boolean {
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'))
  if (!isObject) return true
  const names = Object.keys((properties ?? {}) as object)
  return (
    additionalProperties === false &&
    names.every((name) => (required as string[] | undefined)?.includes(name))
  )
}
