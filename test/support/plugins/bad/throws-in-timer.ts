import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'throws_in_timer',
  version: '1.0.0',
  name: 'throws_in_timer',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    setTimeout(() => {
      throw new Error('in a timer')
    }, 5)
    return new Promise<{ words: number }>(() => {})
  },
})
