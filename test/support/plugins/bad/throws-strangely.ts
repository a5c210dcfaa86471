import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'throws_strangely',
  version: '1.0.0',
  name: 'throws_strangely',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    throw {
      toString() {
        throw new Error('cannot even be read')
      },
    }
  },
})
