import { schemaProblem } from '../lib/json-schema.ts'
import { z } from './contract.ts'
import type { CatalogueEntry, JsonSchema, Source } from './messages.ts'
import { carrierCallSchema, transcriptionSchema } from './transcription.ts'

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/
const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/
const MAX_SCHEMA = 256 * 1024
const MAX_TEXT = 2000

/** A plugin as the host calls it: read once at load, so that nothing of it can change under way. */
export interface LoadedPlugin {
  id: string
  /** Its file as stack traces name it; null for a shipped one. */
  path: string | null
  secrets: string[]
  options: z.ZodType
  result: z.ZodType | null
  /** The variable that holds the result's JSON Schema. */
  resultFrom: string | null
  verbs: Partial<Record<'analyze' | 'missing' | 'transcribe' | 'call' | 'hangUp', Verb>>
}

export type Verb = (...values: unknown[]) => unknown

export interface Described {
  entry: CatalogueEntry
  loaded: LoadedPlugin
}

/** Throws an error whose message tells the author what is wrong with the default export. */
export function describePlugin(source: Source, path: string | null, value: unknown): Described {
  const given = requirePlugin(value)
  const id = requireId(given.id)
  const shape = SHAPES[given.plugin as Kind]
  const options = requireSchema(given[shape.options], shape.options)
  const result = shape.result ?? requireSchema(given.result, 'result')
  const secrets = requireSecrets(given.secrets)
  const defaults = readDefaults(options, given.plugin as Kind)
  const resultFrom = requireResultFrom(given.result_from, defaults)
  const loaded = { id, path, secrets, options, result, resultFrom, verbs: readVerbs(given, shape) }
  return {
    loaded,
    entry: {
      ...blankEntry(source),
      plugin: given.plugin as Kind,
      id,
      version: requireText(given.version, 'version'),
      name: requireText(given.name, 'name'),
      description: typeof given.description === 'string' ? given.description.slice(0, MAX_TEXT) : '',
      kind: given.plugin === 'algorithm' ? requireKind(given.kind ?? 'analysis') : null,
      variables_schema: toInputSchema(options, shape.options),
      result_schema: toOutputSchema(result),
      result_from: resultFrom,
      defaults,
      secrets: loaded.secrets,
    },
  }
}

/** An entry that only says why there is no plugin. */
export function brokenEntry(source: Source, error: string, id?: string): CatalogueEntry {
  return {
    ...blankEntry(source),
    id: id ?? source.name,
    name: id ?? source.name,
    error: error.slice(0, MAX_TEXT),
  }
}

function blankEntry(source: Source): CatalogueEntry {
  return {
    source,
    file: source.shipped ? null : source.name,
    shipped: source.shipped,
    plugin: null,
    id: source.name,
    version: '',
    name: source.name,
    description: '',
    kind: null,
    variables_schema: null,
    result_schema: null,
    result_from: null,
    defaults: null,
    secrets: [],
    error: null,
  }
}

type Kind = 'algorithm' | 'transcriber' | 'carrier'
type Given = Record<string, unknown>

interface Shape {
  options: 'variables' | 'settings'
  /** Null when the plugin brings its own. */
  result: z.ZodType | null
  required: (keyof LoadedPlugin['verbs'])[]
  optional: (keyof LoadedPlugin['verbs'])[]
}

const SHAPES: Record<Kind, Shape> = {
  algorithm: { options: 'variables', result: null, required: ['analyze'], optional: [] },
  transcriber: {
    options: 'settings',
    result: transcriptionSchema,
    required: ['transcribe'],
    optional: ['missing'],
  },
  carrier: { options: 'settings', result: carrierCallSchema, required: ['call', 'hangUp'], optional: [] },
}

function requirePlugin(value: unknown): Given {
  const hint = 'its default export must come from defineAlgorithm, defineTranscriber or defineCarrier'
  if (typeof value !== 'object' || value === null) throw new Error(`The file exports no plugin: ${hint}.`)
  const given = { ...value } as Given
  if (!Object.hasOwn(SHAPES, String(given.plugin))) throw new Error(`The file exports no plugin: ${hint}.`)
  return given
}

