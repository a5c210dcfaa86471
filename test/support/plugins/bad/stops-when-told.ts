import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'stops_when_told',
  version: '1.0.0',
  name: 'stops_when_told',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze(_call, _variables, { signal }) {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    return { words: 1 }
  },
})
