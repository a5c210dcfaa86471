import { Refusal } from '../../lib/refusal.ts'
import { mask, type Sealer } from '../../lib/sealed.ts'

type Json = Record<string, unknown>

/** Stands in the stored variables where a secret is. */
const SEALED = '$sealed'
const MASKED = '***'

/** Variables with their secrets masked, as they may be shown. `schema` marks them by `"secret": true`. */
export const maskSecrets = <Value>(schema: unknown, value: Value): Value =>
  walk(schema, value, maskOne) as Value

const maskOne = (secret: unknown): unknown =>
  secret === null || secret === '' ? secret : typeof secret === 'string' ? mask(secret) : MASKED

/** Variables as they are stored: `place` is where they belong, and they open nowhere else. */
export function sealSecrets(sealer: Sealer, schema: unknown, value: Json, place: string): Json {
  refuseSealed(value)
  return walk(schema, value, (secret) =>
    secret === null || secret === '' ? secret : { [SEALED]: sealer.seal(JSON.stringify(secret), place) },
  ) as Json
}

export function openSecrets(sealer: Sealer, value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((item) => openSecrets(sealer, item, place))
  if (!isObject(value)) return value
  const sealed = value[SEALED]
  if (typeof sealed === 'string') return JSON.parse(sealer.open(sealed, place)) as unknown
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, openSecrets(sealer, inner, place)]),
  )
}

/** Puts the secrets back whose masks came in; `known` are the values that may be meant. Refuses any other mask. */
export function unmaskSecrets(schema: unknown, value: Json, known: Json[]): Json {
  return walk(schema, value, (secret, candidates) => unmaskOne(secret, candidates), known) as Json
}

function unmaskOne(given: unknown, candidates: unknown[]): unknown {
  if (typeof given !== 'string' || !given.startsWith(MASKED)) return given
  const meant = candidates.find((candidate) => isSet(candidate) && maskOne(candidate) === given)
  if (meant !== undefined) return meant
  throw new Refusal('invalid', 'variables: A masked secret is not the one that is set', {
    errors: [{ field: 'variables', message: 'A masked secret is not the one that is set' }],
  })
}

const isSet = (secret: unknown) => secret !== undefined && secret !== null && secret !== ''

/** Whether there is any secret of that schema in the value. */
export function hasSecrets(schema: unknown, value: unknown): boolean {
  let found = false
  walk(schema, value, (secret) => {
    found ||= isSet(secret)
    return secret
  })
  return found
}

type ChangeAt = (secret: unknown, candidates: unknown[]) => unknown

/** Changes each value whose schema is marked. `beside` are other values of the same form, as candidates. */
function walk(schema: unknown, value: unknown, change: ChangeAt, beside: unknown[] = []): unknown {
  return walkAll(unfold(schema), value, change, beside)
}

/** By all schemas that may be meant, but each value is changed once. */
function walkAll(schemas: Json[], value: unknown, change: ChangeAt, beside: unknown[]): unknown {
  if (schemas.some(({ secret }) => secret === true)) return change(value, beside)
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => unfold(schema.items))
    const lists = beside.filter(Array.isArray)
    return value.map((item, at) =>
      walkAll(items, item, change, [...lists.map((list) => list[at] as unknown), ...lists.flat()]),
    )
  }
  if (!isObject(value)) return value
  const others = beside.filter(isObject)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const own = schemas.flatMap((schema) => unfold(memberOf(schema, key)))
      return [
        key,
        walkAll(
          own,
          inner,
          change,
          others.map((other) => other[key]),
        ),
      ]
    }),
  )
}

/** The schema and those that it joins or chooses from. */
function unfold(schema: unknown): Json[] {
  if (!isObject(schema)) return []
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].filter(Array.isArray).flat()
  return [schema, ...branches.flatMap(unfold)]
}

function memberOf({ properties, additionalProperties }: Json, key: string): unknown {
  return isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties
}

/** Whoever could write this mark could make the variables unreadable. */
function refuseSealed(value: unknown): void {
  if (Array.isArray(value)) value.forEach(refuseSealed)
  if (!isObject(value)) return
  if (Object.hasOwn(value, SEALED))
    throw new Refusal('invalid', `variables: No field may be called ${SEALED}`, {
      errors: [{ field: 'variables', message: `No field may be called ${SEALED}` }],
    })
  Object.values(value).forEach(refuseSealed)
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
