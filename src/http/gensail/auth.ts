import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { requireActor } from '../../core/tenancy/tokens.ts'
import { readToken } from '../credentials.ts'

/** `Authorization: Bearer` and `x-api-key` count the same. The token is looked up anew for each request. */
export const authenticator =
  (app: App) =>
  (request: Request): Promise<Actor> =>
    requireActor(app.db, readToken(request), app.clock(), app.operatorTokenHash)
