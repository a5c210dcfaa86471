import type { Call, Role, Turn } from '../../plugin-host/contract.ts'
import { isEnglish } from '../language/language.ts'
import { onceFor } from '../language/once.ts'
import { answerAttitude } from './answers.ts'
import type { Mood, Sentiment } from './moods.ts'
import { reasonFor } from './sentiment-reasons.ts'
import { attitudes } from './valence.ts'

export interface SpeakerSentiment {
  sentiment: Sentiment
  score: number
}

export interface CallSentiment extends SpeakerSentiment {
  reason: string
  by_speaker: { agent: SpeakerSentiment; customer: SpeakerSentiment }
  trend: 'improving' | 'steady' | 'declining'
  turns: { turn: number; score: number }[]
  language_supported?: false
}

/** The customer's attitude over the call, with each turn's own score. What the agent says never counts for it. */
export const customerSentiment = onceFor((call: Call): CallSentiment => {
  if (!isEnglish(call.language)) return unsupported(call)
  const moods = call.turns.map((turn, index) => readMood(turn, call.turns[index - 1]))
  const customer = moods.filter((mood) => mood.turn.role === customerRole(call.turns))
  const score = overall(customer)
  const verdict = { sentiment: labelOf(score), score }
  return {
    ...verdict,
    reason: reasonFor(verdict.sentiment, customer),
    by_speaker: { agent: verdictOn(moods.filter((mood) => mood.turn.role === 'agent')), customer: verdict },
    trend: trendOf(customer),
    turns: moods.map((mood) => ({ turn: mood.turn.turn, score: turnScore(mood) })),
  }
})

const DOUBT = 3.5
const EARLY_WEIGHT = 0.55
const LATE_WEIGHT = 1.65
const POLITE_LIMIT = 1.25
const STRONGEST_TURN = 5
const POSITIVE_FROM = 0.31
const NEGATIVE_FROM = -0.25
const SETTLED = 1.2
const TURN_DOUBT = 2.2

/** A call without any labelled customer still has one: whoever is not the agent. */
const customerRole = (turns: Turn[]): Role =>
  turns.some((turn) => turn.role === 'customer') ? 'customer' : 'other'

function readMood(turn: Turn, before: Turn | undefined): Mood {
  const asked = before && before.role !== turn.role ? answerAttitude(before.text, turn.text) : undefined
  const found = asked ? [...attitudes(turn.text), asked] : attitudes(turn.text)
  const sum = (polite: boolean) =>
    found.reduce((total, one) => total + (one.polite === polite ? one.value : 0), 0)
  return { turn, found, felt: clamp(sum(false), STRONGEST_TURN), polite: clamp(sum(true), POLITE_LIMIT) }
}

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value))

const round = (value: number) => Math.round(value * 100) / 100 || 0

const turnScore = (mood: Mood) => {
  const value = mood.felt + mood.polite / 2
  return round(value / (Math.abs(value) + TURN_DOUBT))
}

const verdictOn = (moods: Mood[]): SpeakerSentiment => {
  const score = overall(moods)
  return { sentiment: labelOf(score), score }
}

const labelOf = (score: number): Sentiment =>
  score >= POSITIVE_FROM ? 'positive' : score <= NEGATIVE_FROM ? 'negative' : 'neutral'

/** Later turns weigh more, politeness counts little, and a clear ending halves what spoke against it. */
function overall(moods: Mood[]): number {
  let [praise, blame, polite] = [0, 0, 0]
  moods.forEach((mood, index) => {
    const place = moods.length === 1 ? 1 : index / (moods.length - 1)
    const weight = EARLY_WEIGHT + (LATE_WEIGHT - EARLY_WEIGHT) * place
    praise += Math.max(mood.felt, 0) * weight
    blame -= Math.min(mood.felt, 0) * weight
    polite += mood.polite * weight
  })
  const ending = moods.slice(-Math.max(2, Math.ceil(moods.length / 3))).map((mood) => mood.felt)
  const goodEnd = ending.some((felt) => felt >= SETTLED) && !ending.some((felt) => felt <= -SETTLED)
  const badEnd = ending.some((felt) => felt <= -SETTLED) && !ending.some((felt) => felt >= SETTLED)
  const good = (praise + clamp(polite, POLITE_LIMIT)) * (badEnd ? 0.6 : 1)
  const bad = blame * (goodEnd ? 0.6 : 1)
  return round((good - bad) / (Math.abs(good) + bad + DOUBT))
}

function trendOf(moods: Mood[]): CallSentiment['trend'] {
  if (moods.length < 2) return 'steady'
  const half = Math.ceil(moods.length / 2)
  const change = mean(moods.slice(half).map(turnScore)) - mean(moods.slice(0, half).map(turnScore))
  return change > STEADY ? 'improving' : change < -STEADY ? 'declining' : 'steady'
}

const STEADY = 0.12

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function unsupported(call: Call): CallSentiment {
  const none = { sentiment: 'neutral' as const, score: 0 }
  return {
    ...none,
    reason: `Sentiment is read in English only; this call is marked «${call.language}».`,
    by_speaker: { agent: none, customer: none },
    trend: 'steady',
    turns: call.turns.map(({ turn }) => ({ turn, score: 0 })),
    language_supported: false,
  }
}
