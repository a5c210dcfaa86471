import { type FieldError, Refusal, type RefusalCode } from '../lib/refusal.ts'
import type { Log, Visit } from './arrival.ts'
import { answer, DEFAULT_STATUSES, type Statuses, statusOf } from './responses.ts'

/** What an envelope is made of: everything that may be shown, nothing that may not. */
export interface Failure {
  status: number
  code: RefusalCode | 'internal'
  reason: string | undefined
  message: string
  errors: FieldError[] | undefined
  requestId: string
}

export interface FailureOptions {
  envelope: (failure: Failure) => object
  /** Where this dialect differs from the usual statuses, by code or reason. */
  statuses?: Statuses
  log: Log
}

export type Fail = (thrown: unknown, request: Request, visit: Visit) => Response

/** The one place where what was thrown becomes an answer: refusals are shown, all else is logged and hidden. */
export function failures({ envelope, statuses: own, log }: FailureOptions): Fail {
  const statuses = { ...DEFAULT_STATUSES, ...own }

  return (thrown, request, visit) => {
    const failure = describe(thrown, request, visit)
    return answer(failure.status, envelope(failure), visit.headers)
  }

  function describe(thrown: unknown, request: Request, { arrival, headers }: Visit): Failure {
    const { requestId } = arrival
    const refusal = request.signal.aborted ? brokenOff() : thrown
    if (!(refusal instanceof Refusal)) return internal(thrown, request, requestId)
    const { code, message, details } = refusal
    const status = statusOf(statuses, code, details.reason)
    if (status === 401) headers['www-authenticate'] = 'Bearer'
    if (details.retryAfterSeconds !== undefined)
      headers['retry-after'] = `${Math.ceil(details.retryAfterSeconds)}`
    return { status, code, reason: details.reason, message, errors: details.errors, requestId }
  }

  function internal(cause: unknown, request: Request, requestId: string): Failure {
    log.error({ err: cause, request_id: requestId, method: request.method }, 'request failed')
    const message = 'Internal error'
    return { status: 500, code: 'internal', reason: undefined, message, errors: undefined, requestId }
  }
}

/** Nobody will read this answer; it only keeps a client that hung up from looking like a fault of ours. */
const brokenOff = () => new Refusal('invalid', 'The request was broken off', { reason: 'bad_request' })

/** The status a refusal would have and a sample of its body, for the document. */
export type FailureShape = (
  code: RefusalCode | 'internal',
  reason?: string,
) => { status: number; example: object }

export function failureShape({ envelope, statuses }: FailureOptions): FailureShape {
  const all = { ...DEFAULT_STATUSES, ...statuses }
  return (code, reason) => {
    const status = code === 'internal' ? 500 : statusOf(all, code, reason)
    const errors =
      code === 'invalid' && reason === undefined ? [{ field: 'name', message: 'Required' }] : undefined
    const message = errors ? 'name: Required' : SAMPLE_MESSAGES[reason ?? code]!
    const requestId = '01a200d4-b055-7533-b30e-03140a40986f'
    return { status, example: envelope({ status, code, reason, message, errors, requestId }) }
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
