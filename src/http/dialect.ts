import { Elysia, NotFoundError } from 'elysia'
import type { z } from 'zod'
import { notFound, Refusal } from '../lib/refusal.ts'
import type { Arrival, Surface, Visit } from './arrival.ts'
import { type FailureShape, failureShape } from './failure-shape.ts'
import { type FailureOptions, failures } from './failures.ts'
import { performer } from './perform.ts'
import { answer, type HeaderList } from './responses.ts'
import { fits, type Route, type Routes } from './routes.ts'

const MAX_URL = 8 * 1024

export interface DialectOptions<Actor> extends FailureOptions {
  prefix: string
  /** Refuses who may not come in; the `open` routes are the only ones that do without. */
  authenticate?: (request: Request, arrival: Arrival, headers: HeaderList) => Actor | Promise<Actor>
  /** Writes the limit's headers, which go out with every answer, and refuses with `limited` if there were too many. */
  limit?: (actor: Actor, headers: HeaderList, request: Request) => void | Promise<void>
  /** What its part of the document says beside the routes. */
  document: DocumentedDialect
  routes: Routes<Actor>[]
  open?: Routes<undefined>[]
  maxBody: number
}

export interface DocumentedDialect {
  /** Precedes the names of its schemas, as in `GensailJob`. */
  name: string
  title: string
  description?: string
  /** The shapes of its error answers. */
  failure: z.ZodType
  invalid?: z.ZodType
  /** How to authenticate, as the document names it. */
  security?: Record<string, object>
}

/** A surface and what its document is made of. */
export interface Dialect extends Surface {
  readonly document: DocumentedDialect
  readonly routes: { route: Route<never>; open: boolean }[]
  readonly failureOf: FailureShape
  readonly limited: boolean
}

/** One API with its own routes, statuses and error envelope. The door checks token, limit and route, in this order. */
export function dialect<Actor>(options: DialectOptions<Actor>): Dialect {
  const { prefix, authenticate, limit, maxBody, document } = options
  const closed = options.routes.flatMap(({ list }) => list)
  const open = (options.open ?? []).flatMap(({ list }) => list)
  if (closed.length > 0 && !authenticate)
    throw new Error(`The routes under "${prefix}/" have no authentication`)
  const visits = new WeakMap<Request, Visit>()
  const fail = failures(options)
  const app = new Elysia({ normalize: false }).onError(({ error, request }) =>
    error instanceof NotFoundError ? missed(request) : fail(error, request, visits.get(request)!),
  )
  for (const route of closed) mount(route, admit)
  for (const route of open) mount(route)

  const described = [
    ...closed.map((route) => ({ route, open: false })),
    ...open.map((route) => ({ route, open: true })),
  ]
  const limited = limit !== undefined
  return { prefix, document, routes: described, failureOf: failureShape(options), limited, handle }

  async function handle(request: Request, arrival: Arrival): Promise<Response> {
    const visit: Visit = {
      arrival,
      admitted: false,
      actor: undefined,
      headers: { 'cache-control': 'no-store' },
    }
    visits.set(request, visit)
    try {
      if (!isOpen(request, arrival.path)) await admit(request, visit)
      if (request.url.length > MAX_URL) throw tooLong()
    } catch (thrown) {
      return fail(thrown, request, visit)
    }
    return app.fetch(request)
  }

  function isOpen({ method }: Request, path: string): boolean {
    return open.some((route) => accepts(route, method) && fits(prefix + route.path, path))
  }

  async function admit(request: Request, visit: Visit): Promise<void> {
    if (!authenticate) return
    const actor = await authenticate(request, visit.arrival, visit.headers)
    visit.actor = actor
    visit.admitted = true
    await limit?.(actor, visit.headers, request)
  }

  /** A closed route asks again: `/files/:name` being open must not open `/files/secret`, which the router prefers. */
  function mount<Someone>(route: Route<Someone>, admission?: typeof admit): void {
    const perform = performer(route, maxBody)
    const run = async ({ request, params }: { request: Request; params: Record<string, string> }) => {
      const visit = visits.get(request)!
      if (admission && !visit.admitted) await admission(request, visit)
      return perform(visit, request, params)
    }
    for (const method of methodsOf(route)) app.route(method, prefix + route.path, run, { parse: 'none' })
  }

  /** The router only knows that nothing fits method and path; whether the path alone fits decides between 404 and 405. */
  function missed(request: Request): Response {
    const visit = visits.get(request)!
    const there = [...closed, ...open].filter(({ path }) => fits(prefix + path, visit.arrival.path))
    if (there.length === 0) return fail(notFound('Path'), request, visit)
    visit.headers.allow = [...new Set(there.flatMap(methodsOf)), 'OPTIONS'].join(', ')
    if (request.method === 'OPTIONS') return answer(204, undefined, visit.headers)
    return fail(notAllowed(), request, visit)
  }
}

const methodsOf = ({ method }: Route<never>): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method])

const accepts = (route: Route<never>, method: string) => methodsOf(route).includes(method)

const tooLong = () => new Refusal('invalid', 'The address is too long', { reason: 'uri_too_long' })

const notAllowed = () => new Refusal('invalid', 'Method not allowed', { reason: 'method_not_allowed' })
