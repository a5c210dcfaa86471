export { withoutPatterns } from './schema-patterns.ts'

type Json = Record<string, unknown>

const MAX_BYTES = 64 * 1024
const MAX_DEPTH = 32
/** With every reference followed: what is small on paper can be endless work. */
const MAX_PARTS = 5000
const LOCAL_REFERENCE = /^#\/(\$defs|definitions)\/([^/]+)$/
const FOREIGN = ['$id', '$async', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$vocabulary']
const LITERALS = ['const', 'enum', 'default', 'examples']
/** Here the keys are names that the author chose, whatever they look like. */
const NAMED = ['properties', '$defs', 'definitions', 'dependentSchemas', 'patternProperties']

/**
 * Why a JSON Schema that somebody wrote cannot be taken, in words for its author; undefined when it can. What passes
 * describes an object, refers to nothing outside itself, and is checked in reasonable time.
 */
export function schemaProblem(schema: unknown): string | undefined {
  if (!isObject(schema)) return 'must be a JSON Schema'
  const text = JSON.stringify(schema)
  if (text.length > MAX_BYTES) return `must not be larger than ${MAX_BYTES / 1024} KB`
  if (schema.type !== 'object') return 'must describe an object: `"type": "object"`'
  return findFault(schema)
}

function findFault(root: Json): string | undefined {
  let parts = 0

  function visit(node: unknown, depth: number, followed: string[]): string | undefined {
    if (Array.isArray(node)) return first(node, (each) => visit(each, depth + 1, followed))
    if (!isObject(node)) return undefined
    if (++parts > MAX_PARTS) return 'is too large with all its references followed'
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`
    const foreign = FOREIGN.find((key) => Object.hasOwn(node, key))
    if (foreign) return `must do without \`${foreign}\``
    return first(Object.entries(node), ([key, value]) => visitKey(key, value, depth, followed))
  }

  function visitKey(key: string, value: unknown, depth: number, followed: string[]): string | undefined {
    if (key === '$ref') return visitReference(value, depth, followed)
    if (key === '$defs' || key === 'definitions' || LITERALS.includes(key)) return undefined
    if (!NAMED.includes(key)) return visit(value, depth + 1, followed)
    if (!isObject(value)) return `\`${key}\` must be an object`
    return first(Object.values(value), (each) => visit(each, depth + 1, followed))
  }

  function visitReference(reference: unknown, depth: number, followed: string[]): string | undefined {
    const [, place, name] = LOCAL_REFERENCE.exec(String(reference)) ?? []
    const target = place && isObject(root[place]) ? root[place][name!] : undefined
    if (!isObject(target)) return 'has a `$ref` to something that is not in its `$defs`'
    if (followed.includes(name!)) return 'must not refer to itself'
    return visit(target, depth + 1, [...followed, name!])
  }

  return visit(root, 0, [])
}

function first<Item>(items: Item[], look: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item)
    if (found) return found
  }
  return undefined
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
