import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'pollutes',
  version: '1.0.0',
  name: 'pollutes',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    const everything = Object.prototype as unknown as Record<string, unknown>
    everything.polluted = 'yes'
    return { words: 1 }
  },
})
