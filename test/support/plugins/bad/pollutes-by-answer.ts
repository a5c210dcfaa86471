import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'pollutes_by_answer',
  version: '1.0.0',
  name: 'pollutes_by_answer',
  variables: z.object({}),
  result: z.any(),
  analyze() {
    return JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}')
  },
})
