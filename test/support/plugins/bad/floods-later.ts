import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'floods_later',
  version: '1.0.0',
  name: 'floods_later',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze() {
    for (;;) {
      await Bun.sleep(0)
      process.stdout.write('x'.repeat(100_000))
    }
  },
})
