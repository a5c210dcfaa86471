import type { RefusalCode } from '../lib/refusal.ts'
import type { FailureOptions } from './failures.ts'
import { DEFAULT_STATUSES, statusOf } from './responses.ts'

const SAMPLE_ID = '01a200d4-b055-7533-b30e-03140a40986f'
const SAMPLE_ERRORS = [{ field: 'name', message: 'Required' }]

/** The status a refusal would have and a sample of its body, for the document. */
export type FailureShape = (
  code: RefusalCode | 'internal',
  reason?: string,
) => { status: number; example: object }

export function failureShape({ envelope, statuses }: FailureOptions): FailureShape {
  const all = { ...DEFAULT_STATUSES, ...statuses }
  return (code, reason) => {
    const status = code === 'internal' ? 500 : statusOf(all, code, reason)
    const errors = code === 'invalid' && reason === undefined ? SAMPLE_ERRORS : undefined
    const message = errors ? 'name: Required' : SAMPLE_MESSAGES[reason ?? code]!
    return { status, example: envelope({ status, code, reason, message, errors, requestId: SAMPLE_ID }) }
  }
}

const SAMPLE_MESSAGES: Record<string, string> = {
  unauthorized: 'The token is missing or not valid',
  forbidden: 'No access',
  not_found: 'Not found',
  conflict: 'The state does not allow this',
  limited: 'Too many requests',
  internal: 'Internal error',
  broken_json: 'The body is not valid JSON',
  too_large: 'The body is larger than 10485760 bytes',
  unsupported_media: 'The body must be sent as application/json',
}
