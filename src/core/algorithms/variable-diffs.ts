import { isDeepStrictEqual } from 'node:util'
import { maskSecrets } from './secrets.ts'

type Json = Record<string, unknown>

export interface FieldChange {
  /** Dotted path. */
  field: string
  /** Null where nothing was set. */
  before: unknown
  after: unknown
}

/** What changed, field by field, with the secrets masked. */
export function diffOf(schema: unknown, before: Json, after: Json): FieldChange[] {
  return compare([], before, after, maskSecrets(schema, before), maskSecrets(schema, after))
}

/** Goes by the open values and shows the masked ones: another secret may have the same mask. */
function compare(
  path: string[],
  before: unknown,
  after: unknown,
  shownBefore: unknown,
  shownAfter: unknown,
): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after) || !isObject(shownBefore) || !isObject(shownAfter))
    return [{ field: path.join('.'), before: shownBefore ?? null, after: shownAfter ?? null }]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) =>
    compare([...path, name], before[name], after[name], shownBefore[name], shownAfter[name]),
  )
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
