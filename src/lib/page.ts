import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from './refusal.ts'

/** Where a page ended: the sort fields of its last row, by name. */
export type CursorFields = Record<string, string | number | null>

export interface Cursors {
  /** `filterKey` names the list and its filter; the cursor is good for that alone. */
  encode(fields: CursorFields, filterKey: string): string
  /** Refuses what this installation did not hand out for this filter. */
  decode<Fields extends CursorFields>(text: string, filterKey: string): Fields
}

const SEAL_BYTES = 12
const LONGEST_CURSOR = 2000
const PURPOSE = 'earshot cursor'

/** Opaque keyset cursors: base64url of a short seal and the fields as JSON. */
export function createCursors(key: Uint8Array): Cursors {
  const ownKey = createHmac('sha256', key).update(PURPOSE).digest()

  // The filter's own digest has a fixed length, so no part of it can pass for fields.
  const sealOf = (json: Uint8Array, filterKey: string) =>
    createHmac('sha256', ownKey)
      .update(createHmac('sha256', ownKey).update(filterKey).digest())
      .update(json)
      .digest()
      .subarray(0, SEAL_BYTES)

  return {
    encode(fields, filterKey) {
      const json = Buffer.from(JSON.stringify(fields))
      return Buffer.concat([sealOf(json, filterKey), json]).toString('base64url')
    },
    decode<Fields extends CursorFields>(text: string, filterKey: string) {
      const bytes = Buffer.from(text.slice(0, LONGEST_CURSOR), 'base64url')
      const seal = bytes.subarray(0, SEAL_BYTES)
      const json = bytes.subarray(SEAL_BYTES)
      const isOurs = seal.length === SEAL_BYTES && timingSafeEqual(seal, sealOf(json, filterKey))
      if (!isOurs || bytes.toString('base64url') !== text) throw unknownCursor()
      return JSON.parse(json.toString()) as Fields
    },
  }
}

function unknownCursor() {
  const message = 'is not a cursor of this list with this filter'
  return new Refusal('invalid', `cursor ${message}`, { errors: [{ field: 'cursor', message }] })
}
