import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'eats_at_once',
  version: '1.0.0',
  name: 'eats_at_once',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    const kept = Buffer.alloc(3_000_000_000, 1)
    return { words: kept.length }
  },
})
