/** How a thing outside has been doing since the process began. */
export interface Standing {
  lastSuccessAt: number | null
  lastFailureAt: number | null
  lastError: Trouble | null
  /** Share of the last attempts that failed; null before the first. */
  failureRate: number | null
  /** Median of the last attempts that succeeded. */
  latencyMs: number | null
}

export interface Trouble {
  code: string
  message: string
}

export interface Attempt {
  at: number
  durationMs: number
  /** Null when it succeeded. */
  error: Trouble | null
}

export type IntegrationKind = 'transcriber' | 'model' | 'webhook'

export interface Gauges {
  note(kind: IntegrationKind, name: string, attempt: Attempt): void
  standingOf(kind: IntegrationKind, name: string): Standing
  namesOf(kind: IntegrationKind): string[]
}

/** Attempts that the figures are made of. */
const REMEMBERED = 100
/** Of each kind; the one that has not been used for longest is forgotten first. */
const MOST_NAMES = 5000

/** Remembers the last attempts of each thing outside, in bounded memory and at the cost of a push. */
export function createGauges(): Gauges {
  const rings: Record<IntegrationKind, Map<string, Ring>> = {
    transcriber: new Map(),
    model: new Map(),
    webhook: new Map(),
  }

  return {
    note(kind, name, attempt) {
      const known = rings[kind]
      const ring = known.get(name) ?? newRing()
      known.delete(name)
      known.set(name, ring)
      if (known.size > MOST_NAMES) known.delete(known.keys().next().value!)
      remember(ring, attempt)
    },
    standingOf: (kind, name) => standing(rings[kind].get(name) ?? newRing()),
    namesOf: (kind) => [...rings[kind].keys()],
  }
}

interface Ring {
  attempts: { durationMs: number; failed: boolean }[]
  next: number
  lastSuccessAt: number | null
  lastFailureAt: number | null
  lastError: Trouble | null
}

const newRing = (): Ring => ({
  attempts: [],
  next: 0,
  lastSuccessAt: null,
  lastFailureAt: null,
  lastError: null,
})

function remember(ring: Ring, { at, durationMs, error }: Attempt) {
  ring.attempts[ring.next] = { durationMs, failed: error !== null }
  ring.next = (ring.next + 1) % REMEMBERED
  if (error === null) {
    ring.lastSuccessAt = at
    return
  }
  ring.lastFailureAt = at
  ring.lastError = error
}

function standing({ attempts, lastSuccessAt, lastFailureAt, lastError }: Ring): Standing {
  const failures = attempts.filter(({ failed }) => failed).length
  return {
    lastSuccessAt,
    lastFailureAt,
    lastError,
    failureRate: attempts.length === 0 ? null : failures / attempts.length,
    latencyMs: median(attempts.filter(({ failed }) => !failed).map(({ durationMs }) => durationMs)),
  }
}

function median(values: number[]): number | null {
  if (values.length === 0) return null
  values.sort((one, other) => one - other)
  return values[Math.floor(values.length / 2)]!
}
