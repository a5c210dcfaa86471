import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { requireActor } from '../../core/tenancy/tokens.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Arrival } from '../arrival.ts'
import { readToken } from '../credentials.ts'
import { strangerLimits } from '../rate-limits.ts'
import type { HeaderList } from '../responses.ts'

/** Requests without a valid token that one address may send in a minute. */
const GUESSES_PER_MINUTE = 60
const REMEMBERED_TOKENS = 10_000

/** `Authorization: Bearer` and `x-api-key` count the same. The token is looked up anew for each request. */
export function authenticator(app: App) {
  const strangers = app.settings.rate_limits ? strangerLimits(GUESSES_PER_MINUTE) : undefined
  /** Tokens that were good, so that a guesser does not shut out who shares the address. */
  const good = new Set<string>()

  return async (request: Request, arrival: Arrival, headers: HeaderList): Promise<Actor> => {
    const token = readToken(request)
    strangers?.check(arrival.address, () => token !== undefined && good.has(token), headers)
    try {
      const actor = await requireActor(app.db, token, app.clock(), app.operatorTokenHash)
      if (strangers) remember(token!)
      return { ...actor, address: arrival.address }
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unauthorized') {
        if (token) good.delete(token)
        strangers?.count(arrival.address())
      }
      throw error
    }
  }

  function remember(token: string) {
    if (good.size >= REMEMBERED_TOKENS) good.clear()
    good.add(token)
  }
}
