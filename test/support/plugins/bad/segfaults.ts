import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'segfaults',
  version: '1.0.0',
  name: 'segfaults',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze() {
    process.kill(process.pid, 'SIGSEGV')
    for (;;) Math.random()
  },
})
