import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'words',
  version: '1.0.0',
  name: 'words',
  variables: z.object({}),
  result: z.object({ words: z.number(), role: z.string().nullable() }),
  analyze(call) {
    const said = call.turns.map((turn) => turn.text.split(' ').filter(Boolean).length)
    return { words: said.reduce((sum, each) => sum + each, 0), role: call.turns[0]?.role ?? null }
  },
})
