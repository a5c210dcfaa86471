import { runOnStarts } from './run-ons.ts'
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
  const spans = cutAt(text, sentenceStarts(text)).flatMap((span) => splitRunOn(span, text))
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
const LONGEST_ABBREVIATION = 12
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
    const end = match.index + match[0].trimEnd().length
    const before = text.slice(Math.max(0, end - LONGEST_ABBREVIATION), end)
    const next = text.charAt(match.index + match[0].length)
    if (match[0].startsWith('.') && ABBREVIATION.test(before) && !/\bI\.$/.test(before)) continue
    if (ENDS_TIME.test(before) && /^\p{Ll}/u.test(next)) continue
    starts.push(match.index + match[0].length)
  }
  return starts
}

/** Only text without any full stop runs on; commas already show where its parts are. */
function splitRunOn(span: Span, text: string): Span[] {
  if (/[.!?]/.test(text) || /[,;:]\s/.test(span.text)) return [span]
  return cutAt(span.text, runOnStarts(span.text)).map((piece) => ({
    text: piece.text,
    start: span.start + piece.start,
    end: span.start + piece.end,
  }))
}
