import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'waits',
  version: '1.0.0',
  name: 'waits',
  variables: z.object({ ms: z.number().max(60_000).default(20) }),
  result: z.object({ words: z.number() }),
  async analyze(_call, { ms }) {
    await Bun.sleep(ms)
    return { words: 1 }
  },
})
