import { defineAlgorithm, z } from 'earshot/plugin'

let spins = 0

export default defineAlgorithm({
  id: 'slow',
  version: '1.0.0',
  name: 'slow',
  variables: z.object({ ms: z.number().default(1500) }),
  result: z.object({ words: z.number() }),
  analyze(_call, { ms }) {
    const end = Date.now() + ms
    while (Date.now() < end) spins++
    return { words: spins > 0 ? 1 : 0 }
  },
})
