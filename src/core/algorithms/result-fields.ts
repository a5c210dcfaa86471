import Ajv, { type ValidateFunction } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { withoutPatterns } from '../../lib/json-schema.ts'

type Json = Record<string, unknown>

export interface ResultField {
  /** The path with `*` for each place in a list: what belongs together whatever its place. */
  group: string
  /** Why the value cannot stand there, or undefined. */
  problemOf(value: unknown): string | undefined
}

/** Pointers into the schema of all that may stand at a place; `anything` where the schema is open. */
interface Place {
  pointers: string[]
  anything: boolean
}

const INDEX = /^(0|[1-9]\d{0,4})$/
const BRANCHES = ['anyOf', 'oneOf', 'allOf'] as const
const MAX_REFERENCES = 20

/** What the schema of an algorithm's results says about a dotted path such as `patient.name` or `turns.3.score`. */
export function findField(schema: object, field: string): ResultField | undefined {
  const known = knownSchema(schema)
  let place: Place = { pointers: [''], anything: false }
  const group: string[] = []
  for (const step of field.split('.')) {
    const { next, isIndex } = descend(known.root, place, step)
    if (next.pointers.length === 0 && !next.anything) return undefined
    group.push(isIndex ? '*' : step)
    place = next
  }
  return { group: group.join('.'), problemOf: (value) => problemAt(known, place, value) }
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(result: unknown, field: string): unknown {
  let value = result
  for (const step of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Json)[step]
  }
  return value
}

function descend(root: unknown, place: Place, step: string) {
  const next: Place = { pointers: [], anything: place.anything }
  let isIndex = false
  for (const pointer of place.pointers.flatMap((each) => unfold(root, each))) {
    const node = nodeAt(root, pointer)
    if (!isObject(node)) {
      next.anything ||= node === true
      continue
    }
    const inList = INDEX.test(step) ? itemOf(node, Number(step)) : undefined
    isIndex ||= inList !== undefined
    const found = inList ?? memberOf(node, step)
    if (found === 'anything') next.anything = true
    else if (found) next.pointers.push(`${pointer}/${found}`)
  }
  return { next, isIndex }
}

/** The node itself and all that its references and alternatives lead to. */
function unfold(root: unknown, pointer: string, depth = 0): string[] {
  const node = nodeAt(root, pointer)
  if (!isObject(node) || depth > MAX_REFERENCES) return [pointer]
  const { $ref } = node
  if (typeof $ref === 'string')
    return $ref.startsWith('#') ? unfold(root, decodeURIComponent($ref.slice(1)), depth + 1) : []
  const branches = BRANCHES.flatMap((key) =>
    Array.isArray(node[key])
      ? node[key].flatMap((_, at) => unfold(root, `${pointer}/${key}/${at}`, depth + 1))
      : [],
  )
  return branches.length === 0 ? [pointer] : [...(isObject(node.properties) ? [pointer] : []), ...branches]
}

function itemOf(node: Json, at: number): string | 'anything' | undefined {
  if (Array.isArray(node.prefixItems) && at < node.prefixItems.length) return `prefixItems/${at}`
  if (node.items === undefined) return node.type === 'array' ? 'anything' : undefined
  if (node.items === false) return undefined
  return node.items === true ? 'anything' : 'items'
}

function memberOf(node: Json, step: string): string | 'anything' | undefined {
  if (isObject(node.properties) && Object.hasOwn(node.properties, step)) return `properties/${escaped(step)}`
  const rest = node.additionalProperties
  if (isObject(rest)) return 'additionalProperties'
  const mayBeObject = node.type === undefined ? !('enum' in node || 'const' in node) : isType(node, 'object')
  return mayBeObject && rest !== false ? 'anything' : undefined
}

const isType = ({ type }: Json, wanted: string) =>
  type === wanted || (Array.isArray(type) && type.includes(wanted))

function nodeAt(root: unknown, pointer: string): unknown {
  let node = root
  for (const part of pointer.split('/').slice(1)) {
    if (typeof node !== 'object' || node === null) return undefined
    node = (node as Json)[unescaped(part)]
  }
  return node
}

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')
const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

interface Known {
  root: unknown
  validators: Map<string, ValidateFunction>
  ajv: Ajv
}

const cache = new WeakMap<object, Known>()

function knownSchema(schema: object): Known {
  const found = cache.get(schema)
  if (found) return found
  const root = withoutPatterns(schema)
  const ajv = new Ajv({ strict: false, logger: false, validateSchema: false })
  addFormats(ajv)
  ajv.addSchema(root as object, 'result')
  const known = { root, ajv, validators: new Map() }
  cache.set(schema, known)
  return known
}

function problemAt(known: Known, { pointers, anything }: Place, value: unknown): string | undefined {
  if (anything) return undefined
  const checks = pointers.map((pointer) => validatorAt(known, pointer))
  if (checks.some((check) => check(value))) return undefined
  const error = checks[0]!.errors?.[0]
  const where = error?.instancePath.slice(1).replaceAll('/', '.')
  return `Does not fit the algorithm's result: ${where ? `${where} ` : ''}${error?.message ?? 'not allowed'}`
}

function validatorAt({ ajv, validators }: Known, pointer: string): ValidateFunction {
  const found = validators.get(pointer)
  if (found) return found
  const fragment = pointer.split('/').map(encodeURIComponent).join('/')
  const check = ajv.compile({ $ref: `result#${fragment}` })
  validators.set(pointer, check)
  return check
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
