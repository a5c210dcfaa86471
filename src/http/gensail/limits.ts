import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { usualLimits } from '../../core/tenancy/issued-tokens.ts'
import { rateLimits } from '../rate-limits.ts'
import type { HeaderList } from '../responses.ts'

/** Counts each token's requests of a minute. */
export function limiter(app: App) {
  const spend = rateLimits()
  return (actor: Actor, headers: HeaderList): Promise<void> | undefined => {
    if (!app.settings.rate_limits) return undefined
    const perMinute = actor.rateLimit ?? usualLimits[actor.scope]
    return perMinute === 0 ? undefined : spend(String(actor.tokenId), perMinute, headers)
  }
}
