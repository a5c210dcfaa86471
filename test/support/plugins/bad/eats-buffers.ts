import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'eats_buffers',
  version: '1.0.0',
  name: 'eats_buffers',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    const kept: Buffer[] = []
    for (;;) kept.push(Buffer.alloc(1_000_000, 1))
  },
})
