import { defineAlgorithm, z } from 'earshot/plugin'
import { measureTalk } from 'earshot/text'

const Amount = z.number().min(0)
const both = <T extends z.ZodType>(value: T) => z.object({ agent: value, customer: value })

export default defineAlgorithm({
  id: 'internal_metrics_v1',
  version: '1.0.0',
  name: 'Talk metrics',
  description: 'Talk time, pace, pauses, interruptions and questions of both sides.',
  variables: z.object({}),
  result: z.object({
    talk_seconds: both(Amount),
    talk_ratio: z.number().min(0).max(1).describe("The agent's share of what both talked."),
    words_per_minute: both(Amount),
    longest_monologue_seconds: both(Amount),
    silence_seconds: Amount,
    silence_ratio: z.number().min(0).max(1),
    interruptions: z
      .array(z.object({ turn: z.number().int(), by: z.enum(['agent', 'customer']) }))
      .describe('The turns that cut in, and whose they are.'),
    questions: both(z.number().int().min(0)),
    response_latency_seconds: both(Amount.nullable()).describe(
      'Mean pause before answering; null without times.',
    ),
    estimated: z
      .boolean()
      .describe('Times were estimated from the words, because the call came without them.'),
  }),
  analyze: (call) => measureTalk(call),
})
