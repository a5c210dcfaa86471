import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'floods',
  version: '1.0.0',
  name: 'floods',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    for (;;) console.log('x'.repeat(1000))
  },
})
