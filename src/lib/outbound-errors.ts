import type { Clock } from './clock.ts'

/** Why a request got no answer. */
export type ErrorKind =
  | 'dns'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'too_large'
  | 'blocked'
  | 'invalid_url'
  | 'network'

/** What else keeps a caller from the content it asked for. */
export type FetchErrorKind = ErrorKind | 'redirects' | 'aborted' | 'http_3xx' | 'http_4xx' | 'http_5xx'

interface Details {
  status?: number
  retryable?: boolean
  retryAfterSeconds?: number
  cause?: unknown
}

/** Its message names no address and repeats nothing of the URL but the host. */
export class OutboundError extends Error {
  readonly status?: number
  readonly retryable: boolean
  readonly retryAfterSeconds?: number

  constructor(
    readonly kind: FetchErrorKind,
    message: string,
    { status, retryable, retryAfterSeconds, cause }: Details = {},
  ) {
    super(message, { cause })
    this.name = 'OutboundError'
    this.status = status
    this.retryable = retryable ?? RETRYABLE_KINDS.has(kind)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const RETRYABLE_KINDS = new Set<FetchErrorKind>(['dns', 'refused', 'reset', 'timeout', 'network', 'http_5xx'])
const RETRYABLE_STATUSES = new Set([408, 425, 429])
const UNKNOWN_NAME = /NOTFOUND|NODATA|NONAME/

const KINDS_BY_CODE: [RegExp, ErrorKind][] = [
  [/TIMEOUT|TIMEDOUT/i, 'timeout'],
  [/CERT|TLS|SSL|EPROTO|UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/i, 'tls'],
  [/REFUSED|FailedToOpenSocket/i, 'refused'],
  [/RESET|CLOSED|EPIPE|ABORTED/i, 'reset'],
  [/NOTFOUND|EAI_|DNS/i, 'dns'],
]

const SENTENCES: Record<ErrorKind, (host: string) => string> = {
  dns: (host) => `The name ${host} could not be resolved`,
  refused: (host) => `${host} refused the connection`,
  reset: (host) => `${host} closed the connection before the answer was complete`,
  timeout: (host) => `${host} did not answer in time`,
  tls: (host) => `No trusted encrypted connection to ${host}`,
  too_large: (host) => `The answer of ${host} is too large`,
  blocked: (host) => `${host} is in a network that outgoing requests may not reach`,
  invalid_url: () => 'Not a usable http or https URL',
  network: (host) => `The request to ${host} failed`,
}

export function outboundError(kind: ErrorKind, host: string, details: Details & { why?: string } = {}) {
  const { why, ...rest } = details
  return new OutboundError(kind, SENTENCES[kind](host) + (why ? `: ${why}` : ''), rest)
}

/** Sorts what the runtime threw by its code; the runtime's own text would name the address. */
export function classify(error: unknown, host: string): OutboundError {
  if (error instanceof OutboundError) return error
  const code = codeOf(error)
  const kind = KINDS_BY_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? 'network'
  return outboundError(kind, host, { cause: error, why: kind === 'tls' ? code : undefined })
}

/** A name that does not exist is final; a resolver that gave no answer may give one later. */
export function lookupError(error: unknown, host: string) {
  return outboundError('dns', host, { cause: error, retryable: !UNKNOWN_NAME.test(codeOf(error)) })
}

export function statusError(response: Response, host: string, clock: Clock) {
  const { status } = response
  return new OutboundError(kindOfStatus(status), `${host} answered with status ${status}`, {
    status,
    retryable: status >= 500 || RETRYABLE_STATUSES.has(status),
    retryAfterSeconds: retryAfterSeconds(response.headers, clock()),
  })
}

/** What a `Retry-After` header asks for, given in seconds or as a date; undefined without a usable one. */
export function retryAfterSeconds(headers: Headers, now: number) {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  // Without a weekday it is no HTTP date, though much else would parse as some year.
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

function kindOfStatus(status: number): FetchErrorKind {
  if (status >= 500) return 'http_5xx'
  return status >= 400 ? 'http_4xx' : 'http_3xx'
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // A DOMException's code is a number; its name says more.
  const { code } = error as Error & { code?: unknown }
  return typeof code === 'string' ? code : error.name
}
