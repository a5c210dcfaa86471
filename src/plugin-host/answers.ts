import Ajv, { type ValidateFunction } from 'ajv/dist/2020'
import type { FieldError } from '../lib/refusal.ts'
import type { Transcription } from './contract.ts'
import {
  type Answer,
  type CatalogueEntry,
  type Failure,
  type FailureCode,
  type JsonSchema,
  type LogLine,
  MAX_RESULT_BYTES,
  type Method,
} from './messages.ts'
import { findTimeFault } from './transcription.ts'

const MAX_CACHED = 500
const WITHOUT_SCHEMA = new Set<Method>(['check', 'hang_up'])

export type Read = { result: unknown; failure?: undefined } | { failure: Failure }

/** The server's own check of what hosts answer: they run foreign code and are not trusted. */
export function createAnswers() {
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, addUsedSchema: false })
  const thorough = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: true })
  const byEntry = new WeakMap<CatalogueEntry, ValidateFunction>()
  const byText = new Map<string, ValidateFunction>()

  function read(entry: CatalogueEntry, method: Method, text: string): Read {
    if (text.length > MAX_RESULT_BYTES) return bad('it is larger than 8 MB')
    const result = parse(text)
    if (result === undefined) return bad('it is not JSON')
    if (WITHOUT_SCHEMA.has(method)) return { result }
    const check = validatorOf(entry)
    if (!check(result)) return bad(`${place(check)} ${check.errors?.[0]?.message ?? 'does not fit'}`)
    const fault = entry.plugin === 'transcriber' ? findTimeFault(result as Transcription) : undefined
    return fault ? bad(fault) : { result }
  }

  function validatorOf(entry: CatalogueEntry): ValidateFunction {
    const known = byEntry.get(entry)
    if (known) return known
    const check = compile(entry.result_schema ?? {})
    byEntry.set(entry, check)
    return check
  }

  /** Many reloads bring the same schemas again; compiling one takes milliseconds. */
  function compile(schema: JsonSchema): ValidateFunction {
    const text = JSON.stringify(schema)
    const known = byText.get(text)
    if (known) return known
    if (byText.size >= MAX_CACHED) byText.clear()
    const check = ajv.compile(withoutPatterns(schema) as JsonSchema)
    byText.set(text, check)
    return check
  }

  /** Problems that zod keeps quiet about, above all unknown fields. */
  function findProblems(entry: CatalogueEntry, variables: unknown): FieldError[] {
    const check = thorough.compile(withoutPatterns(entry.variables_schema ?? {}) as JsonSchema)
    check(variables)
    return (check.errors ?? [])
      .filter((error) => error.keyword === 'additionalProperties')
      .map((error) => ({
        field: [...steps(error.instancePath), String(error.params.additionalProperty)].join('.'),
        message: 'is not known',
      }))
  }

  return { read, validatorOf, findProblems }
}

export type Answers = ReturnType<typeof createAnswers>

/** Nothing of an answer is believed before this: a host may send anything. */
export function isAnswer(value: unknown): value is Answer {
  const answer = value as Answer | null
  if (typeof answer !== 'object' || answer === null || !Number.isInteger(answer.run)) return false
  if (!Number.isFinite(answer.ms) || !Number.isFinite(answer.at)) return false
  if (answer.logs !== undefined && !(Array.isArray(answer.logs) && answer.logs.every(isLine))) return false
  return answer.skipped === true || typeof answer.result === 'string' || isFailure(answer.failure)
}

const isFailure = (failure: Failure | undefined) =>
  CODES.has(failure?.code as FailureCode) &&
  typeof failure?.message === 'string' &&
  failure.message.length < LONGEST

function isLine(line: LogLine | null): boolean {
  if (typeof line?.message !== 'string' || line.message.length > LONGEST) return false
  return Number.isFinite(line.time) && LEVELS.has(line.level)
}

const LONGEST = 10_000
const LEVELS = new Set(['debug', 'info', 'warn'])
/** Those that a host itself may report. */
const CODES = new Set<FailureCode>([
  'plugin_error',
  'plugin_memory',
  'plugin_bad_result',
  'plugin_output',
  'plugin_unavailable',
  'bad_variables',
])

function bad(problem: string): Read {
  return {
    failure: {
      code: 'plugin_bad_result',
      message: `The plugin's answer does not fit its schema: ${problem}.`,
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const steps = (pointer: string) => pointer.split('/').slice(1)

const place = (check: ValidateFunction) => steps(check.errors?.[0]?.instancePath ?? '').join('.') || 'result'

/** A plugin's regular expressions run in its own process only: one of them may take for ever. */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (!isObject(schema)) return schema
  const dropped = schema.patternProperties ? [...WITH_PATTERNS, 'additionalProperties'] : WITH_PATTERNS
  const kept = Object.entries(schema).filter(([key]) => !dropped.includes(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, cleanValue(key, value)]))
}

const WITH_PATTERNS = ['pattern', 'patternProperties', 'propertyNames']
const LITERALS = ['const', 'enum', 'default', 'examples']
/** Here the keys are names that the plugin chose, whatever they look like. */
const NAMED = ['properties', '$defs', 'definitions']

function cleanValue(key: string, value: unknown): unknown {
  if (LITERALS.includes(key)) return value
  if (!NAMED.includes(key) || !isObject(value)) return withoutPatterns(value)
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, withoutPatterns(schema)]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
