import type { Turn } from '../../plugin-host/contract.ts'
import { isContentWord } from '../language/stopwords.ts'
import { lacksCasing, stem, type Token, tokenize } from '../language/tokens.ts'

export interface KeyPhrase {
  phrase: string
  count: number
  score: number
  /** The turns it was said in. */
  turns: number[]
}

/** What the call is about: runs of content words, rated by how often and with how many others they stand (RAKE). */
export function keyPhrases(turns: readonly Turn[], limit: number, language = 'en'): KeyPhrase[] {
  const names = namesOf(turns)
  const found = turns
    .flatMap((turn) => runsOf(turn, language))
    .filter((run) => !run.keys.every((key) => names.has(key)))
  const runs = toRepeated(found)
  const weights = weighWords(runs)
  const groups = new Map<string, PhraseGroup>()
  for (const run of runs) {
    const group: PhraseGroup = groups.get(run.keys.join(' ')) ?? {
      forms: new Map(),
      turns: [],
      keys: run.keys,
    }
    group.forms.set(run.text, (group.forms.get(run.text) ?? 0) + 1)
    group.turns.push(run.turn)
    groups.set(run.keys.join(' '), group)
  }
  const rated = [...groups.values()].map((group) => rate(group, weights))
  return withoutParts(
    withoutChance(
      rated.sort((a, b) => b.score - a.score || b.count - a.count || a.phrase.localeCompare(b.phrase)),
    ),
  ).slice(0, limit)
}

/** The speakers themselves are no topic: «this is Sara», «thanks, Tom», a name that is also a label. */
function namesOf(turns: readonly Turn[]): Set<string> {
  const introduced = turns.flatMap(({ text }) =>
    Array.from(text.matchAll(INTRODUCED), (match) => match.slice(1).join(' ')),
  )
  const uncased = turns
    .filter(({ text }) => lacksCasing(text))
    .flatMap(({ text }) => Array.from(text.matchAll(NAMED), (match) => match[1] ?? ''))
  const names = [...introduced, ...uncased, ...turns.map(({ speaker }) => speaker)]
  return new Set(names.flatMap((name) => tokenize(name).map((token) => stem(token.word))))
}

const NAMED = /\b(?:this is|my name is|my name's) (\p{L}{3,})/giu
const INTRODUCED =
  /\b(?:[Tt]his is|[Mm]y name is|[Mm]y name's|[Ii]t's|I'm|[Hh]i|[Hh]ello|[Tt]hanks|[Tt]hank you|M[rs]s?\.?|Doctor|Dr\.?),? (?!The\b|This\b|My\b|Your\b)(\p{Lu}\p{Ll}+)(?: (\p{Lu}\p{Ll}+))?(?! \p{Lu})/gu

interface PhraseGroup {
  forms: Map<string, number>
  turns: number[]
  keys: string[]
}

interface Run {
  text: string
  keys: string[]
  turn: number
}

const LONGEST_RUN = 4

function runsOf(turn: Turn, language: string): Run[] {
  const runs: Run[] = []
  let open: Token[] = []
  const close = () => {
    if (open.length > 0) runs.push(...cut(open).map((tokens) => runFrom(tokens, turn.turn)))
    open = []
  }
  for (const token of tokenize(turn.text)) {
    const last = open.at(-1)
    if (last && /[^\s"'“”‘’()-]/.test(turn.text.slice(last.end, token.start))) close()
    if (isContentWord(token.word, language) && !SPELLED.test(token.text)) open.push(token)
    else close()
  }
  close()
  return runs
}

/** «S-m-i-t-h», «nine-one» and addresses are data, not topics. */
const SPELLED = /^(?:\p{L}-)+\p{L}$|[.@]\p{L}{2,4}$|\d/u

/** A very long run is one breath, not one phrase: keep its last words, where English puts the noun. */
const cut = (tokens: Token[]): Token[][] =>
  tokens.length <= LONGEST_RUN ? [tokens] : [tokens.slice(-LONGEST_RUN + 1)]

const runFrom = (tokens: Token[], turn: number): Run => ({
  text: tokens.map((token) => token.word.replace(/'s$/, '')).join(' '),
  keys: tokens.map((token) => stem(token.word)),
  turn,
})

/** «Bought brake pads» is about brake pads if those are named more often: what repeats is the topic. */
function toRepeated(runs: Run[]): Run[] {
  const counts = new Map<string, number>()
  for (const run of runs)
    for (const part of partsOfRun(run)) counts.set(part.id, (counts.get(part.id) ?? 0) + 1)
  return runs.map((run) => {
    const parts = partsOfRun(run).map((part) => ({ ...part, count: counts.get(part.id) ?? 0 }))
    const best = parts.sort((a, b) => b.count - a.count || b.length - a.length)[0]
    if (!best || best.count < 2 || best.length === run.keys.length) return run
    const [from, to] = [best.from, best.from + best.length]
    return { ...run, keys: run.keys.slice(from, to), text: run.text.split(' ').slice(from, to).join(' ') }
  })
}

/** All parts of at least two words, the whole included. */
function partsOfRun({ keys }: Run) {
  return keys.flatMap((_, from) =>
    Array.from({ length: Math.max(0, keys.length - from - 1) }, (_, extra) => {
      const length = extra + 2
      return { id: keys.slice(from, from + length).join(' '), from, length }
    }),
  )
}

function weighWords(runs: Run[]): Map<string, number> {
  const seen = new Map<string, { frequency: number; degree: number }>()
  for (const run of runs) {
    for (const key of run.keys) {
      const entry = seen.get(key) ?? { frequency: 0, degree: 0 }
      entry.frequency++
      entry.degree += run.keys.length
      seen.set(key, entry)
    }
  }
  return new Map(
    [...seen].map(([key, { frequency, degree }]) => [key, (degree / frequency) * Math.log2(1 + frequency)]),
  )
}

function rate(group: PhraseGroup, weights: Map<string, number>): KeyPhrase {
  const weight = group.keys.reduce((sum, key) => sum + (weights.get(key) ?? 0), 0)
  const [phrase = ''] = [...group.forms].reduce((best, form) => (form[1] > best[1] ? form : best))
  const count = group.turns.length
  const score = Math.round((weight / Math.sqrt(group.keys.length)) * (1 + Math.log2(count)) * 100) / 100
  return { phrase, count, score, turns: [...new Set(group.turns)] }
}

/** One word said once is hardly a topic, unless the call is so short that nothing else is left. */
function withoutChance(phrases: KeyPhrase[]): KeyPhrase[] {
  const strong = phrases.filter(({ phrase, count }) => count > 1 || phrase.includes(' '))
  return strong.length >= ENOUGH ? strong : phrases
}

const ENOUGH = 5

/** A phrase inside a better one that is never said alone more often adds nothing. */
function withoutParts(phrases: KeyPhrase[]): KeyPhrase[] {
  const kept: KeyPhrase[] = []
  for (const one of phrases) {
    const inside = kept.some(
      (other) => ` ${other.phrase} `.includes(` ${one.phrase} `) && other.count >= one.count,
    )
    if (!inside) kept.push(one)
  }
  return kept
}
