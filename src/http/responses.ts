import type { RefusalCode } from '../lib/refusal.ts'

/** Statuses by code or by reason; a reason is looked up first. */
export type Statuses = Record<string, number>

export const DEFAULT_STATUSES: Statuses = {
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limited: 429,
  broken_json: 400,
  too_deep: 400,
  not_utf8: 400,
  empty: 400,
  broken_multipart: 400,
  ambiguous_credentials: 400,
  bad_request: 400,
  method_not_allowed: 405,
  stale: 412,
  too_large: 413,
  uri_too_long: 414,
  unsupported_media: 415,
  busy: 503,
  unavailable: 503,
  disk_full: 507,
}

export const statusOf = (statuses: Statuses, code: RefusalCode, reason: string | undefined) =>
  (reason === undefined ? undefined : statuses[reason]) ?? statuses[code] ?? 500

export type HeaderList = Record<string, string>

/** An answer of a route: a Response goes out as it is, undefined becomes an empty one, all else JSON. */
export function answer(status: number, value: unknown, headers: HeaderList): Response {
  if (value instanceof Response) return withHeaders(value, headers)
  if (value === undefined || status === 204) return new Response(null, { status, headers })
  return Response.json(value, { status, headers })
}

function withHeaders(response: Response, headers: HeaderList): Response {
  for (const name in headers) if (!response.headers.has(name)) response.headers.set(name, headers[name]!)
  return response
}

/** For a handler whose answer isn't the lowest status it declared. */
export const reply = (status: number, value: unknown, headers: HeaderList = {}): Response =>
  answer(status, value, headers)
