import type { Call, Role, Turn } from '../plugin-host/contract.ts'
import { isEnglish } from './language.ts'
import { isQuestion } from './questions.ts'
import { shorten } from './quotes.ts'
import { rankSentences } from './ranking.ts'
import { capitalise, reported, withoutOpening } from './reported-speech.ts'
import { sentences } from './sentences.ts'
import { contentWords } from './stopwords.ts'
import { countWords } from './tokens.ts'

export interface CallSummary {
  summary: string
  points: string[]
  language_supported?: false
}

/** The reason for the call, what was done and how it ended, from the sentences that carry them. */
export function summarize(call: Call): CallSummary {
  const candidates = collect(call)
  if (candidates.length === 0) return { summary: briefly(call), points: [] }
  const points = pickPoints(candidates).map((one) => `${nameOf(one)}: ${shorten(capitalise(withoutOpening(one.text)), LONGEST_POINT)}`)
  if (!isEnglish(call.language)) return { ...quoted(candidates), points, language_supported: false }
  const chosen = [pickReason(candidates), ...pickActions(candidates), pickOutcome(candidates)]
  const told = [...new Set(chosen.filter((one) => one !== undefined))].sort((a, b) => a.place - b.place)
  const parts = (told.length > 0 ? told : pickPoints(candidates).slice(0, 3)).map((one) => tell(one))
  return { summary: joinSubjects(parts).join(' '), points }
}

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

const nameOf = ({ role, speaker }: Candidate) => (role === 'other' ? speaker : capitalise(role))

const tell = (one: Candidate) => reported(shorten(one.text, LONGEST_TOLD), one.role, one.speaker)

