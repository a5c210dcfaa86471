import { isNegator } from './negation.ts'
import { stem, type Token, tokenize } from './tokens.ts'

export interface Paraphrase {
  start: number
  end: number
}

/**
 * Where a text says what the phrase says: the same words by stem or a close synonym, in the same order, with
 * small gaps. «I apologise for the trouble» finds «I do apologize for all this trouble»; what one side denies and
 * the other does not is no match.
 */
export function findParaphrase(
  phrase: string,
  text: string,
  tolerance: Tolerance = 'loose',
): Paraphrase | undefined {
  const wanted = keysOf(phrase, tolerance)
  const gap = GAPS[tolerance]
  if (wanted.keys.length === 0) return undefined
  const tokens = tokenize(text)
  for (let at = 0; at < tokens.length; at++) {
    const last = follow(wanted.keys, tokens, at, gap)
    if (last === undefined || isDenied(tokens, at, last) !== wanted.denied) continue
    return { start: tokens[at]?.start ?? 0, end: tokens[last]?.end ?? 0 }
  }
  return undefined
}

/** `loose` looks at the words that carry the meaning, `close` at all but articles and the like. */
export type Tolerance = 'loose' | 'close'

const GAPS = { loose: 3, close: 1 }
const DENIAL_REACH = 3

/** Words that change nothing when they are missing or others stand in their place. */
const LIGHT = new Set(
  `a an the this that these those it its of to for in on at by with as is are was were be been am i you we they he she
  me us them my your our their his her i'm i've i'll i'd you're you've you'll we're we've we'll we'd it's that's so
  very really just please do does did will would can could may might shall should have has had there and or any some
  all about up out today here now then too also let's let not no don't can't won't isn't cannot doesn't didn't never`
    .trim()
    .split(/\s+/),
)

const SYNONYMS = [
  'help assist aid',
  'sorry apolog regret',
  'fix solve resolve repair',
  'thank appreciat grateful',
  'call phone ring contact',
  'issue problem trouble matter concern',
  'book schedul reserv arrang',
  'verify confirm check',
  'happy glad pleas delight',
  'understand see hear appreciate',
  'frustrat annoy upset',
  'supervis manag',
  'cancel terminat',
  'bye goodby',
  'great good nice wonderful lovely pleasant',
  'day afternoon even morn weekend',
  'wait hold',
  'price cost rate',
  'else further addition',
  'i we',
  'can may could might',
  'speak talk',
  'wrong mistaken',
  'begin start',
]
const SAME = new Map(
  SYNONYMS.flatMap((row) => row.split(' ').map((word, _, all) => [stem(word), all[0] ?? word])),
)

const keyOf = (word: string) => SAME.get(stem(word)) ?? stem(word)

/** Without these a phrase still says the same, word for word. */
const EMPTY = new Set(
  "a an the so very really just that's it's this that it is i'm we're i am please".split(' '),
)

const wantedKeys = new Map<string, { keys: string[]; denied: boolean }>()

/** A phrase with a single word of weight («how can I help») would match anywhere, so all its words count. */
function keysOf(phrase: string, tolerance: Tolerance) {
  const id = `${tolerance} ${phrase}`
  const known = wantedKeys.get(id)
  if (known) return known
  const words = tokenize(phrase).map((token) => token.word)
  const heavy = tolerance === 'loose' ? words.filter((word) => !LIGHT.has(word)) : []
  const full = words.filter((word) => !EMPTY.has(word))
  const keys = heavy.length > 1 ? heavy : full.length > 0 ? full : words
  const result = { keys: keys.map(keyOf), denied: words.some(isNegator) }
  wantedKeys.set(id, result)
  return result
}

/** Light words in between do not count towards the gap. */
function follow(keys: string[], tokens: Token[], from: number, gap: number): number | undefined {
  if (keyOf(tokens[from]?.word ?? '') !== keys[0]) return undefined
  let at = from
  for (const key of keys.slice(1)) {
    let passed = 0
    do {
      const word = tokens[++at]?.word
      if (word === undefined || passed > gap) return undefined
      if (keyOf(word) === key) break
      if (!LIGHT.has(word)) passed++
    } while (at - from < LONGEST_SPAN)
    if (keyOf(tokens[at]?.word ?? '') !== key) return undefined
  }
  return at
}

const LONGEST_SPAN = 24

const isDenied = (tokens: Token[], from: number, to: number) =>
  tokens.slice(Math.max(0, from - DENIAL_REACH), to + 1).some((token) => isNegator(token.word))
