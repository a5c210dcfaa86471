import type { Call, Role, Turn } from '../../plugin-host/contract.ts'
import { customerSentiment } from '../attitude/sentiment.ts'
import { isEnglish } from '../language/language.ts'
import { onceFor } from '../language/once.ts'
import { shorten } from '../language/quotes.ts'
import { sentences } from '../language/sentences.ts'
import { contentWords } from '../language/stopwords.ts'
import { countWords } from '../language/tokens.ts'
import { isQuestion } from '../talk/questions.ts'
import { rankSentences } from './ranking.ts'
import { capitalise, reported, withoutOpening } from './reported-speech.ts'
import { DONE, ENDED, ROUTINE, WANTS } from './summary-cues.ts'

export interface CallSummary {
  summary: string
  points: string[]
  language_supported?: false
}

/** The reason for the call, what was done and how it ended, from the sentences that carry them. */
export const summarize = onceFor((call: Call): CallSummary => {
  const candidates = collect(call)
  if (candidates.length === 0) return { summary: briefly(call), points: [] }
  if (!isEnglish(call.language)) return quoted(candidates)
  const chosen = [
    pickReason(candidates, call.direction === 'outbound'),
    ...pickActions(candidates),
    pickOutcome(candidates),
  ]
  const told = inOrder(chosen.filter((one) => one !== undefined))
  const parts = (told.length > 0 ? told : pickPoints(candidates).slice(0, 3)).map(tell)
  return {
    summary: [...joinSubjects(parts), ...impression(call)].join(' '),
    points: inOrder([...told, ...pickPoints(candidates, told)]).map(pointOf),
  }
})

interface Candidate {
  text: string
  role: Role
  speaker: string
  turn: number
  /** Position in the call, from 0 to 1. */
  place: number
  rank: number
}

const LONGEST_POINT = 180
const LONGEST_TOLD = 220
const SHORTEST_WORDS = 4
const MOST_POINTS = 6

const inOrder = (some: Candidate[]) => [...new Set(some)].sort((a, b) => a.place - b.place)

const pointOf = (one: Candidate) =>
  `${nameOf(one)}: ${shorten(capitalise(withoutOpening(one.text)), LONGEST_POINT)}`

const nameOf = ({ role, speaker }: Candidate) => (role === 'other' ? speaker : capitalise(role))

const tell = (one: Candidate) => reported(shorten(one.text, LONGEST_TOLD), one.role, one.speaker)

function collect(call: Call): Candidate[] {
  const found = call.turns.flatMap((turn) => sentencesOf(turn, call.language))
  const ranks = rankSentences(
    found.map(({ text }) => text),
    call.language,
  )
  return found.map((one, index) => ({
    ...one,
    place: found.length === 1 ? 0 : index / (found.length - 1),
    rank: ranks[index] ?? 0,
  }))
}

function sentencesOf(turn: Turn, language: string) {
  return sentences(turn.text)
    .map(({ text }) => text)
    .filter((text) => countWords(withoutOpening(text)) >= SHORTEST_WORDS)
    .filter((text) => !ROUTINE.test(text) && contentWords(text, language).length > 0)
    .map((text) => ({ text, role: turn.role, speaker: turn.speaker, turn: turn.turn }))
}

const cueScore = (text: string, cues: [RegExp, number][]) =>
  cues.reduce((sum, [cue, weight]) => sum + (cue.test(text) ? weight : 0), 0)

