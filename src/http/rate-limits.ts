import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../lib/refusal.ts'
import type { HeaderList } from './responses.ts'

const WINDOW_SECONDS = 60
const SECOND = 1000

/** Counts requests by key in windows of a minute that begin with a key's first request. */
export function rateLimits() {
  const byLimit = new Map<number, RateLimiterMemory>()

  /** Counts one request, and writes the limit's headers; refuses when there were more than `perMinute`. */
  return async function spend(key: string, perMinute: number, headers: HeaderList): Promise<void> {
    const { consumedPoints, msBeforeNext } = await limiterFor(perMinute).penalty(key)
    const left = perMinute - consumedPoints
    headers['x-ratelimit-limit'] = `${perMinute}`
    headers['x-ratelimit-remaining'] = `${Math.max(0, left)}`
    headers['x-ratelimit-reset'] = `${Math.ceil((Date.now() + msBeforeNext) / SECOND)}`
    if (left < 0) throw tooMany(perMinute, msBeforeNext)
  }

  function limiterFor(perMinute: number): RateLimiterMemory {
    const known = byLimit.get(perMinute)
    if (known) return known
    const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS })
    byLimit.set(perMinute, limiter)
    return limiter
  }
}

const tooMany = (perMinute: number, msBeforeNext: number) =>
  new Refusal('limited', `Too many requests: ${perMinute} per minute are allowed`, {
    retryAfterSeconds: Math.max(1, msBeforeNext / SECOND),
  })

/** What an address has left of its wrong guesses. */
export interface Strangers {
  /** Refuses an address that has guessed too often, unless `isKnown`. */
  check(address: () => string, isKnown: () => boolean, headers: HeaderList): void
  /** Counts a guess. */
  count(address: string): void
}

/** Keeps those who try tokens from reaching the database; whoever sits behind the same address with a good one may go on. */
export function strangerLimits(perMinute: number): Strangers {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS })
  /** Address → when it may try again. Nobody's is looked up while this is empty. */
  const shut = new Map<string, number>()

  return {
    check(address, isKnown, headers) {
      if (shut.size === 0) return
      const key = keyOf(address())
      const until = shut.get(key)
      if (until === undefined) return
      const now = Date.now()
      if (until <= now) {
        shut.delete(key)
        return
      }
      if (isKnown()) return
      headers['x-ratelimit-limit'] = `${perMinute}`
      headers['x-ratelimit-remaining'] = '0'
      headers['x-ratelimit-reset'] = `${Math.ceil(until / SECOND)}`
      throw new Refusal('limited', 'Too many requests without a valid token', {
        retryAfterSeconds: (until - now) / SECOND,
      })
    },
    count(address) {
      const key = keyOf(address)
      void limiter.penalty(key).then(({ consumedPoints, msBeforeNext }: RateLimiterRes) => {
        if (consumedPoints < perMinute) return
        shut.set(key, Date.now() + msBeforeNext)
        setTimeout(() => shut.delete(key), msBeforeNext).unref()
      })
    },
  }
}

/** Whoever has one address of IPv6 has the whole network of 64 bits. */
function keyOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  if (tail !== undefined) while (groups.length < 4) groups.push('0')
  return groups.slice(0, 4).join(':')
}
