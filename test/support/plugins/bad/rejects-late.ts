import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'rejects_late',
  version: '1.0.0',
  name: 'rejects_late',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    Bun.sleep(30).then(() => {
      throw new Error('long after the answer')
    })
    return { words: 1 }
  },
})
