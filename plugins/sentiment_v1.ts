import { defineAlgorithm, z } from 'earshot/plugin'
import { customerSentiment } from 'earshot/text'

const Sentiment = z.enum(['positive', 'neutral', 'negative'])
const Score = z.number().min(-1).max(1)
const Verdict = z.object({ sentiment: Sentiment, score: Score })

export default defineAlgorithm({
  id: 'sentiment_v1',
  version: '1.0.0',
  name: 'Sentiment',
  description:
    'How the customer felt about the call, with evidence. The end of the call weighs more; what the agent says does not count.',
  variables: z.object({}),
  result: Verdict.extend({
    reason: z.string(),
    by_speaker: z.object({ agent: Verdict, customer: Verdict }),
    trend: z.enum(['improving', 'steady', 'declining']),
    turns: z.array(z.object({ turn: z.number().int(), score: Score })),
    language_supported: z.literal(false).optional(),
  }),
  analyze: (call) => customerSentiment(call),
})
