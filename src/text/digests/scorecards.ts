import type { Call, Role, Turn } from '../../plugin-host/contract.ts'
import { attitudes } from '../attitude/valence.ts'
import { isEnglish } from '../language/language.ts'
import { findParaphrase } from '../language/paraphrases.ts'
import { quoteAround } from '../language/quotes.ts'
import { PROBLEM_CUES, SERVICE_CUES } from './service-cues.ts'

export type CheckKind = keyof typeof SERVICE_CUES | 'phrases'

export interface Check {
  id: string
  name: string
  weight: number
  kind: CheckKind
  phrases: readonly string[]
  who: 'agent' | 'customer' | 'anyone'
  where: 'start' | 'end' | 'anywhere'
  must_not: boolean
}

export interface CheckResult {
  id: string
  name: string
  weight: number
  passed: boolean
  turn: number | null
  quote: string | null
  comment: string
}

export interface ScoredCall {
  score: number
  checks: CheckResult[]
}

/** Goes through a scorecard; the score is the passed share of the weights, 0 to 100. */
export function scoreCall(call: Call, scorecard: readonly Check[]): ScoredCall {
  const checks = scorecard.map((check) => judge(check, call))
  const total = checks.reduce((sum, { weight }) => sum + weight, 0)
  const reached = checks.reduce((sum, { weight, passed }) => sum + (passed ? weight : 0), 0)
  return { score: total > 0 ? Math.round((reached / total) * 100) : 100, checks }
}

/** The first customer turn that reports a problem or shows annoyance. */
export const findProblem = (turns: readonly Turn[]): Turn | undefined =>
  turns.filter((turn) => turn.role === 'customer').find((turn) => hasProblem(turn.text))

const EDGE_TURNS = { start: 2, end: 3 }
const ANNOYED = -1

const hasProblem = (text: string) =>
  PROBLEM_CUES.some((cue) => isReported(cue, text)) || attitudes(text).some(({ value }) => value <= ANNOYED)

/** «No problem» and «any issues?» report nothing. */
function isReported(cue: RegExp, text: string): boolean {
  const found = cue.exec(text)
  return (
    found !== null &&
    !/\b(?:no|not a|any|without(?: any)?|if there(?:'s| is) (?:a|an)) $/i.test(text.slice(0, found.index))
  )
}

function judge(check: Check, call: Call): CheckResult {
  if (!isEnglish(call.language) && check.kind !== 'phrases' && check.phrases.length === 0) {
    return result(check, false, undefined, 'Not judged: this check reads English only.')
  }
  const turns = turnsFor(check, call.turns)
  if (check.kind === 'empathy') return judgeEmpathy(check, call.turns, turns)
  const found = find(check, turns)
  if (check.must_not) return judgeForbidden(check, found)
  if (check.kind === 'resolution' && found) return judgeResolution(check, call.turns, found)
  const where = check.where === 'anywhere' ? '' : ` at the ${check.where} of the call`
  if (turns.length === 0) return result(check, false, undefined, `The ${check.who} said nothing${where}.`)
  return result(
    check,
    found !== undefined,
    found,
    found ? `Said in turn ${found.turn}.` : `Not heard${where}.`,
  )
}

/** Nobody needs comforting when nothing is wrong; else it must come after the problem was told. */
function judgeEmpathy(check: Check, all: readonly Turn[], turns: readonly Turn[]): CheckResult {
  const problem = findProblem(all)
  if (!problem) return result(check, true, undefined, 'Not required: the customer voiced no problem.')
  const found = find(
    check,
    turns.filter((turn) => turn.turn > problem.turn),
  )
  const told = `the problem of turn ${problem.turn}`
  return result(
    check,
    found !== undefined,
    found,
    found ? `Answers ${told} in turn ${found.turn}.` : `No empathy shown for ${told}.`,
  )
}

/** An offer that leaves the customer angry has solved nothing. */
function judgeResolution(check: Check, all: readonly Turn[], found: Found): CheckResult {
  const last = all.filter((turn) => turn.role === 'customer' && turn.turn > found.turn).slice(-LAST_WORDS)
  const mood = last.map((turn) => ({
    turn,
    value: attitudes(turn.text).reduce((sum, one) => sum + one.value, 0),
  }))
  const worst = mood.find(({ value }) => value <= ANGRY)
  if (worst && !mood.some(({ value }) => value >= -ANGRY)) {
    const comment = `Offered in turn ${found.turn}, but the customer rejected it in turn ${worst.turn.turn}.`
    return result(check, false, found, comment)
  }
  return result(check, true, found, `Said in turn ${found.turn}.`)
}

const LAST_WORDS = 2
const ANGRY = -1.5

const judgeForbidden = (check: Check, found: Found | undefined) =>
  result(
    check,
    found === undefined,
    found,
    found ? `Must not be said, but was in turn ${found.turn}.` : 'Not said, as it should be.',
  )

interface Found {
  turn: number
  quote: string
}

const result = (check: Check, passed: boolean, found: Found | undefined, comment: string): CheckResult => ({
  id: check.id,
  name: check.name,
  weight: check.weight,
  passed,
  turn: found?.turn ?? null,
  quote: found?.quote ?? null,
  comment,
})

/** Start and end are counted in the speaker's own turns. */
function turnsFor(check: Check, turns: readonly Turn[]): Turn[] {
  const role = check.who === 'anyone' ? undefined : roleFor(check.who, turns)
  const own = turns.filter((turn) => role === undefined || turn.role === role)
  if (check.where === 'start') return own.slice(0, EDGE_TURNS.start)
  return check.where === 'end' ? own.slice(-EDGE_TURNS.end) : own
}

/** A call whose speakers could not be told apart is judged as a whole. */
const roleFor = (who: Role, turns: readonly Turn[]) =>
  turns.some((turn) => turn.role === who) ? who : turns.every((turn) => turn.role === 'other') ? 'other' : who

function find(check: Check, turns: readonly Turn[]): Found | undefined {
  const cues: readonly RegExp[] = check.kind === 'phrases' ? [] : SERVICE_CUES[check.kind]
  for (const turn of turns) {
    const text = turn.text.replaceAll('’', "'")
    const place =
      cues.map((cue) => cue.exec(text)?.index).find((index) => index !== undefined) ??
      check.phrases
        .map((phrase) => findParaphrase(phrase, text, check.must_not ? 'close' : 'loose')?.start)
        .find((start) => start !== undefined)
    if (place !== undefined) return { turn: turn.turn, quote: quoteAround(turn.text, place) }
  }
  return undefined
}
