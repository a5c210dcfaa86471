import type { z } from 'zod'
import { type FieldError, Refusal } from '../lib/refusal.ts'

type Issue = z.core.$ZodIssue

const MAX_ERRORS = 20
const MAX_SEGMENT = 64

/** The value as the schema gives it back, or a refusal that says which field and why. `whole` names a value wrong as a whole. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  whole: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalidFields(fieldErrors(result.error, whole))
}

/** A refusal named after its first field; also for rules that no schema can express. */
export function invalidFields(errors: FieldError[]): Refusal {
  const [first] = errors
  return new Refusal('invalid', first ? `${first.field}: ${first.message}` : 'Invalid input', { errors })
}

/** Dotted paths and messages that never repeat what was sent; parts of a path are cut, for keys are the sender's too. */
function fieldErrors(error: z.ZodError, whole = 'body'): FieldError[] {
  return error.issues
    .flatMap((issue) => unfold(issue, []))
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => ({ field: path.map(segment).join('.') || whole, message }))
}

/** A failed union is told by the branch that got furthest: «turns.3.text: …» helps, «Invalid input» does not. */
function unfold(issue: Issue, parent: PropertyKey[]): { path: PropertyKey[]; message: string }[] {
  const path = [...parent, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'Unknown field' }))
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: explain(issue) }]
  const furthest = issue.errors.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best))
  if (depth(furthest) === 0) return [{ path, message: alternatives(issue.errors) }]
  return furthest.flatMap((inner) => unfold(inner, path))
}

const depth = (issues: Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length))

function explain(issue: Issue): string {
  if (issue.message.endsWith('received undefined')) return 'Required'
  return issue.message.replace(/^Invalid input: e/, 'E')
}

function alternatives(branches: Issue[][]): string {
  const messages = branches.flatMap((branch) => branch.slice(0, 1).map(explain))
  return messages.every((message) => message === 'Required')
    ? 'Required'
    : [...new Set(messages)].join(' or ')
}

const segment = (part: PropertyKey) => {
  const text = String(part)
  return text.length > MAX_SEGMENT ? `${text.slice(0, MAX_SEGMENT)}…` : text
}
