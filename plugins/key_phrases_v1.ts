import { defineAlgorithm, z } from 'earshot/plugin'
import { isEnglish, keyPhrases } from 'earshot/text'

const Phrase = z.object({
  phrase: z.string(),
  count: z.number().int().min(1),
  score: z.number().min(0),
  turns: z.array(z.number().int()),
})

export default defineAlgorithm({
  id: 'key_phrases_v1',
  version: '1.0.0',
  name: 'Key phrases',
  description: 'The topics of the call as the speakers named them, without greetings and fillers.',
  variables: z.object({
    limit: z.number().int().min(1).max(100).default(15).describe('How many phrases at most.'),
    min_count: z.number().int().min(1).default(1).describe('Leaves out what was said less often.'),
    exclude: z.array(z.string().min(1)).default([]).describe('Phrases never to list, such as your own name.'),
  }),
  result: z.object({
    phrases: z.array(Phrase),
    language_supported: z.literal(false).optional(),
  }),
  analyze(call, { limit, min_count, exclude }) {
    const excluded = new Set(exclude.map((phrase) => phrase.toLowerCase()))
    const phrases = keyPhrases(call.turns, Number.POSITIVE_INFINITY, call.language)
      .filter(({ phrase, count }) => count >= min_count && !excluded.has(phrase))
      .slice(0, limit)
    return isEnglish(call.language) ? { phrases } : { phrases, language_supported: false as const }
  },
})
