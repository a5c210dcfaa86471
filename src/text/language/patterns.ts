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
    const step = parse(pattern)
    for (const first of firstWords(step)) {
      const entries = byFirst.get(first)
      if (entries) entries.push({ step, value })
      else byFirst.set(first, [{ step, value }])
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
  const entries = table.byFirst.get(words[at] ?? '')
  if (!entries) return undefined
  let best: PatternMatch<T> | undefined
  for (const { step, value } of entries) {
    const to = follow(step, words, at)
    if (to > (best?.to ?? at)) best = { from: at, to, value }
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
  step: Step
  value: T
}

/** One place of a pattern: a word of `words`, then `next`; or one of `branches`; or up to `gap` words of any kind. */
interface Step {
  words: Set<string>
  branches: Step[]
  /** Fewest and most words to pass over. */
  gap: [number, number] | null
  next: Step | null
}

const GAPS: Record<string, [number, number]> = { _: [1, 1], '...': [0, 3] }
const END: Step = { words: new Set(), branches: [], gap: null, next: null }
const NOWHERE = -1

/** Index after the longest way through the pattern. */
function follow(step: Step, words: readonly string[], at: number): number {
  if (step === END || step.next === null) return at
  let end = NOWHERE
  if (step.gap) {
    const last = Math.min(words.length, at + step.gap[1])
    for (let to = at + step.gap[0]; to <= last; to++) end = Math.max(end, follow(step.next, words, to))
    return end
  }
  if (at < words.length && step.words.has(words[at] ?? '')) end = follow(step.next, words, at + 1)
  for (const branch of step.branches) end = Math.max(end, follow(branch, words, at))
  return end
}

/** The words a pattern can begin with; patterns do not begin with a gap. */
const firstWords = (step: Step): Set<string> =>
  new Set([...step.words, ...step.branches.flatMap((branch) => [...firstWords(branch)])])

type Part = { word: string } | { group: Part[][]; optional: boolean }

function parse(pattern: string): Step {
  const symbols = pattern.match(/[()[\]|]|[^\s()[\]|]+/g) ?? []
  let at = 0
  const sequence = (): Part[] => {
    const parts: Part[] = []
    while (at < symbols.length && !CLOSERS.has(symbols[at] ?? '')) parts.push(part(symbols[at++] ?? ''))
    return parts
  }
  const part = (symbol: string): Part => {
    if (symbol !== '(' && symbol !== '[') return { word: symbol }
    const group = [sequence()]
    while (symbols[at] === '|') {
      at++
      group.push(sequence())
    }
    at++
    return { group, optional: symbol === '[' }
  }
  return link(sequence(), END)
}

const CLOSERS = new Set([')', ']', '|'])

/** Builds the steps from the last part to the first, each knowing what follows it. */
const link = (parts: Part[], end: Step): Step => parts.reduceRight((next, part) => stepFor(part, next), end)

function stepFor(part: Part, next: Step): Step {
  if ('word' in part) {
    const gap = GAPS[part.word] ?? null
    return { words: new Set(gap ? [] : [part.word]), branches: [], gap, next }
  }
  const isWord = (sequence: Part[]) => sequence.length === 1 && plainWord(sequence[0]) !== undefined
  const words = part.group.filter(isWord).map(([word]) => plainWord(word) ?? '')
  const branches = part.group.filter((sequence) => !isWord(sequence)).map((sequence) => link(sequence, next))
  return { words: new Set(words), branches: part.optional ? [...branches, next] : branches, gap: null, next }
}

const plainWord = (part: Part | undefined) =>
  part && 'word' in part && !(part.word in GAPS) ? part.word : undefined
