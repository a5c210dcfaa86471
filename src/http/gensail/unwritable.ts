import type { App } from '../../app.ts'
import { isDiskFull, isUnwritable } from '../../db/db.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Route, Routes } from '../routes.ts'

/** Not the request's fault and not for ever: the same one may be sent again later. */
export function sayingWhenUnwritable<Actor>(app: App, routes: Routes<Actor>): Routes<Actor> {
  return { ...routes, list: routes.list.map((route) => guarded(app, route)) }
}

function guarded<Actor>(app: App, route: Route<Actor>): Route<Actor> {
  const handler: Route<Actor>['handler'] = async (input) => {
    try {
      return await route.handler(input)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      app.log.warn({ err: error, request_id: input.arrival.requestId }, 'the data folder cannot be written')
      throw refusal
    }
  }
  const { about, method } = route
  const refusals = method === 'GET' ? about.refusals : [...(about.refusals ?? []), 503, 507]
  return { ...route, about: { ...about, refusals }, handler }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (isDiskFull(error) || (error as { code?: unknown } | null)?.code === 'ENOSPC')
    return new Refusal('conflict', 'The disk is full; nothing was stored', { reason: 'disk_full' })
  if (isUnwritable(error))
    return new Refusal('conflict', 'The database is busy; nothing was stored', { reason: 'busy' })
  return undefined
}
