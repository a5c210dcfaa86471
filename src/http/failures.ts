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

/** When to come back if the refusal does not say. */
const RETRY_SECONDS: Record<number, number> = { 503: 5, 507: 30 }

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
    const refusal = isBrokenOff(thrown, request) ? brokenOff() : thrown
    if (!(refusal instanceof Refusal)) return internal(thrown, request, requestId)
    const { code, message, details } = refusal
    const status = statusOf(statuses, code, details.reason)
    if (status === 401) headers['www-authenticate'] = 'Bearer'
    const seconds = details.retryAfterSeconds ?? RETRY_SECONDS[status]
    if (seconds !== undefined) headers['retry-after'] = `${Math.ceil(seconds)}`
    return { status, code, reason: details.reason, message, errors: details.errors, requestId }
  }

  function internal(cause: unknown, request: Request, requestId: string): Failure {
    log.error({ err: cause, request_id: requestId, method: request.method }, 'request failed')
    const message = 'Internal error'
    return { status: 500, code: 'internal', reason: undefined, message, errors: undefined, requestId }
  }
}

const isBrokenOff = (thrown: unknown, request: Request) =>
  request.signal.aborted && thrown instanceof Error && thrown.name === 'AbortError'

/** Nobody will read this answer; it only keeps a client that hung up from looking like a fault of ours. */
const brokenOff = () => new Refusal('invalid', 'The request was broken off', { reason: 'bad_request' })
