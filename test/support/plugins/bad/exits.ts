import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'exits',
  version: '1.0.0',
  name: 'exits',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    process.exit(0)
  },
})
