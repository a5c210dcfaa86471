import { notFound } from '../lib/refusal.ts'
import type { Visit } from './arrival.ts'
import { notJson, readJson } from './body.ts'
import { readQuery } from './query.ts'
import { answer } from './responses.ts'
import type { Input, Route } from './routes.ts'
import { check } from './validation.ts'

const CONTROL = /[\0-\x1f\x7f]/

export type Perform = (visit: Visit, request: Request, params: Record<string, string>) => Promise<Response>

/** One route as a function from a request to its answer; refusals are thrown. */
export function performer<Actor>({ about, handler }: Route<Actor>, maxBody: number): Perform {
  const success = Math.min(...Object.keys(about.answers).map(Number))
  const maxBytes = about.maxBytes ?? maxBody
  const readBody = bodyReader(about.body, maxBytes)

  return async (visit, request, params) => {
    refuseUnreadable(params)
    const input: Input<Actor, '', unknown, unknown> = {
      actor: visit.actor as Actor,
      params,
      query: () =>
        about.query ? check(about.query, readQuery(request.url), 'query') : readQuery(request.url),
      body: () => readBody(request),
      request,
      arrival: visit.arrival,
      headers: visit.headers,
    }
    return answer(success, await handler(input), visit.headers)
  }
}

/** A body may only be missing where its schema has something to put in its place. */
function bodyReader(schema: Route<unknown>['about']['body'], maxBytes: number) {
  return async (request: Request): Promise<unknown> => {
    const value = await readJson(request, { maxBytes })
    if (value !== undefined) return schema ? check(schema, value, 'body') : value
    const absent = schema?.safeParse(undefined)
    if (absent?.success) return absent.data
    throw notJson('empty')
  }
}

/** The router gives null for broken escapes; a NUL would end the text early in some places and not in others. */
function refuseUnreadable(params: Record<string, string | null>): void {
  for (const name in params) if (params[name] === null || CONTROL.test(params[name]!)) throw notFound('Path')
}
