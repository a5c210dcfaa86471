import { sentences } from '../language/sentences.ts'
import { wordsOf } from '../language/tokens.ts'
import type { Attitude } from './valence.ts'

/**
 * The attitude in a short answer that only the question explains: «Did that fix it?» «No.», or «From one to
 * ten, how was it?» «Two.» Undefined when the question was about something else.
 */
export function answerAttitude(question: string, answer: string): Attitude | undefined {
  const asked = sentences(question).at(-1)?.text.toLowerCase() ?? ''
  const words = wordsOf(answer)
  const value = ASKS_RATING.test(asked)
    ? rated(asked, words)
    : ASKS_SUCCESS.test(asked) && !OFFERS.test(asked)
      ? agreed(words)
      : 0
  if (value === 0) return undefined
  const end = sentences(answer)[0]?.end ?? answer.length
  return { start: 0, end, value, polite: false }
}

const ASKS_RATING = /\b(?:scale (?:of|from)|out of (?:ten|five|10|5)|rate (?:your|our|the|this|me))\b/
const ASKS_SUCCESS =
  /\b(?:(?:are|were) you (?:\w+ )?(?:happy|satisfied|pleased)|did .{0,30}\b(?:fix|help|work|resolve|solve|go well)|(?:has|have|is|was|were) .{0,40}\b(?:fixed|helped|helpful|working|resolved|solved|better|gone well))\b/
const OFFERS = /\b(?:help you|work for you|anything else|help with)\b/
const YES = new Set('yes yeah yep yup absolutely definitely certainly totally'.split(' '))
const NO = new Set('no nope nah not'.split(' '))
const VALUE = 0.9
const RATING_VALUE = 2.5
const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

function agreed(words: string[]): number {
  const first = words.slice(0, 2)
  if (first.some((word) => NO.has(word))) return -VALUE
  return first.some((word) => YES.has(word)) ? VALUE : 0
}

function rated(asked: string, words: string[]): number {
  if (OFFERS.test(asked)) return 0
  const top = /\b(?:five|5)\b/.test(asked) && !/\b(?:ten|10)\b/.test(asked) ? 5 : 10
  const numbers = words.map((word) => (/^\d+$/.test(word) ? Number(word) : NUMBERS.indexOf(word)))
  const given = numbers.find((number) => number >= 0 && number <= top)
  if (given === undefined) return 0
  const share = given / top
  return share >= 0.8 ? RATING_VALUE : share <= 0.5 ? -RATING_VALUE : 0
}
