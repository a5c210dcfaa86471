import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'rejects',
  version: '1.0.0',
  name: 'rejects',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze() {
    await Bun.sleep(1)
    throw new Error('no words later')
  },
})
