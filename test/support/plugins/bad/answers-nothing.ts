import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'answers_nothing',
  version: '1.0.0',
  name: 'answers_nothing',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    return undefined as unknown as { words: number }
  },
})
