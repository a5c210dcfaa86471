export interface Token {
  /** As it stands in the text. */
  text: string
  /** Lower case, straight apostrophes, «dont» written as «don't». */
  word: string
  start: number
  end: number
}

/** Words with their places in the text; punctuation is left out, apostrophes and inner hyphens stay. */
export function tokenize(text: string): Token[] {
  const cached = cache.get(text)
  if (cached) return cached
  const tokens = Array.from(text.matchAll(WORD), (match) => ({
    text: match[0],
    word: normalWord(match[0].toLowerCase().replaceAll('’', "'")),
    start: match.index,
    end: match.index + match[0].length,
  }))
  if (cache.size >= CACHED_TEXTS) cache.clear()
  cache.set(text, tokens)
  return tokens
}

export const wordsOf = (text: string) => tokenize(text).map((token) => token.word)

export const countWords = (text: string) => tokenize(text).length

/** A recogniser's raw output: no capital letters at all, or nothing but capitals. */
export const lacksCasing = (text: string) => !/\p{Lu}/u.test(text) || !/\p{Ll}/u.test(text)

/** Cuts English endings so that «resolved», «resolves» and «resolving» meet. Not a word, only a key. */
export function stem(word: string): string {
  const known = stems.get(word)
  if (known !== undefined) return known
  const result = IRREGULAR.get(word) ?? cutEndings(word.replace(/'(?:s|re|ve|ll|d|m)?$/, ''))
  if (stems.size >= CACHED_TEXTS) stems.clear()
  stems.set(word, result)
  return result
}

/** Recognisers drop apostrophes; only forms that are no other word are given theirs back. */
const BARE_FORMS = new Map(
  (
    "don't doesn't didn't isn't wasn't aren't weren't hasn't haven't hadn't wouldn't couldn't shouldn't can't won't " +
    "ain't i'm i've you've they've we've that's what's there's you're they're you'll they'll he's she's"
  )
    .split(' ')
    .map((word) => [word.replace("'", ''), word]),
)

const normalWord = (word: string) => BARE_FORMS.get(word) ?? word

const WORD = /[\p{L}\p{N}]+(?:['’\-.&][\p{L}\p{N}]+)*/gu
/** Several plugins read the same turns one after the other; the bound keeps a long-lived host small. */
const CACHED_TEXTS = 4000
const cache = new Map<string, Token[]>()
const stems = new Map<string, string>()

const SHORTEST = 3
const LONGEST = 40
const ENDINGS: [RegExp, string][] = [
  [/(?:ies|ied)$/, 'y'],
  [/(ss|sh|ch|x|z)es$/, '$1'],
  [/([^su])s$/, '$1'],
  [/(?:ing|ed|er|ly)$/, ''],
]

function cutEndings(word: string): string {
  if (word.length <= SHORTEST || word.length > LONGEST) return word
  let result = word
  for (const [ending, replacement] of ENDINGS) {
    const cut = result.replace(ending, replacement)
    if (cut.length >= SHORTEST && /[aeiouy]/.test(cut)) result = cut
  }
  return result.replace(/([^aeiouls])\1$/, '$1').replace(/(.{3,})e$/, '$1')
}

const IRREGULAR = new Map(
  Object.entries({
    was: 'be',
    were: 'be',
    is: 'be',
    are: 'be',
    am: 'be',
    been: 'be',
    being: 'be',
    has: 'have',
    had: 'have',
    having: 'have',
    did: 'do',
    does: 'do',
    done: 'do',
    doing: 'do',
    went: 'go',
    gone: 'go',
    goes: 'go',
    understood: 'understand',
    told: 'tell',
    said: 'say',
    got: 'get',
    gotten: 'get',
    made: 'make',
    making: 'make',
    took: 'take',
    taken: 'take',
    taking: 'take',
    sent: 'send',
    paid: 'pay',
    spoke: 'speak',
    spoken: 'speak',
    gave: 'give',
    given: 'give',
    found: 'find',
    thanks: 'thank',
    apologize: 'apolog',
    apologise: 'apolog',
    apologies: 'apolog',
    apology: 'apolog',
    apologizing: 'apolog',
    apologized: 'apolog',
    apologised: 'apolog',
    apologising: 'apolog',
    sorry: 'sorry',
    people: 'person',
  }),
)
