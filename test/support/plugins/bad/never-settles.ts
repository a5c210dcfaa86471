import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'never_settles',
  version: '1.0.0',
  name: 'never_settles',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    return new Promise<{ words: number }>(() => {})
  },
})
