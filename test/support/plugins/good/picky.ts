import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'picky',
  version: '1.0.0',
  name: 'picky',
  variables: z.object({
    answer: z
      .number()
      .refine((n) => n !== 13, 'is unlucky')
      .default(1),
  }),
  result: z.object({ words: z.number().refine((n) => n !== 7, 'is never seven') }),
  analyze(_call, { answer }) {
    return { words: answer }
  },
})
