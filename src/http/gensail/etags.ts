import { sha256 } from '../../lib/ids.ts'
import { invalidFields } from '../validation.ts'

/** The tag of something that counts its changes. */
export const revisionTag = (revision: number) => `"${revision}"`

/** The tag of something that only has its content. */
export const contentTag = (value: unknown) => `"${sha256(JSON.stringify(value)).slice(0, 16)}"`

const TAG = /^(?:W\/)?"(\d{1,15})"$/
/** A revision that nothing has: the tag was not one of ours, so it cannot be the current one. */
const NEVER = -1

/** What `If-Match` wants to change; undefined when the request does not care. */
export function expectedRevision(request: Request): number | undefined {
  const header = request.headers.get('if-match')
  if (header === null || header.trim() === '*') return undefined
  if (header.includes(',')) throw invalidFields([{ field: 'If-Match', message: 'Expected one tag' }])
  return Number(TAG.exec(header.trim())?.[1] ?? NEVER)
}
