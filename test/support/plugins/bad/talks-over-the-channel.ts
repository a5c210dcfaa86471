import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'talks_over_the_channel',
  version: '1.0.0',
  name: 'talks_over_the_channel',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    process.send?.({ t: 'done', batch: 1, answers: 'garbage' })
    process.disconnect?.()
    return { words: 1 }
  },
})
