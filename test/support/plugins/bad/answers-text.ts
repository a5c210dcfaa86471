import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'answers_text',
  version: '1.0.0',
  name: 'answers_text',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    return 'twelve' as unknown as { words: number }
  },
})
