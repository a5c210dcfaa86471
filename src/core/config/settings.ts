import type { z } from 'zod'

/** A key of the configuration: what it may be, and what holds where no level says anything. */
export type Setting<Schema extends z.ZodType, Fallback> = z.ZodOptional<Schema> & {
  readonly fallback: Fallback
}

/** What counts after inheritance: every key is there, as null where nothing says anything. */
export type ResolvedOf<T> = T extends { readonly fallback: infer Fallback } & z.ZodOptional<infer Schema>
  ? null extends Fallback
    ? z.output<Schema> | null
    : z.output<Schema>
  : T extends z.ZodOptional<infer Inner>
    ? ResolvedOf<Inner>
    : T extends z.ZodObject<infer Shape>
      ? { -readonly [Key in keyof Shape]: ResolvedOf<Shape[Key]> }
      : z.output<T>

const fallbacks = new WeakMap<z.ZodType, unknown>()

export function setting<Schema extends z.ZodType, Fallback extends z.output<Schema> | null>(
  schema: Schema,
  fallback: Fallback,
  description: string,
): Setting<Schema, Fallback> {
  const shown = fallback === null ? { description } : { description, default: fallback }
  const key = schema.optional().meta(shown)
  fallbacks.set(key, fallback)
  return key as Setting<Schema, Fallback>
}

/** The fall-back of every setting under a schema, in the form of a document. */
export function fallbacksOf<Schema extends z.ZodType>(schema: Schema): ResolvedOf<Schema> {
  return collect(schema) as ResolvedOf<Schema>
}

function collect(schema: z.ZodType): unknown {
  if (fallbacks.has(schema)) return structuredClone(fallbacks.get(schema))
  const inner = schema.type === 'optional' ? (schema as z.ZodOptional<z.ZodType>).unwrap() : schema
  if (inner.type !== 'object') throw new Error('A key of the configuration has no fall-back')
  const { shape } = inner as z.ZodObject<Record<string, z.ZodType>>
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, collect(value)]))
}
