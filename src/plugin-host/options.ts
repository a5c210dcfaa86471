import { schemaProblem } from '../lib/json-schema.ts'
import type { FieldError } from '../lib/refusal.ts'
import type { LoadedPlugin } from './describe.ts'

export interface OptionsCheck {
  valid: boolean
  /** The variables or settings with the defaults filled in; null when they do not fit. */
  value: Record<string, unknown> | null
  problems: FieldError[]
  /** A transcriber's sentence about what it still needs to run. */
  missing: string | null
}

/** JSON text, like every answer of a host. */
export function checkOptions(plugin: LoadedPlugin, given: unknown): string {
  const parsed = plugin.options.safeParse(given ?? {})
  if (!parsed.success) return JSON.stringify(refused(parsed.error.issues))
  const field = plugin.resultFrom
  const problem = field && schemaProblem((parsed.data as Record<string, unknown>)[field])
  if (problem) return JSON.stringify(refused([{ path: [field], message: problem }]))
  const missing = plugin.verbs.missing?.(parsed.data)
  const check: OptionsCheck = {
    valid: true,
    value: parsed.data as Record<string, unknown>,
    problems: [],
    missing: typeof missing === 'string' && missing !== '' ? missing : null,
  }
  return JSON.stringify(check)
}

function refused(issues: { path: PropertyKey[]; message: string }[]): OptionsCheck {
  const problems = issues
    .slice(0, 50)
    .map(({ path, message }) => ({ field: path.map(String).join('.'), message }))
  return { valid: false, value: null, problems, missing: null }
}
