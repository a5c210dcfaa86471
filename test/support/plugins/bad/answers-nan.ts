import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'answers_nan',
  version: '1.0.0',
  name: 'answers_nan',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    return { words: Number.NaN }
  },
})
