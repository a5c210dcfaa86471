import { defineAlgorithm, z } from 'earshot/plugin'

const kept: Buffer[] = []

export default defineAlgorithm({
  id: 'leaks',
  version: '1.0.0',
  name: 'leaks',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    kept.push(Buffer.alloc(8_000_000, 1))
    return { words: kept.length }
  },
})
