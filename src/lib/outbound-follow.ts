import type { Exchange, FetchInit, Outbound } from './outbound.ts'
import { OutboundError, outboundError } from './outbound-errors.ts'

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const CREDENTIALS = ['authorization', 'cookie', 'x-api-key', 'api-key']
const OF_THE_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location']

/** Makes a `fetch` that follows redirects by itself, so that every hop is checked. */
export function followBy(exchange: Exchange): Outbound['fetch'] {
  return async (start, init = {}) => {
    let url = parse(start)
    let hop: FetchInit = { ...init, method: init.method?.toUpperCase() }
    for (let hops = 0; ; hops++) {
      const response = await exchange(url, hop)
      const next = REDIRECTS.has(response.status) ? response.headers.get('location') : null
      if (next === null || init.redirect === 'manual') return named(response, url, hops > 0)
      await response.body?.cancel()
      if (init.redirect === 'error' || hops === MAX_REDIRECTS) throw tooManyRedirects(url)
      const target = nextUrl(next, url)
      hop = nextHop(hop, response.status, target.origin !== url.origin)
      url = target
    }
  }
}

function parse(start: string | URL) {
  const url = URL.parse(String(start))
  if (!url) throw outboundError('invalid_url', '')
  return url
}

function nextUrl(location: string, from: URL) {
  const url = URL.parse(location, from.href)
  if (!url) throw new OutboundError('invalid_url', `${from.hostname} redirected to an unusable address`)
  return url
}

function nextHop(hop: FetchInit, status: number, isOtherOrigin: boolean): FetchInit {
  const headers = new Headers(hop.headers ?? {})
  if (isOtherOrigin) for (const name of CREDENTIALS) headers.delete(name)
  if (!becomesGet(hop.method ?? 'GET', status)) return { ...replayable(hop), headers }
  for (const name of OF_THE_BODY) headers.delete(name)
  return { ...hop, method: 'GET', body: undefined, headers }
}

function becomesGet(method: string, status: number) {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return method === 'POST' && (status === 301 || status === 302)
}

function replayable(hop: FetchInit) {
  if (!(hop.body instanceof ReadableStream)) return hop
  throw new OutboundError('redirects', 'A redirect asks for the body again, but it was a stream')
}

function tooManyRedirects(url: URL) {
  return new OutboundError('redirects', `${url.hostname} redirects where that is not followed`)
}

/** The connection was made to an address; callers know the answer by the name they asked. */
function named(response: Response, url: URL, redirected: boolean) {
  return Object.defineProperties(response, { url: { value: url.href }, redirected: { value: redirected } })
}
