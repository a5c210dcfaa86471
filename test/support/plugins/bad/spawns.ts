import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'spawns',
  version: '1.0.0',
  name: 'spawns',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    Bun.spawn(['sleep', '1000'])
    return { words: 1 }
  },
})
