import { literalAddress } from './addresses.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Download, type DownloadOptions, downloadBy } from './outbound-download.ts'
import { classify } from './outbound-errors.ts'
import { followBy } from './outbound-follow.ts'
import { type Posted, type PostOptions, postBy, type Unposted } from './outbound-post.ts'
import { createTargets, type Lookup, portOf, type Target, withoutDot } from './outbound-targets.ts'

export { type ErrorKind, type FetchErrorKind, OutboundError, retryAfterSeconds } from './outbound-errors.ts'
export type { Download, DownloadOptions, Lookup, Posted, PostOptions, Unposted }

/** The network policy's only door: everything that goes out, goes through one of these. */
export interface Outbound {
  /** Like the global one: follows redirects, each hop checked. Throws `OutboundError`. */
  fetch(url: string | URL, init?: FetchInit): Promise<Response>
  /** One exchange without redirects; the body comes as it was sent. Throws `OutboundError`. */
  request(url: string | URL, init?: FetchInit): Promise<Response>
  /** Sends a webhook. Never throws; once a status has come, it is the result. */
  post(url: string, options: PostOptions): Promise<Posted | Unposted>
  /** Streams an answer to a file. Throws `OutboundError`, and then leaves no file. */
  download(url: string, options: DownloadOptions): Promise<Download>
  /** Throws `OutboundError` when the URL may not be requested. */
  check(url: string | URL): Promise<void>
}

export type FetchInit = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'redirect'> & {
  decompress?: boolean
}

export interface OutboundOptions {
  /** CIDRs that may be reached besides the public internet. */
  allowNetworks: string[]
  lookup?: Lookup
  /** The appliance's own listening port, which no request may reach. */
  ownPort?: () => number | undefined
  /** Certificates in PEM to trust instead of the runtime's own list. */
  ca?: string
  userAgent?: string
  clock?: Clock
}

export type Exchange = (url: string | URL, init: FetchInit) => Promise<Response>

/** These belong to the connection, or say whom it is for; a caller's own would contradict the checked target. */
const CONNECTION_HEADERS = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'content-length',
  'transfer-encoding',
])
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])
/** An explicit no, so that a proxy named in the environment does not see (or bend) checked requests. */
const NO_PROXY = { proxy: false } as object
/** Callers set deadlines; the runtime's own for silent connections would end a slow recogniser's answer. */
const NO_IDLE_LIMIT = { timeout: false } as object

export function createOutbound(options: OutboundOptions): Outbound {
  const { userAgent = 'Earshot', ca, clock = systemClock } = options
  const targets = createTargets({ ...options, clock })

  const exchange: Exchange = async (url, init) => {
    const found = targets.find(url)
    const target = found instanceof Promise ? await orAborted(found, init.signal) : found
    try {
      return await connect(target, init)
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason
      throw classify(error, target.url.hostname)
    }
  }

  return {
    fetch: followBy(exchange),
    request: (url, init = {}) => exchange(url, { ...init, decompress: false }),
    post: postBy(exchange),
    download: downloadBy(exchange, clock),
    check: async (url) => void (await targets.find(url)),
  }

  /** Tries the addresses in turn as long as no connection came about: then nothing was sent yet. */
  async function connect(target: Target, init: FetchInit) {
    const request = requestFor(target.url, init)
    for (const address of target.addresses.slice(0, -1)) {
      try {
        return await fetch(addressUrl(target.url, address), request)
      } catch (error) {
        if (!isNotConnected(error) || init.body instanceof ReadableStream) throw error
      }
    }
    return await fetch(addressUrl(target.url, target.addresses.at(-1)!), request)
  }

  /** Only these options: others could lead around the guard by a socket, a proxy or weaker certificates. */
  function requestFor(
    url: URL,
    { method, headers, body, signal, decompress }: FetchInit,
  ): BunFetchRequestInit {
    // A literal address is no server name: its certificate is checked against the address.
    const serverName = literalAddress(url.hostname) ? undefined : withoutDot(url.hostname)
    return {
      ...NO_PROXY,
      ...NO_IDLE_LIMIT,
      method,
      headers: headersFor(url, headers),
      body,
      signal,
      decompress,
      redirect: 'manual',
      keepalive: true,
      tls: url.protocol === 'https:' ? { serverName, ca, rejectUnauthorized: true } : undefined,
    }
  }

  function headersFor(url: URL, given: FetchInit['headers']) {
    const headers: Record<string, string> = { 'user-agent': userAgent }
    for (const [name, value] of entriesOf(given)) {
      const lower = name.toLowerCase()
      if (!CONNECTION_HEADERS.has(lower)) headers[lower] = value
    }
    headers.host = url.host
    return headers
  }
}

function addressUrl(url: URL, address: string) {
  const host = address.includes(':') ? `[${address}]` : address
  return `${url.protocol}//${host}:${portOf(url)}${url.pathname}${url.search}`
}

function entriesOf(headers: FetchInit['headers']): Iterable<[string, string]> {
  if (!headers) return []
  const isPlain = Object.getPrototypeOf(headers) === Object.prototype
  return isPlain ? Object.entries(headers as Record<string, string>) : new Headers(headers).entries()
}

function isNotConnected(error: unknown) {
  return NOT_CONNECTED.has((error as { code?: string }).code ?? '')
}

/** A resolver cannot be told to stop, but the wait for it can end. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
