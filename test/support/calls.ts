import type { Call, Context, Turn } from '../../src/plugin-host/contract.ts'
import { parseTranscript, withRoles } from '../../src/text/index.ts'

export interface TurnLike {
  speaker: string
  text: string
  role?: Turn['role']
  start_ms?: number | null
  end_ms?: number | null
}

/** A call from lines `Agent: …` and `Customer: …`, or from turns; roles come from the labels as in production. */
export function callOf(textOrTurns: string | TurnLike[], overrides: Partial<Call> = {}): Call {
  const lines: TurnLike[] = typeof textOrTurns === 'string' ? parseTranscript(textOrTurns) : textOrTurns
  const call = { ...unknownCall, ...overrides }
  const turns = withRoles(lines, call).map((turn, index) => ({
    ...turn,
    turn: index,
    role: lines[index]?.role ?? turn.role,
    start_ms: turn.start_ms ?? null,
    end_ms: turn.end_ms ?? null,
  }))
  return { ...call, turns: overrides.turns ?? turns }
}

const unknownCall: Call = {
  job_id: 1,
  call_id: 1,
  turns: [],
  channels: [],
  started_at: '2026-03-04T15:30:00-05:00',
  time_zone: null,
  duration_seconds: null,
  direction: 'inbound',
  from_number: null,
  to_number: null,
  agent_name: null,
  language: 'en',
  metadata: {},
}

const silent = () => {}

/** A context that touches nothing: no network, no secrets. */
export const context: Context = {
  log: { debug: silent, info: silent, warn: silent },
  signal: new AbortController().signal,
  secrets: {},
  fetch: () => Promise.reject(new Error('this test has no network')),
  model: {},
  spend: silent,
}