const byScore = (candidates: Candidate[], score: (one: Candidate) => number) =>
  candidates
    .map((one) => ({ one, score: score(one) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one)

/** The customer's own words, early in the call; on an outbound call the agent may say it first. */
function pickReason(candidates: Candidate[], outbound: boolean): Candidate | undefined {
  const asking = candidates.filter(
    (one) => one.role !== 'agent' || (outbound && (one.place < 0.3 || one.turn < 4)),
  )
  const first = asking[0]
  const early = asking.filter((one) => one.place <= 0.5 || one.turn === first?.turn)
  const score = (one: Candidate) =>
    (cueScore(one.text, WANTS) + one.rank + (one.turn === first?.turn ? FIRST_SAID : 0)) * (1.4 - one.place)
  return byScore(early, (one) => (cueScore(one.text, WANTS) > 0 ? score(one) : 0))[0] ?? first
}

const FIRST_SAID = 1.5

function pickActions(candidates: Candidate[]): Candidate[] {
  const acts = candidates.filter((one) => one.role === 'agent' && one.place > 0.1 && !isQuestion(one.text))
  return byScore(acts, (one) =>
    cueScore(one.text, DONE) >= 2 ? cueScore(one.text, DONE) + 1.5 * one.rank - vagueness(one.text) : 0,
  ).slice(0, 2)
}

function pickOutcome(candidates: Candidate[]): Candidate | undefined {
  const late = candidates.filter((one) => one.place >= 0.6 && !isQuestion(one.text))
  return (
    byScore(late, (one) =>
      cueScore(one.text, ENDED) > 0
        ? cueScore(one.text, ENDED) + one.place + one.rank - vagueness(one.text)
        : 0,
    )[0] ?? late.at(-1)
  )
}

/** «I've put that in the notes» tells little without what came before. */
const vagueness = (text: string) => Math.max(0, 3 - contentWords(text).length)

function pickPoints(candidates: Candidate[], told: Candidate[] = []): Candidate[] {
  const cues = [...WANTS, ...DONE, ...ENDED]
  const value = (one: Candidate) =>
    one.rank * 2 +
    cueScore(one.text, cues) / 4 -
    (isQuestion(one.text) ? 1 : 0) -
    vagueness(one.text) / 4 +
    0.01
  const wanted = Math.max(3, Math.min(MOST_POINTS, Math.round(candidates.length / 4)))
  const chosen = [...told]
  for (const one of byScore(candidates, value)) {
    if (chosen.length < wanted && !chosen.some((other) => repeats(one.text, other.text))) chosen.push(one)
  }
  return inOrder(chosen)
}

function repeats(a: string, b: string): boolean {
  const [left, right] = [new Set(contentWords(a)), contentWords(b)]
  const shared = right.filter((word) => left.has(word)).length
  return shared >= 3 && shared / Math.min(left.size, right.length) > 0.7
}

/** The same speaker again is «They», who also said, and then added. */
function joinSubjects(parts: string[]): string[] {
  let [before, repeats] = ['', 0]
  return parts.map((part) => {
    const who = /^The (?:customer|agent)(?= (?:said|asked))/.exec(part)?.[0] ?? ''
    repeats = who !== '' && who === before ? repeats + 1 : 0
    before = who
    if (repeats === 0) return part
    const they = part.replace(who, 'They')
    return repeats > 1 || /\balso\b/.test(part)
      ? they.replace('They said', 'They added')
      : they.replace('They', 'They also')
  })
}

const IMPRESSIONS = {
  positive: ['The customer was pleased.'],
  neutral: [],
  negative: ['The customer was unhappy.'],
}

const impression = (call: Call): string[] => IMPRESSIONS[customerSentiment(call).sentiment]

/** Other languages are not retold, only quoted. */
function quoted(candidates: Candidate[]): CallSummary {
  const points = pickPoints(candidates)
  const summary = points.slice(0, 3).map((one) => `${nameOf(one)}: “${shorten(one.text, LONGEST_POINT)}”`)
  return { summary: summary.join(' '), points: points.map(pointOf), language_supported: false }
}

function briefly(call: Call): string {
  const said = call.turns.filter((turn) => turn.text.trim() !== '')
  if (said.length === 0) return 'Nothing was said on this call.'
  return `A short exchange without a recognisable matter: “${shorten(said.map((turn) => turn.text).join(' '), LONGEST_POINT)}”`
}
