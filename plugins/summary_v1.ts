import { defineAlgorithm, z } from 'earshot/plugin'
import { summarize } from 'earshot/text'

export default defineAlgorithm({
  id: 'summary_v1',
  version: '1.0.0',
  name: 'Summary',
  description: 'Why the call was made, what was done and how it ended, in the words of the speakers.',
  variables: z.object({}),
  result: z.object({
    summary: z.string(),
    points: z.array(z.string()),
    language_supported: z.literal(false).optional(),
  }),
  analyze: (call) => summarize(call),
})
