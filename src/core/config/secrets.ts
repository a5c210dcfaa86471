import type { Queryable } from '../../db/db.ts'
import { mask, SealError, type Sealer } from '../../lib/sealed.ts'
import type { Entity } from '../tenancy/actors.ts'
import { findConfig } from './configs.sql.ts'
import type { Config } from './schema.ts'

const SECRET_NAME = /(^|[_-])(secret|password|passphrase|token|api_?key|private_?key|access_?key)$/i
const PREFIX = 'sealed:'
/** Followed by what the sealer begins with. */
const SEALED = `${PREFIX}v1.`
const AAD = 'configs:secret'

/** Sections whose keys others define: what is called a secret there is kept as one. */
export type FreeSection = 'integrations' | 'transcription'

/** Secrets are stored sealed; a mask that comes back in leaves the secret as it was. */
export async function keepSecrets<Section extends FreeSection>(
  db: Queryable,
  sealer: Sealer,
  entity: Entity,
  name: Section,
  section: Config[Section],
): Promise<Config[Section]> {
  const stored = await findConfig(db, entity)
  const before = (JSON.parse(stored?.document ?? '{}') as Config)[name]
  return walk(section, before, (value, earlier) => {
    const isKept = isSealed(earlier) && (value === earlier || value === mask(open(sealer, earlier)))
    return isKept ? earlier : PREFIX + sealer.seal(value, AAD)
  })
}

/** As they may be shown: anywhere in a document, or in what is told of its changes. */
export const maskSecrets = <Value>(sealer: Sealer, value: Value): Value =>
  mapTexts(value, (text) => (isSealed(text) ? mask(open(sealer, text)) : text))

/** As they are used. */
export const openSecrets = <Value>(sealer: Sealer, value: Value): Value =>
  mapTexts(value, (text) => (isSealed(text) ? open(sealer, text) : text))

const isSealed = (value: unknown): value is string => typeof value === 'string' && value.startsWith(SEALED)

/** Empty for what only looks like one, or was sealed under another key. */
function open(sealer: Sealer, sealed: string): string {
  try {
    return sealer.open(sealed.slice(PREFIX.length), AAD)
  } catch (error) {
    if (error instanceof SealError) return ''
    throw error
  }
}

type Change = (secret: string, earlier: unknown) => string

function walk<Value>(value: Value, before: unknown, change: Change): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((inner, at) => walk(inner, (before as unknown[] | undefined)?.[at], change)) as Value
  const entries = Object.entries(value).map(([key, inner]) => {
    const earlier = (before as Record<string, unknown> | null | undefined)?.[key]
    const isSecret = typeof inner === 'string' && SECRET_NAME.test(key)
    return [key, isSecret ? change(inner, earlier) : walk(inner, earlier, change)]
  })
  return Object.fromEntries(entries) as Value
}

function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner) => mapTexts(inner, change)) as Value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]),
  ) as Value
}
