import { contentWords } from '../language/stopwords.ts'
import { stem } from '../language/tokens.ts'

/**
 * Ranks sentences by how much they share with the others (TextRank). Gives one weight a sentence, 0 to 1;
 * a sentence that shares no content word with another has none.
 */
export function rankSentences(texts: readonly string[], language = 'en'): number[] {
  const bags = texts.map((text) => new Set(contentWords(text, language).map(stem)))
  const edges = linkSentences(bags)
  const sums = edges.map((links) => links.reduce((sum, [, weight]) => sum + weight, 0))
  let ranks: number[] = texts.map(() => 1)
  for (let round = 0; round < ROUNDS; round++) {
    ranks = edges.map((links) =>
      links.reduce(
        (sum, [to, weight]) => sum + (DAMPING * weight * (ranks[to] ?? 0)) / (sums[to] || 1),
        1 - DAMPING,
      ),
    )
  }
  const top = Math.max(...ranks, 1)
  return ranks.map((rank, index) => ((edges[index]?.length ?? 0) > 0 ? rank / top : 0))
}

const ROUNDS = 12
const DAMPING = 0.85
/** A stem of more sentences tells none apart, and hours of talk must not cost the square of their length. */
const MOST_HOLDERS = 60

/** Neighbours and weights; an index of stems avoids comparing all with all. */
function linkSentences(bags: Set<string>[]): [number, number][][] {
  const holders = new Map<string, number[]>()
  const edges = bags.map((bag, index) => {
    const shared = new Map<number, number>()
    for (const key of bag)
      for (const other of holders.get(key) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1)
    for (const key of bag) {
      const list = holders.get(key)
      if (!list) holders.set(key, [index])
      else if (list.length < MOST_HOLDERS) list.push(index)
    }
    return shared
  })
  const links: [number, number][][] = bags.map(() => [])
  edges.forEach((shared, index) => {
    for (const [other, count] of shared) {
      const weight = count / (Math.log(1 + (bags[index]?.size ?? 0)) + Math.log(1 + (bags[other]?.size ?? 0)))
      links[index]?.push([other, weight])
      links[other]?.push([index, weight])
    }
  })
  return links
}
