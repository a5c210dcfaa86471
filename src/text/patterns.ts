export interface PatternTable<T> {
  /** Each pattern stands under every word it can begin with, so a table may be large. */
  byFirst: ReadonlyMap<string, readonly Entry<T>[]>
}

export interface PatternMatch<T> {
  /** Index of the first word and of the one after the last. */
  from: number
  to: number
  value: T
}

/**
 * Prepares phrases for finding them in word lists. A pattern is written as words; `(a|b c)` are alternatives,
 * `[x]` may be absent, `_` is any one word and `...` up to three; groups may be nested.
 */
export function compilePatterns<T>(table: readonly (readonly [string, T])[]): PatternTable<T> {
  const byFirst = new Map<string, Entry<T>[]>()
  for (const [pattern, value] of table) {
    const parts = parse(pattern)
    for (const first of firstWords(parts)) {
      const entries = byFirst.get(first)
      if (entries) entries.push({ parts, value })
      else byFirst.set(first, [{ parts, value }])
    }
  }
  return { byFirst }
}

/** The longest phrase that begins at word `at`. */
export function matchAt<T>(
  table: PatternTable<T>,
  words: readonly string[],
  at: number,
): PatternMatch<T> | undefined {
  let best: PatternMatch<T> | undefined
  for (const { parts, value } of table.byFirst.get(words[at] ?? '') ?? NONE) {
    const to = Math.max(...endsOfSequence(parts, words, at), at)
    if (to > (best?.to ?? at)) best = { from: at, to, value: value as T }
  }
  return best
}

/** All phrases from left to right; they do not overlap. */
export function findPatterns<T>(table: PatternTable<T>, words: readonly string[]): PatternMatch<T>[] {
  const found: PatternMatch<T>[] = []
  for (let at = 0; at < words.length; at++) {
    const match = matchAt(table, words, at)
    if (!match) continue
    found.push(match)
    at = match.to - 1
  }
  return found
}

interface Entry<T> {
  parts: Part[]
  value: T
}

/** One place of a pattern: single words and longer alternatives, a gap of any words, or something optional. */
interface Part {
  words: Set<string>
  sequences: Part[][]
  gap: number
  exact: boolean
  optional: boolean
}

const LONGEST_GAP = 3
const NONE: readonly never[] = []

function endsOfSequence(parts: Part[], words: readonly string[], at: number): number[] {
  let places = [at]
  for (const part of parts) {
    if (places.length === 1) places = endsOfPart(part, words, places[0] ?? 0)
    else places = [...new Set(places.flatMap((place) => endsOfPart(part, words, place)))]
    if (places.length === 0) return places
  }
  return places
}

function endsOfPart(part: Part, words: readonly string[], at: number): number[] {
  const ends: number[] = []
  if (part.gap > 0) {
    const limit = Math.min(words.length, at + part.gap)
    for (let end = part.exact ? at + part.gap : at; end <= limit; end++) ends.push(end)
    return ends
  }
  if (at < words.length && part.words.has(words[at] ?? '')) ends.push(at + 1)
  for (const sequence of part.sequences) ends.push(...endsOfSequence(sequence, words, at))
  if (part.optional) ends.push(at)
  return ends
}

/** The words a sequence can begin with; patterns do not begin with a gap. */
function firstWords(parts: Part[]): Set<string> {
  const first = new Set<string>()
  for (const part of parts) {
    for (const word of part.words) first.add(word)
    for (const sequence of part.sequences) for (const word of firstWords(sequence)) first.add(word)
    if (!part.optional) break
  }
  return first
}

function parse(pattern: string): Part[] {
  const symbols = pattern.match(/[()[\]|]|[^\s()[\]|]+/g) ?? []
  let at = 0
  const sequence = (): Part[] => {
    const parts: Part[] = []
    while (at < symbols.length && !CLOSERS.has(symbols[at] ?? '')) parts.push(part(symbols[at++] ?? ''))
    return parts
  }
  const part = (symbol: string): Part => {
    if (symbol === '...') return { ...EMPTY, gap: LONGEST_GAP }
    if (symbol === '_') return { ...EMPTY, gap: 1, exact: true }
    if (symbol !== '(' && symbol !== '[') return { ...EMPTY, words: new Set([symbol]) }
    const sequences = [sequence()]
    while (symbols[at] === '|') {
      at++
      sequences.push(sequence())
    }
    at++
    return group(sequences, symbol === '[')
  }
  return sequence()
}

const CLOSERS = new Set([')', ']', '|'])
const EMPTY: Part = { words: new Set(), sequences: [], gap: 0, exact: false, optional: false }

function group(sequences: Part[][], optional: boolean): Part {
  const isWord = ([first, ...rest]: Part[]) =>
    rest.length === 0 &&
    first !== undefined &&
    first.words.size === 1 &&
    !first.optional &&
    first.sequences.length === 0
  const words = new Set(sequences.filter(isWord).flatMap(([first]) => [...(first?.words ?? [])]))
  return { ...EMPTY, words, sequences: sequences.filter((each) => !isWord(each)), optional }
}
