import { quoteAround } from '../language/quotes.ts'
import type { Mood, Sentiment } from './moods.ts'

/** One sentence on why, quoting the strongest thing the customer said. */
export function reasonFor(sentiment: Sentiment, moods: Mood[]): string {
  const best = strongest(moods, 1)
  const worst = strongest(moods, -1)
  if (sentiment === 'positive') {
    const after = worst && best && worst.index < best.index ? ' after an unhappy start' : ''
    return best ? `The customer was pleased${after}: ${best.quote}.` : 'The customer was friendly throughout.'
  }
  if (sentiment === 'negative') {
    const despite =
      best && worst && best.index > worst.index ? `, although it ended more kindly: ${best.quote}` : ''
    return worst ? `The customer was unhappy: ${worst.quote}${despite}.` : 'The customer sounded unhappy.'
  }
  if (best && worst) return `The customer was of two minds: ${worst.quote}, but also ${best.quote}.`
  if (worst) return `The customer stayed calm on the whole, with one complaint: ${worst.quote}.`
  if (best) return `The customer was matter-of-fact and friendly: ${best.quote}.`
  return moods.length > 0
    ? 'The customer stuck to the matter and voiced neither praise nor complaint.'
    : 'No customer was heard on this call.'
}

const WORTH_QUOTING = 0.6

/** The quote of the strongest expression in one direction; later ones win a tie. */
function strongest(moods: Mood[], sign: 1 | -1) {
  let best: { value: number; index: number; quote: string } | undefined
  moods.forEach((mood, index) => {
    for (const one of mood.found) {
      const value = one.value * sign * (one.polite ? 0.5 : 1)
      if (value < WORTH_QUOTING || (best && value < best.value)) continue
      const quote = quoteAround(mood.turn.text, one.start, one.end).replace(/[.!]+$/, '')
      best = { value, index, quote: `«${quote}»` }
    }
  })
  return best
}
