import type { ValidateFunction } from 'ajv'
import { withoutPatterns } from '../lib/schema-patterns.ts'

const MAX_CACHED = 100
const MAX_TOLD = 8

export type Validate = (value: unknown) => string[]

type Compile = (schema: object) => ValidateFunction

let compiler: Promise<Compile> | undefined
const known = new Map<string, Promise<Validate>>()

/** Says what is wrong with a value, each fault with its place; loaded when a model is asked for the first time. */
export function validatorOf(schema: object): Promise<Validate> {
  const text = JSON.stringify(schema)
  const found = known.get(text)
  if (found) return found
  if (known.size >= MAX_CACHED) known.clear()
  const made = make(schema)
  known.set(text, made)
  return made
}

async function make(schema: object): Promise<Validate> {
  compiler ??= loadCompiler()
  const check = (await compiler)(withoutPatterns(schema) as object)
  return (value) => (check(value) ? [] : (check.errors ?? []).slice(0, MAX_TOLD).map(explain))
}

async function loadCompiler(): Promise<Compile> {
  const [{ default: Ajv }, { default: addFormats }] = await Promise.all([
    import('ajv/dist/2020'),
    import('ajv-formats'),
  ])
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    allErrors: true,
    logger: false,
  })
  addFormats(ajv, { mode: 'fast' })
  return (schema) => ajv.compile(schema)
}

function explain({ instancePath, keyword, params, message = 'does not fit' }: Fault): string {
  const place = instancePath.slice(1).replaceAll('/', '.') || 'the answer'
  if (keyword === 'enum') return `${place} must be one of ${JSON.stringify(params.allowedValues)}`
  if (keyword === 'additionalProperties') return `${place} must not have "${params.additionalProperty}"`
  return `${place} ${message}`
}

type Fault = NonNullable<ValidateFunction['errors']>[number]
