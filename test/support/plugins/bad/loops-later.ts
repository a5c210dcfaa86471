import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'loops_later',
  version: '1.0.0',
  name: 'loops_later',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze() {
    await Bun.sleep(1)
    for (;;) Math.random()
  },
})
