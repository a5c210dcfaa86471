import { defineAlgorithm, z } from 'earshot/plugin'

const KEYWORDS = /\b(refund|cancel|upgrade|invoice|contract|manager|price)\b/gi

export default defineAlgorithm({
  id: 'bench_keywords',
  name: 'Keywords',
  version: '1.0.0',
  variables: z.object({}),
  result: z.object({ keywords: z.record(z.string(), z.number()) }),
  analyze({ turns }) {
    const keywords: Record<string, number> = {}
    for (const { text } of turns)
      for (const [word] of text.matchAll(KEYWORDS)) {
        const key = word.toLowerCase()
        keywords[key] = (keywords[key] ?? 0) + 1
      }
    return { keywords }
  },
})
