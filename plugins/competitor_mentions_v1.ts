import { defineAlgorithm, z } from 'earshot/plugin'
import { findMentions } from 'earshot/text'

const Competitor = z.strictObject({
  name: z.string().trim().min(1),
  aliases: z
    .array(z.string().trim().min(1))
    .default([])
    .describe('Other spellings, short forms and product names.'),
})

const Mention = z.object({
  turn: z.number().int(),
  speaker: z.string(),
  role: z.enum(['agent', 'customer', 'other']),
  quote: z.string(),
})

export default defineAlgorithm({
  id: 'competitor_mentions_v1',
  version: '1.0.0',
  name: 'Competitor mentions',
  description: 'Which competitors were named, how often, by whom and in which words.',
  variables: z.object({ competitors: z.array(Competitor).default([]) }),
  result: z.object({
    total: z.number().int(),
    competitors: z.array(z.object({ name: z.string(), count: z.number().int(), mentions: z.array(Mention) })),
  }),
  analyze(call, { competitors }) {
    const found = findMentions(call.turns, competitors)
    const named = [...new Set(found.map(({ name }) => name))].map((name) => {
      const mentions = found
        .filter((mention) => mention.name === name)
        .map(({ turn, speaker, role, quote }) => ({ turn, speaker, role, quote }))
      return { name, count: mentions.length, mentions }
    })
    return { total: found.length, competitors: named.sort((a, b) => b.count - a.count) }
  },
})
