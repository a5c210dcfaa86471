import type { Call, Role, SpeechSegment, Turn } from '../../plugin-host/contract.ts'
import { countWords } from '../language/tokens.ts'

export interface SpeechStretch extends SpeechSegment {
  role: Role
}

export interface TurnStretch extends SpeechStretch {
  turn: number
  text: string
}

export interface Talk {
  /** Speech in order of time, from the recording's channels if there are any, else from the turns. */
  speech: SpeechStretch[]
  /** The turns with times, the missing ones filled in. */
  turns: TurnStretch[]
  duration_ms: number
  /** True when times had to be guessed from the number of words. */
  estimated: boolean
  /** False when the order is all that is known, so that pauses mean nothing. */
  has_pauses: boolean
  /** The same of `turns`, whose times may be missing even where the recording is known. */
  has_turn_times: boolean
}

const WORDS_PER_MINUTE = 150

/** Who spoke when. Without any times each turn lasts as long as its words take at 150 a minute. */
export function talkOf(call: Call): Talk {
  const timed = call.turns.length > 0 && call.turns.every((turn) => turn.start_ms !== null)
  const turns = timed ? timedTurns(call.turns) : estimatedTurns(call.turns)
  const channels = channelSpeech(call)
  const speech = channels.length > 0 ? channels : turns
  const end = Math.max(0, ...speech.map((stretch) => stretch.end_ms))
  const lacksEnds = timed && call.turns.some((turn) => turn.end_ms === null)
  const known = call.duration_seconds === null ? 0 : call.duration_seconds * 1000
  return {
    speech,
    turns,
    duration_ms: timed || channels.length > 0 ? Math.max(end, known) : known || end,
    estimated: channels.length === 0 && (!timed || lacksEnds),
    has_pauses: timed || channels.length > 0,
    has_turn_times: timed,
  }
}

/** How long at least one of the stretches lasts; overlaps count once. */
export function coveredMs(stretches: readonly SpeechSegment[]): number {
  let [covered, until] = [0, 0]
  for (const { start_ms, end_ms } of [...stretches].sort((a, b) => a.start_ms - b.start_ms)) {
    covered += Math.max(0, end_ms - Math.max(start_ms, until))
    until = Math.max(until, end_ms)
  }
  return covered
}

const lastsMs = (turn: Turn) => (countWords(turn.text) / WORDS_PER_MINUTE) * 60_000

function timedTurns(turns: readonly Turn[]): TurnStretch[] {
  return turns.map((turn, index) => {
    const start = turn.start_ms ?? 0
    const next = turns[index + 1]?.start_ms ?? Number.POSITIVE_INFINITY
    const end = turn.end_ms ?? Math.min(start + lastsMs(turn), Math.max(next, start))
    return {
      turn: turn.turn,
      role: turn.role,
      text: turn.text,
      start_ms: start,
      end_ms: Math.max(start, end),
    }
  })
}

function estimatedTurns(turns: readonly Turn[]): TurnStretch[] {
  let now = 0
  return turns.map((turn) => {
    const start = now
    now += lastsMs(turn)
    return { turn: turn.turn, role: turn.role, text: turn.text, start_ms: start, end_ms: now }
  })
}

/** Channels without a role cannot say who speaks, so then the turns have to. */
function channelSpeech(call: Call): SpeechStretch[] {
  if (!call.channels.some((channel) => channel.role !== 'other' && channel.segments.length > 0)) return []
  return call.channels
    .flatMap(({ role, segments }) => segments.map((segment) => ({ ...segment, role })))
    .sort((a, b) => a.start_ms - b.start_ms)
}
