import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'meddles',
  version: '1.0.0',
  name: 'meddles',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  analyze(call) {
    call.turns.reverse()
    for (const turn of call.turns) turn.text = ''
    return { words: 0 }
  },
})
