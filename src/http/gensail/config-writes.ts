import type { App } from '../../app.ts'
import type { ConfigChange, OwnConfig } from '../../core/config/configs.ts'
import { type Resolution, resolveEntity } from '../../core/config/resolve.ts'
import type { Config } from '../../core/config/schema.ts'
import { maskSecrets } from '../../core/config/secrets.ts'
import type { Entity } from '../../core/tenancy/actors.ts'
import type { Tx } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { HeaderList } from '../responses.ts'
import { invalidFields } from '../validation.ts'
import { presentResolved } from './config-shapes.ts'
import { expectedRevision, revisionTag } from './etags.ts'

export interface Wish {
  entity: Entity
  request: Request
  headers: HeaderList
  validate_only?: 'true' | 'false'
}

type Write = (tx: Tx, change: ConfigChange) => Promise<OwnConfig>

/** Writes, or with `validate_only` shows what writing would lead to. */
export async function carryOut(app: App, wish: Wish, write: Write) {
  const { entity, request, headers, validate_only } = wish
  const change: ConfigChange = { entity, expected: expectedRevision(request), keepers: app.keepers }
  if (validate_only === 'true') return tryOut(app, change, write)
  return presentConfig(app, await app.db.tx((tx) => write(tx, change)).catch(inItsField), headers)
}

export function presentConfig({ sealer }: App, own: OwnConfig, headers: HeaderList): Config {
  headers.etag = revisionTag(own.revision)
  return maskSecrets(sealer, own.document)
}

/** Written, read back as it would count, and undone. */
async function tryOut(app: App, change: ConfigChange, write: Write) {
  let resolution: Resolution | undefined
  const undo = new Error('tried out')
  const tried = app.db.tx(async (tx) => {
    await write(tx, change)
    resolution = await resolveEntity(tx, change.entity)
    throw undo
  })
  await tried.catch((error: unknown) => {
    if (error !== undo) return inItsField(error)
  })
  return { valid: true, resolved: await presentResolved(app, change.entity, resolution!) }
}

/** On submission an unknown algorithm has the document's own answer; in a configuration it is a wrong field. */
function inItsField(error: unknown): never {
  if (!(error instanceof Refusal) || error.details.reason !== 'unavailable') throw error
  throw invalidFields([{ field: 'processing.algorithms', message: error.message }])
}
