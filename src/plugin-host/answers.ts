import Ajv, { type ValidateFunction } from 'ajv/dist/2020'
import type { FieldError } from '../lib/refusal.ts'
import { withoutPatterns } from '../lib/schema-patterns.ts'
import type { Transcription } from './contract.ts'
import { describeError } from './errors.ts'
import {
  type Answer,
  type CatalogueEntry,
  type Failure,
  type FailureCode,
  type JsonSchema,
  type LogLine,
  MAX_RESULT_BYTES,
  type Method,
  type RunUsage,
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

  /** `variables` are those of the run, as far as they were set. */
  function read(entry: CatalogueEntry, method: Method, text: string, variables?: unknown): Read {
    if (text.length > MAX_RESULT_BYTES) return bad('it is larger than 8 MB')
    const result = parse(text)
    if (result === undefined) return bad('it is not JSON')
    if (WITHOUT_SCHEMA.has(method)) return { result }
    const check = validatorOf(entry)
    if (!check(result)) return bad(`${place(check)} ${check.errors?.[0]?.message ?? 'does not fit'}`)
    const own = ownSchema(entry, variables)
    const misfit = own && misfitOf(own, result)
    if (misfit) return bad(misfit)
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

  function misfitOf(schema: JsonSchema, result: unknown): string | undefined {
    try {
      const check = compile(schema)
      return check(result) ? undefined : `${place(check)} ${check.errors?.[0]?.message ?? 'does not fit'}`
    } catch (error) {
      return `its schema cannot be used (${describeError(error)})`
    }
  }

  /** Why the result's schema among these variables cannot be used. */
  function findSchemaProblem(entry: CatalogueEntry, variables: unknown): string | undefined {
    try {
      const schema = ownSchema(entry, variables)
      if (schema) compile(schema)
      return undefined
    } catch (error) {
      return describeError(error)
    }
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

  return { read, validatorOf, findProblems, findSchemaProblem }
}

export type Answers = ReturnType<typeof createAnswers>

/** The schema that the result must fit besides the plugin's own: it stands in one of the variables. */
function ownSchema({ result_from, defaults }: CatalogueEntry, variables: unknown): JsonSchema | undefined {
  if (result_from === null) return undefined
  const set = (variables ?? {}) as Record<string, unknown>
  return (set[result_from] ?? defaults?.[result_from]) as JsonSchema | undefined
}

/** Nothing of an answer is believed before this: a host may send anything. */
export function isAnswer(value: unknown): value is Answer {
  const answer = value as Answer | null
  if (typeof answer !== 'object' || answer === null || !Number.isInteger(answer.run)) return false
  if (!Number.isFinite(answer.ms) || !Number.isFinite(answer.at)) return false
  if (answer.logs !== undefined && !(Array.isArray(answer.logs) && answer.logs.every(isLine))) return false
  if (answer.usage !== undefined && !isUsage(answer.usage)) return false
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

function isUsage(usage: RunUsage | null): boolean {
  if (typeof usage?.model !== 'string' || usage.model.length > LONGEST) return false
  const counts = [usage.calls, usage.input_tokens, usage.output_tokens, usage.total_tokens, usage.cost ?? 0]
  return counts.every((count) => Number.isFinite(count) && count >= 0)
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
  'model_not_configured',
  'model_unavailable',
  'model_bad_answer',
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
