import { isDeeperThan } from '../../lib/json.ts'
import { notJson } from '../body.ts'
import { invalidFields } from '../validation.ts'

const MAX_DEPTH = 64

type Form = Record<string, string | string[]>
type Read = (value: string | string[]) => unknown

/** Parts are texts; those of other kinds of fields are read here and checked by the same schema as JSON. */
const readers: Record<string, Read> = {
  duration_seconds: number,
  agent_channel: number,
  analytics_only: (value) => (value === 'true' ? true : value === 'false' ? false : value),
  metadata: (value) => (typeof value === 'string' ? jsonOr(value, value) : value),
  algorithm_ids: list,
}

/** The fields that came as parts of their own; an empty part counts as absent. */
export function formFields(form: Form): Record<string, unknown> {
  const given = Object.entries(form).filter(([name, value]) => value !== '' && name !== 'payload')
  return Object.fromEntries(given.map(([name, value]) => [name, readers[name]?.(value) ?? value]))
}

/** The fields that came as one JSON object. */
export function parsePayload(text: string | undefined): object {
  if (text === undefined || text === '') return {}
  if (isDeeperThan(Buffer.from(text), MAX_DEPTH)) throw notJson('too_deep')
  const value = jsonOr(text, undefined)
  if (value === undefined) throw notJson('broken_json')
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidFields([{ field: 'payload', message: 'Expected a JSON object' }])
  return value
}

function number(value: string | string[]): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
}

/** A part each, one JSON array, or one text with commas. */
function list(value: string | string[]): unknown {
  if (Array.isArray(value)) return value
  if (value.trim().startsWith('[')) return jsonOr(value, value)
  return value.split(',').map((each) => each.trim())
}

function jsonOr(text: string, otherwise: unknown): unknown {
  if (isDeeperThan(Buffer.from(text), MAX_DEPTH)) return otherwise
  try {
    return JSON.parse(text)
  } catch {
    return otherwise
  }
}
