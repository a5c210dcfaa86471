import { z } from 'zod'

type Json = Record<string, unknown>

/** JSON Schemas of one dialect for the document: named ones (`.meta({ id })`) are collected and referred to. */
export function schemaWriter(dialectName: string, components: Record<string, unknown>) {
  const collected = (name: string) => `${dialectName}${name.replace(/^__schema/, 'Part')}`

  return function write(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _,
      $defs,
      ...root
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: io === 'output' ? open : simplify,
    }) as Json
    for (const [name, definition] of Object.entries($defs ?? {}))
      components[collected(name)] = refer(definition)
    return refer(root) as Json
  }

  function refer(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(refer)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, key === '$ref' ? pointer(value) : refer(value)]),
    )
  }

  function pointer(reference: unknown): unknown {
    const name = /^#\/\$defs\/(.+)$/.exec(String(reference))?.[1]
    return name === undefined ? reference : `#/components/schemas/${collected(name)}`
  }
}

/** Leaves out what only repeats the type. */
function simplify({ jsonSchema }: { jsonSchema: Json }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
}

/** An answer may get further fields one day, so a client must not be told that there are none. */
function open(context: { jsonSchema: Json }): void {
  simplify(context)
  if (context.jsonSchema.additionalProperties === false) delete context.jsonSchema.additionalProperties
}
