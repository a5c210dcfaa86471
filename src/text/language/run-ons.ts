import { type Token, tokenize } from './tokens.ts'

/** Where a long stretch without punctuation can be cut: places of the words that open a new thought. */
export function runOnStarts(text: string): number[] {
  const tokens = tokenize(text)
  if (tokens.length <= RUN_ON_WORDS) return []
  const starts: number[] = []
  let since = 0
  tokens.forEach((token, index) => {
    const shortest = LINKS.has(token.word) ? SHORTEST_LINKED : SHORTEST_PIECE
    const room = index - since >= shortest && tokens.length - index >= SHORTEST_REST
    if (room && opensThought(tokens, index)) {
      starts.push(token.start)
      since = index
    }
  })
  return starts
}

const RUN_ON_WORDS = 18
const SHORTEST_PIECE = 5
/** «I have a room and I need one more night» belongs together unless it is already long. */
const SHORTEST_LINKED = 20
const SHORTEST_REST = 3

function opensThought(tokens: Token[], index: number): boolean {
  const [before = '', word = '', next = ''] = [index - 1, index, index + 1].map((at) => tokens[at]?.word)
  if (HOLDS.has(before)) return false
  if (OPENERS.has(word)) return ALONE.has(word) || SUBJECTS.has(next) || OPENERS.has(next)
  return FIRST_PERSONS.has(word) && !OPENERS.has(before)
}

const set = (words: string) => new Set(words.trim().split(/\s+/))

const LINKS = new Set(['and', 'because'])
const FIRST_PERSONS = set("i i'm i've i'd i'll we we're we've we'll can let")
const OPENERS = set(`
  so but and okay ok well now anyway actually because then yeah yes no alright thanks thank um uh
  please hi hello great perfect
`)
const SUBJECTS = set(`
  i i'm i've i'd i'll we we're we've we'll they it it's he she you my this that that's there the what
  can could is do how when your our let nobody who where
`)
const ALONE = set(`
  okay ok well anyway alright thanks thank please great perfect
`)
/** After these a pronoun continues the thought («that I», «if you»). */
const HOLDS = set(`
  that if when what which who because and but so or than as where how why think know said told while
  is was can could do did does are will would have to of for with in on at about from let the a my
  your hope sure see all until before after since not just by like that's it's what's guess thing way
  time
`)
