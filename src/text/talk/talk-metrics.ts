import type { Call, Role } from '../../plugin-host/contract.ts'
import { FILLERS } from '../language/stopwords.ts'
import { countWords, wordsOf } from '../language/tokens.ts'
import { countQuestions } from './questions.ts'
import { coveredMs, type SpeechStretch, type Talk, type TurnStretch, talkOf } from './talk.ts'

type Side = 'agent' | 'customer'
type Both<T> = Record<Side, T>

export interface TalkMetrics {
  talk_seconds: Both<number>
  /** The agent's share of what both talked, 0 to 1. */
  talk_ratio: number
  words_per_minute: Both<number>
  longest_monologue_seconds: Both<number>
  silence_seconds: number
  silence_ratio: number
  /** The turn that cut in, and whose it is. */
  interruptions: { turn: number; by: Side }[]
  questions: Both<number>
  /** Mean pause before answering; null when the call came without times. */
  response_latency_seconds: Both<number | null>
  estimated: boolean
}

/** How the talking was shared: times, speed, pauses, interruptions, questions. */
export function measureTalk(call: Call): TalkMetrics {
  const talk = talkOf(call)
  const seconds = both((side) => coveredMs(bySide(talk.speech, side)) / 1000)
  const silence = Math.max(0, talk.duration_ms - coveredMs(talk.speech)) / 1000
  return {
    talk_seconds: both((side) => tenth(seconds[side])),
    talk_ratio: share(seconds.agent, seconds.agent + seconds.customer),
    words_per_minute: both((side) => Math.round(wordsPerMinute(call, side, seconds[side]))),
    longest_monologue_seconds: both((side) => tenth(longestMonologue(talk.speech, side) / 1000)),
    silence_seconds: tenth(silence),
    silence_ratio: share(silence, talk.duration_ms / 1000),
    interruptions: findInterruptions(talk),
    questions: both((side) => sum(bySide(call.turns, side).map(({ text }) => countQuestions(text)))),
    response_latency_seconds: both((side) => latency(talk, side)),
    estimated: talk.estimated,
  }
}

/** Shorter overlaps are how people take turns. */
const OVERLAP_MS = 300
/** A longer pause ends a monologue. */
const MONOLOGUE_GAP_MS = 4000
/** «Mm-hmm» does not take the word from the other side. */
const BACKCHANNEL_MS = 800
const BACKCHANNEL_WORDS = 3

const both = <T>(of: (side: Side) => T): Both<T> => ({ agent: of('agent'), customer: of('customer') })

const bySide = <T extends { role: Role }>(all: readonly T[], side: Side) =>
  all.filter((one) => one.role === side)

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

const tenth = (value: number) => Math.round(value * 10) / 10

const share = (part: number, whole: number) => (whole > 0 ? Math.round((part / whole) * 1000) / 1000 : 0)

function wordsPerMinute(call: Call, side: Side, seconds: number): number {
  const words = sum(bySide(call.turns, side).map(({ text }) => countWords(text)))
  return seconds > 0 ? words / (seconds / 60) : 0
}

function longestMonologue(speech: readonly SpeechStretch[], side: Side): number {
  let [longest, start, end] = [0, -1, 0]
  for (const stretch of speech) {
    const length = stretch.end_ms - stretch.start_ms
    if (stretch.role !== side) {
      if (length > BACKCHANNEL_MS) start = -1
      continue
    }
    if (start < 0 || stretch.start_ms - end > MONOLOGUE_GAP_MS) start = stretch.start_ms
    end = stretch.end_ms
    longest = Math.max(longest, end - start)
  }
  return longest
}

function findInterruptions({ turns, has_turn_times }: Talk): TalkMetrics['interruptions'] {
  return turns.flatMap((turn, index) => {
    const before = turns[index - 1]
    if (!before || turn.role === 'other' || turn.role === before.role || isBackchannel(turn)) return []
    const cutsIn = has_turn_times ? before.end_ms - turn.start_ms > OVERLAP_MS : BROKEN_OFF.test(before.text)
    return cutsIn ? [{ turn: turn.turn, by: turn.role }] : []
  })
}

const BROKEN_OFF = /(?:--|[–—-])["'”’]?\s*$/

function isBackchannel({ text }: TurnStretch): boolean {
  const words = wordsOf(text)
  return (
    words.length <= BACKCHANNEL_WORDS && words.every((word) => FILLERS.has(word) || /^m+-?h?m*$/.test(word))
  )
}

function latency({ speech, has_pauses }: Talk, side: Side): number | null {
  if (!has_pauses) return null
  const pauses = speech.flatMap((stretch, index) => {
    const before = speech[index - 1]
    const answers = before && stretch.role === side && before.role !== side && before.role !== 'other'
    return answers ? [Math.max(0, stretch.start_ms - before.end_ms)] : []
  })
  return pauses.length > 0 ? Math.round(sum(pauses) / pauses.length / 10) / 100 : null
}
