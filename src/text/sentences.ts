import { type Token, tokenize } from './tokens.ts'

export interface Span {
  text: string
  start: number
  end: number
}

/**
 * Splits a turn into sentences. Text without punctuation, as recognisers write it, is cut before the words
 * that open a new thought, so that no «sentence» runs on for a whole minute.
 */
export function sentences(text: string): Span[] {
  const cached = cache.get(text)
  if (cached) return cached
  const spans = cutAt(text, sentenceStarts(text)).flatMap((span) =>
    /[.!?]/.test(text) ? [span] : splitRunOn(span),
  )
  if (cache.size >= CACHED_TEXTS) cache.clear()
  cache.set(text, spans)
  return spans
}

/** Splits a sentence at commas and conjunctions; `joint` is the word that opens the clause, such as «but». */
export function clauses(sentence: string): (Span & { joint: string | null })[] {
  const tokens = tokenize(sentence)
  const starts = tokens.filter((_, index) => opensClause(sentence, tokens, index)).map((token) => token.start)
  return cutAt(sentence, starts).map((span) => ({ ...span, joint: jointAt(tokens, span.start) }))
}

const JOINTS = new Set('but however although though yet except because while unless'.split(' '))
/** These open a clause only before its subject: «and I waited», not «you and me». */
const LINKS = new Set(['and', 'so', 'then', 'or'])
const CLAUSE_SUBJECTS = new Set(
  "i i'm i've you you've we we've they he she it it's that that's this now then my your the nobody there".split(
    ' ',
  ),
)

function opensClause(sentence: string, tokens: Token[], index: number): boolean {
  const [before, token, next] = [tokens[index - 1], tokens[index], tokens[index + 1]]
  if (!before || !token) return false
  if (JOINTS.has(token.word)) return true
  if (LINKS.has(token.word) && CLAUSE_SUBJECTS.has(next?.word ?? '')) return true
  return token.start - before.end > 1 && /[,;:–—]/.test(sentence.slice(before.end, token.start))
}

function jointAt(tokens: Token[], start: number): string | null {
  const word = tokens.find((token) => token.start >= start)?.word ?? ''
  return JOINTS.has(word) || LINKS.has(word) ? word : null
}

const CACHED_TEXTS = 4000
const cache = new Map<string, Span[]>()

const SENTENCE_END = /[.!?…]+["'”’)\]]*\s+(?=["'“‘([]?[\p{Lu}\p{N}\p{Ll}])|\n+/gu
const ABBREVIATION =
  /(?:^|[\s(])(?:dr|mr|mrs|ms|st|jr|sr|vs|etc|e\.g|i\.e|no|approx|ave|blvd|dept|inc|ltd|co|[A-Za-z])\.$/i
const ENDS_TIME = /\b(?:a\.m|p\.m)\.$/i
function cutAt(text: string, starts: number[]): Span[] {
  const edges = [0, ...starts.filter((start) => start > 0), text.length]
  const spans: Span[] = []
  for (let index = 0; index + 1 < edges.length; index++) {
    const piece = text.slice(edges[index], edges[index + 1])
    const start = (edges[index] ?? 0) + piece.length - piece.trimStart().length
    const trimmed = piece.trim()
    if (/[\p{L}\p{N}]/u.test(trimmed)) spans.push({ text: trimmed, start, end: start + trimmed.length })
  }
  return spans
}

function sentenceStarts(text: string): number[] {
  const starts: number[] = []
  for (const match of text.matchAll(SENTENCE_END)) {
    const before = text.slice(0, match.index + match[0].trimEnd().length)
    const next = text.slice(match.index + match[0].length)
    if (match[0].startsWith('.') && ABBREVIATION.test(before) && !/\bI\.$/.test(before)) continue
    if (ENDS_TIME.test(before) && /^\p{Ll}/u.test(next)) continue
    starts.push(match.index + match[0].length)
  }
  return starts
}

const RUN_ON_WORDS = 18
const SHORTEST_PIECE = 5
const OPENERS = new Set([
  'so',
  'but',
  'and',
  'okay',
  'ok',
  'well',
  'now',
  'anyway',
  'actually',
  'because',
  'then',
  'yeah',
  'yes',
  'no',
  'alright',
  'thanks',
  'thank',
  'um',
  'uh',
  'please',
  'hi',
  'hello',
  'great',
  'perfect',
])
const SUBJECTS = new Set([
  'i',
  "i'm",
  "i've",
  "i'd",
  "i'll",
  'we',
  "we're",
  "we've",
  "we'll",
  'they',
  'it',
  "it's",
  'he',
  'she',
  'you',
  'my',
  'this',
  'that',
  "that's",
  'there',
  'the',
  'what',
  'can',
  'could',
  'is',
  'do',
  'how',
  'when',
  'your',
  'our',
  'let',
  'nobody',
  'who',
  'where',
])
const ALONE = new Set([
  'okay',
  'ok',
  'well',
  'anyway',
  'alright',
  'thanks',
  'thank',
  'please',
  'great',
  'perfect',
])
/** After these a pronoun continues the thought («that I», «if you»). */
const HOLDS = new Set([
  'that',
  'if',
  'when',
  'what',
  'which',
  'who',
  'because',
  'and',
  'but',
  'so',
  'or',
  'than',
  'as',
  'where',
  'how',
  'why',
  'think',
  'know',
  'said',
  'told',
  'while',
  'is',
  'was',
  'can',
  'could',
  'do',
  'did',
  'does',
  'are',
  'will',
  'would',
  'have',
  'if',
  'to',
  'of',
  'for',
  'with',
  'in',
  'on',
  'at',
  'about',
  'from',
  'let',
  'the',
  'a',
  'my',
  'your',
  'hope',
  'sure',
  'see',
  'all',
  'until',
  'before',
  'after',
  'since',
  'not',
  'just',
  'by',
  'like',
  "that's",
  "it's",
  "what's",
  'guess',
  'thing',
  'way',
  'time',
])

function splitRunOn(span: Span): Span[] {
  if (/[,;:]\s/.test(span.text)) return [span]
  const tokens = tokenize(span.text)
  if (tokens.length <= RUN_ON_WORDS) return [span]
  const starts: number[] = []
  let since = 0
  tokens.forEach((token, index) => {
    const room = index - since >= SHORTEST_PIECE && tokens.length - index >= 3
    if (
      room &&
      opensThought(
        tokens.map((each) => each.word),
        index,
      )
    ) {
      starts.push(token.start)
      since = index
    }
  })
  return cutAt(span.text, starts).map((piece) => ({
    text: piece.text,
    start: span.start + piece.start,
    end: span.start + piece.end,
  }))
}

function opensThought(words: string[], index: number): boolean {
  const [before, word, next] = [words[index - 1] ?? '', words[index] ?? '', words[index + 1] ?? '']
  if (HOLDS.has(before)) return false
  if (OPENERS.has(word)) return ALONE.has(word) || SUBJECTS.has(next) || OPENERS.has(next)
  return (
    SUBJECTS.has(word) &&
    !OPENERS.has(before) &&
    /^(?:i|i'm|i've|i'd|i'll|we|we're|we've|we'll|can|let)$/.test(word)
  )
}