function collect(call: Call): Candidate[] {
  const found = call.turns.flatMap((turn) => sentencesOf(turn, call.language))
  const ranks = rankSentences(found.map(({ text }) => text), call.language)
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

/** Greetings, identification and courtesies: every call has them, no summary needs them. */
const ROUTINE =
  /\b(?:thank(?:s| you) for (?:calling|holding|contacting|your patience)|how (?:can|may) (?:i|we) (?:help|assist)|is there anything else|have a (?:great|good|nice|wonderful|lovely)|(?:can|could|may) i (?:please )?(?:have|get) your|what(?:'s| is) your (?:full )?(?:name|number|phone|address|email|date of birth)|spell (?:that|your|the)|(?:one|just a) moment|bear with me|calls? (?:is|are|may be) (?:being )?recorded|you(?:'re| are) welcome|my name is \S+(?: \S+)?[.!]?$|(?:hold|wait) (?:on|one|a) )/i

const WANTS: [RegExp, number][] = [
  [/\b(?:i(?:'m| am)|just|was) calling (?:about|because|to|for|in|regarding|since|on)\b|\bthe reason\b/i, 4],
  [/\b(?:i(?:'d| would) like|i need|i want|i was hoping|i(?:'m| am) (?:looking|trying|hoping)|we need|we(?:'d| would) like|i have to)\b/i, 3],
  [/\b(?:can|could|may) (?:i|you|we)\b|\bdo you (?:have|do|take|offer)\b|\bi was wondering\b/i, 1.5],
  [/\b(?:problem|issue|trouble|broken|not working|doesn't work|won't|can't|error|leak\w*|charged|bill|noise|pain|hurts?|missing|wrong|stopped|late|down|damaged)\b/i, 2],
]
const DONE: [RegExp, number][] = [
  [/\b(?:i(?:'ve| have|'ll| will| can| just)|we(?:'ve| have|'ll| will| can)|let me|i'm going to|we're going to)\b/i, 1.5],
  [/\b(?:book\w*|schedul\w*|reschedul\w*|reserv\w*|cancel\w*|refund\w*|credit\w*|reset\w*|fix\w*|updat\w*|sent|send\w*|email\w*|transfer\w*|escalat\w*|ticket|technician|replac\w*|install\w*|order\w*|appl(?:y|ied)|waive\w*|remov\w*|chang\w*|process\w*|issue[ds]?|restart\w*|quote\w*|estimate\w*)\b/i, 2],
  [/\b(?:because|turns out|looks like|it seems|the (?:reason|cause|problem))\b/i, 1],
]
const ENDED: [RegExp, number][] = [
  [/\b(?:you(?:'re| are) (?:all set|booked|confirmed|scheduled|set|good to go)|(?:is|are|been) (?:booked|confirmed|scheduled|resolved|cancell?ed|refunded|fixed|credited|processed|reserved)|see you|(?:we|i)(?:'ll| will) (?:see|call|send|follow|email|get back)|(?:i|we)(?:'ve| have) (?:booked|scheduled|put|sent|moved|cancell?ed|reserved|added|opened|escalated|issued|applied))\b/i, 4],
  [/\b(?:works?|working) (?:now|again)|fixed|solved|that (?:did|worked)|back up\b/i, 3],
  [/\b(?:cancel (?:my|the|our)|speak to|manager|supervisor|complaint|think about it|call (?:you )?back|not interested|go ahead)\b/i, 2],
]

const cueScore = (text: string, cues: [RegExp, number][]) =>
  cues.reduce((sum, [cue, weight]) => sum + (cue.test(text) ? weight : 0), 0)

const byScore = (candidates: Candidate[], score: (one: Candidate) => number) =>
  candidates.map((one) => ({ one, score: score(one) })).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).map(({ one }) => one)

function pickReason(candidates: Candidate[]): Candidate | undefined {
  const early = candidates.filter((one) => one.place <= 0.45 || one.turn < 4)
  const score = (one: Candidate) => (cueScore(one.text, WANTS) + one.rank) * (1.3 - one.place) * (one.role === 'agent' ? 0.4 : 1)
  return byScore(early, (one) => (cueScore(one.text, WANTS) > 0 ? score(one) : 0))[0] ?? early.find((one) => one.role !== 'agent')
}

function pickActions(candidates: Candidate[]): Candidate[] {
  const acts = candidates.filter((one) => one.role === 'agent' && one.place > 0.1 && !isQuestion(one.text))
  return byScore(acts, (one) => (cueScore(one.text, DONE) >= 2 ? cueScore(one.text, DONE) + 1.5 * one.rank : 0)).slice(0, 2)
}

function pickOutcome(candidates: Candidate[]): Candidate | undefined {
  const late = candidates.filter((one) => one.place >= 0.6 && !isQuestion(one.text))
  return byScore(late, (one) => (cueScore(one.text, ENDED) > 0 ? cueScore(one.text, ENDED) + one.place + one.rank : 0))[0] ?? late.at(-1)
}

function pickPoints(candidates: Candidate[]): Candidate[] {
  const cues = [...WANTS, ...DONE, ...ENDED]
  const ranked = byScore(candidates, (one) => one.rank * 2 + cueScore(one.text, cues) / 4 - (isQuestion(one.text) ? 1 : 0) + 0.01)
  const wanted = Math.max(2, Math.min(MOST_POINTS, Math.round(candidates.length / 4)))
  const chosen: Candidate[] = []
  for (const one of ranked) {
    if (chosen.length < wanted && !chosen.some((other) => repeats(one.text, other.text))) chosen.push(one)
  }
  return chosen.sort((a, b) => a.place - b.place)
}

function repeats(a: string, b: string): boolean {
  const [left, right] = [new Set(contentWords(a)), contentWords(b)]
  const shared = right.filter((word) => left.has(word)).length
  return shared >= 2 && shared / Math.min(left.size, right.length) > 0.7
}

/** The second of two sentences about the same speaker says «They». */
const joinSubjects = (parts: string[]) =>
  parts.map((part, index) => {
    const who = /^The (?:customer|agent)(?= (?:said|asked))/.exec(part)?.[0]
    return who && parts[index - 1]?.startsWith(`${who} `) ? part.replace(who, 'They also') : part
  })

function quoted(candidates: Candidate[]) {
  const parts = pickPoints(candidates).slice(0, 3)
  return { summary: parts.map((one) => `${nameOf(one)}: “${shorten(one.text, LONGEST_POINT)}”`).join(' ') }
}

function briefly(call: Call): string {
  const said = call.turns.filter((turn) => turn.text.trim() !== '')
  if (said.length === 0) return 'Nothing was said on this call.'
  return `A short exchange without a recognisable matter: “${shorten(said.map((turn) => turn.text).join(' '), LONGEST_POINT)}”`
}
