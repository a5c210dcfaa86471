import http from 'node:http'
import type { Server } from 'bun'
import { parseNetworks } from '../lib/addresses.ts'
import { clientIp } from '../lib/client-ip.ts'
import { newUuid } from '../lib/ids.ts'
import { within } from '../lib/patience.ts'
import type { Arrival, Log, Surface } from './arrival.ts'

const IDLE_SECONDS = 10
const STOP_GRACE_MS = 8000
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/
/** Elysia looks for the path from this character of the address on, so a shorter origin would hide part of it. */
const SHORTEST_ORIGIN = 11
/** Above our own limits, so that an answer of ours comes instead of Bun's empty one. */
const HEADROOM = 1024 * 1024
const MAX_HEAD = 64 * 1024

export interface ServeOptions {
  host: string
  port: number
  surfaces: Surface[]
  maxBody: number
  maxUpload: number
  /** CIDRs or addresses whose `x-forwarded-for` is believed. */
  trustedProxies?: string[]
  log: Log
  /** Called with every answer given, for metrics. */
  observe?: (surface: string, status: number, milliseconds: number) => void
}

export interface HttpServer {
  url: string
  port: number
  /** Requests being answered now. */
  pending: () => number
  /** Answers what is under way for at most this long, then hangs up. */
  stop: (options?: { graceMs?: number }) => Promise<void>
}

/** Opens the door: one server, each request goes to the surface with the longest prefix of its path. */
export function serve({ host, port, surfaces, log, observe, ...options }: ServeOptions): HttpServer {
  const trusted = parseNetworks(options.trustedProxies ?? [])
  const byLength = surfaces.toSorted((one, other) => other.prefix.length - one.prefix.length)
  Object.assign(http, { maxHeaderSize: MAX_HEAD })
  const server = Bun.serve({
    hostname: host,
    port,
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: Math.max(options.maxBody, options.maxUpload) + HEADROOM,
    development: false,
    // Without development Bun would share the port with whoever listens there already, and take turns with it.
    reusePort: false,
    fetch: receive,
    error: failed,
  })
  return {
    url: server.url.origin,
    port: server.port!,
    pending: () => server.pendingRequests,
    stop: stopper(server),
  }

  async function receive(sent: Request, server: Server<undefined>): Promise<Response> {
    const begun = observe ? performance.now() : 0
    const requestId = requestIdOf(sent)
    const request = readable(sent)
    const path = pathOf(request.url)
    const surface = byLength.find(({ prefix }) => liesUnder(path, prefix))
    const address = () =>
      clientIp(server.requestIP(sent)?.address ?? '', sent.headers.get('x-forwarded-for'), trusted)
    const allowSilence = (seconds: number) => server.timeout(sent, seconds)
    const arrival: Arrival = { requestId, path, address, allowSilence }
    const response = stamp(
      surface ? await surface.handle(request, arrival) : nothingThere(requestId),
      requestId,
    )
    observe?.(surface?.prefix ?? '', response.status, performance.now() - begun)
    return response
  }

  function failed(error: Error): Response {
    const requestId = newUuid()
    log.error({ err: error, request_id: requestId }, 'request failed outside any surface')
    return stamp(plainError(500, 'Internal error', requestId), requestId)
  }
}

function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id')
  return given !== null && REQUEST_ID.test(given) ? given : newUuid()
}

/** With an odd Host header the address is not absolute, or too short for the router: both then get a plain origin. */
function readable(request: Request): Request {
  const { url } = request
  const start = url.startsWith('http://') ? url.indexOf('/', 7) : -1
  if (start >= SHORTEST_ORIGIN) return request
  const target = start === -1 ? (url.startsWith('/') ? url : `/${url}`) : url.slice(start)
  return new Request(`http://localhost${target}`, request)
}

function pathOf(url: string): string {
  const start = url.indexOf('/', SHORTEST_ORIGIN)
  const query = url.indexOf('?', start)
  return query === -1 ? url.slice(start) : url.slice(start, query)
}

const liesUnder = (path: string, prefix: string) =>
  path.startsWith(prefix) && (path.length === prefix.length || prefix === '' || path[prefix.length] === '/')

function stamp(response: Response, requestId: string): Response {
  const { headers } = response
  headers.set('x-request-id', requestId)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  return response
}

const nothingThere = (requestId: string) => plainError(404, 'Path not found', requestId)

const plainError = (status: number, detail: string, requestId: string) =>
  Response.json({ detail, request_id: requestId }, { status })

/** A plain stop waits for half-sent requests too, which may never be finished. */
function stopper(server: Server<undefined>) {
  return async ({ graceMs = STOP_GRACE_MS }: { graceMs?: number } = {}): Promise<void> => {
    await within(graceMs, server.stop())
    await server.stop(true)
  }
}