function requireId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id)) return id
  throw new Error('«id» must be 1 to 100 letters, digits, «_», «-» or «.», beginning with a letter or digit.')
}

function requireText(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value
  throw new Error(`«${field}» must be a text of 1 to 200 characters.`)
}

function requireKind(kind: unknown) {
  if (kind === 'analysis' || kind === 'evaluator' || kind === 'prompt') return kind
  throw new Error('«kind» must be analysis, evaluator or prompt.')
}

function requireResultFrom(name: unknown, defaults: Record<string, unknown> | null): string | null {
  if (name === undefined) return null
  const schema = typeof name === 'string' ? defaults?.[name] : undefined
  const problem = schema === undefined ? 'it names no variable' : schemaProblem(schema)
  if (problem) throw new Error(`«result_from» must name a variable that holds a JSON Schema: ${problem}.`)
  return name as string
}

function requireSecrets(names: unknown): string[] {
  if (names === undefined) return []
  if (Array.isArray(names) && names.every((each) => typeof each === 'string' && SECRET_NAME.test(each)))
    return [...names]
  throw new Error('«secrets» must be a list of names made of letters, digits and «_».')
}

function requireSchema(value: unknown, field: string): z.ZodType {
  const schema = value as z.ZodType | undefined
  if (typeof schema?.safeParse === 'function' && '_zod' in schema) return schema
  throw new Error(`«${field}» must be a zod schema.`)
}

function readVerbs(given: Given, shape: Shape): LoadedPlugin['verbs'] {
  const verbs: LoadedPlugin['verbs'] = {}
  for (const name of [...shape.required, ...shape.optional]) {
    const verb = given[name]
    if (typeof verb === 'function') verbs[name] = verb.bind(given) as Verb
    else if (shape.required.includes(name)) throw new Error(`«${name}» must be a function.`)
  }
  return verbs
}

function readDefaults(options: z.ZodType, kind: Kind): Record<string, unknown> | null {
  const parsed = options.safeParse({})
  if (parsed.success) return toPlain(parsed.data)
  if (kind !== 'algorithm') return null
  const field = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new Error(`«variables» needs a default for every field; «${field}» has none.`)
}

function toPlain(value: unknown): Record<string, unknown> {
  const plain = JSON.parse(JSON.stringify(value ?? null)) as unknown
  if (typeof plain === 'object' && plain !== null && !Array.isArray(plain))
    return plain as Record<string, unknown>
  throw new Error('Variables and settings must be an object.')
}

/** Operators get unknown fields refused, so the schema says so; zod itself would drop them silently. */
function toInputSchema(schema: z.ZodType, field: string) {
  return toJsonSchema(schema, field, { io: 'input', override: closeObject })
}

const toOutputSchema = (schema: z.ZodType) => toJsonSchema(schema, 'result', { io: 'output' })

type SchemaOptions = NonNullable<Parameters<typeof z.toJSONSchema>[1]>

const closeObject: SchemaOptions['override'] = ({ zodSchema, jsonSchema }) => {
  const definition = zodSchema._zod.def
  if (definition.type === 'object' && !('catchall' in definition && definition.catchall))
    jsonSchema.additionalProperties = false
}

function toJsonSchema(schema: z.ZodType, field: string, options: SchemaOptions): JsonSchema {
  const text = writeSchema(schema, field, options)
  if (text.length > MAX_SCHEMA) throw new Error(`The schema of «${field}» is too large.`)
  const { $schema: _, ...rest } = JSON.parse(text) as JsonSchema
  return rest
}

function writeSchema(schema: z.ZodType, field: string, options: SchemaOptions): string {
  try {
    return JSON.stringify(z.toJSONSchema(schema, options))
  } catch (error) {
    throw new Error(
      `JSON Schema cannot express «${field}»: ${error instanceof Error ? error.message : 'unknown'}`,
    )
  }
}
