import type { z } from 'zod'
import type { Arrival } from './arrival.ts'
import type { HeaderList } from './responses.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `:name` parts of a path, and `*` for the rest of it. */
export type Params<Path extends string> = Path extends `${infer Left}/${infer Right}`
  ? Params<Left> & Params<Right>
  : Path extends `:${infer Name}`
    ? { [Key in Name]: string }
    : Path extends '*'
      ? { '*': string }
      : unknown

/** What a handler gets. `query` and `body` are checked when called: call them after the ids of the path were found. */
export interface Input<Actor, Path extends string, Query, Body> {
  actor: Actor
  params: Params<Path>
  query: () => Query
  body: () => Promise<Body>
  request: Request
  arrival: Arrival
  /** Headers of the answer, also of an error answer. */
  headers: HeaderList
}

/** A success of a route, for the document: a JSON schema's source, or another content type in words. */
export type Answer = z.ZodType | { description: string; schema?: z.ZodType; type?: string; example?: unknown }

export interface About<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  summary: string
  description?: string
  query?: Query
  body?: Body
  /** Parts of a multipart body: for the document only, the handler reads them with `readMultipart`. */
  form?: z.ZodType
  /** What the parts of the path mean, by name. */
  params?: Record<string, string>
  /** Request headers with a meaning, by name. */
  headers?: Record<string, string>
  /** By status; a handler's plain value is sent with the lowest one. */
  answers: Record<number, Answer>
  /** Statuses of refusals beyond those that follow from the route's shape, as 409. */
  refusals?: number[]
  /** Left out of the document. */
  hidden?: boolean
  /** Limit of the body when it is not the surface's. */
  maxBytes?: number
}

export interface Route<Actor> {
  method: Method
  path: string
  tag: string
  about: About
  handler: (input: Input<Actor, string, unknown, unknown>) => unknown
}

type Declare<Actor> = <Path extends string, Query extends z.ZodType, Body extends z.ZodType>(
  path: Path,
  about: About<Query, Body>,
  handler: (input: Input<Actor, Path, z.output<Query>, z.output<Body>>) => unknown,
) => Routes<Actor>

export interface Routes<Actor> {
  readonly list: Route<Actor>[]
  get: Declare<Actor>
  post: Declare<Actor>
  put: Declare<Actor>
  patch: Declare<Actor>
  delete: Declare<Actor>
}

/**
 * The routes of one resource, declared one after the other; `tag` is their heading in the document.
 * Name the parts of a path in the route, not in `prefix`: only those are typed.
 */
export function routes<Actor>(tag: string, prefix = ''): Routes<Actor> {
  const list: Route<Actor>[] = []
  const declare =
    (method: Method): Declare<Actor> =>
    (path, about, handler) => {
      list.push({ method, path: prefix + path, tag, about, handler: handler as Route<Actor>['handler'] })
      return all
    }
  const all: Routes<Actor> = {
    list,
    get: declare('GET'),
    post: declare('POST'),
    put: declare('PUT'),
    patch: declare('PATCH'),
    delete: declare('DELETE'),
  }
  return all
}

/** Where the path of a request fits; used where the router has nothing to say (open routes, wrong methods). */
export function fits(pattern: string, path: string): boolean {
  const wanted = segments(pattern)
  const given = segments(path)
  if (wanted.at(-1) === '*' ? given.length < wanted.length : given.length !== wanted.length) return false
  return wanted.every(
    (part, at) => part === '*' || part === given[at] || (part.startsWith(':') && given[at] !== ''),
  )
}

const segments = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
