import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'throws',
  version: '1.0.0',
  name: 'throws',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    throw new Error('no words today')
  },
})
