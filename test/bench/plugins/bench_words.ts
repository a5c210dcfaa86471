import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'bench_words',
  name: 'Words per speaker',
  version: '1.0.0',
  variables: z.object({}),
  result: z.object({ words: z.number(), by: z.record(z.string(), z.number()) }),
  analyze({ turns }) {
    let words = 0
    const by: Record<string, number> = {}
    for (const { speaker, text } of turns) {
      const count = text.split(/\s+/).length
      words += count
      by[speaker] = (by[speaker] ?? 0) + count
    }
    return { words, by }
  },
})
