import { defineAlgorithm, z } from 'earshot/plugin'

const POSITIVE = new Set('great happy thanks solved help please like important'.split(' '))
const NEGATIVE = new Set('terrible angry problem slow cancel refund wait'.split(' '))

export default defineAlgorithm({
  id: 'bench_sentiment',
  name: 'Word sentiment',
  version: '1.0.0',
  variables: z.object({}),
  result: z.object({ score: z.number(), positive: z.number(), negative: z.number() }),
  analyze({ turns }) {
    let positive = 0
    let negative = 0
    let words = 0
    for (const { text } of turns)
      for (const word of text.toLowerCase().split(/\s+/)) {
        words++
        if (POSITIVE.has(word)) positive++
        else if (NEGATIVE.has(word)) negative++
      }
    return { score: words ? (positive - negative) / words : 0, positive, negative }
  },
})
