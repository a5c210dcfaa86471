import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'eats_later',
  version: '1.0.0',
  name: 'eats_later',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze() {
    const kept: Buffer[] = []
    for (;;) {
      await Bun.sleep(1)
      kept.push(Buffer.alloc(5_000_000, 1))
    }
  },
})
