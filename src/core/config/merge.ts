type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 7396: objects merge, null removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Json = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

/** Lays the documents over each other, the last one winning; lists replace lists. */
export function overlay(levels: { level: string; document: unknown }[]) {
  const provenance: Record<string, string> = {}
  let config: unknown = {}
  for (const { level, document } of levels) {
    config = mergePatch(config, document)
    for (const path of leaves(document)) provenance[path] = level
  }
  return { config: config as Json, provenance }
}

/** Paths of all values that are no objects; keys whose value is an empty object count as leaves. */
export function leaves(value: unknown, path = ''): string[] {
  if (!isObject(value) || (path !== '' && Object.keys(value).length === 0)) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}
