import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'loops',
  version: '1.0.0',
  name: 'loops',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    for (;;) Math.random()
  },
})
