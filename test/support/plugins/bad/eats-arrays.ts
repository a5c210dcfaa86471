import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'eats_arrays',
  version: '1.0.0',
  name: 'eats_arrays',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    const kept: number[][] = []
    for (;;) kept.push(new Array(100_000).fill(1.5))
  },
})
