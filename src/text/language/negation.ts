/** How many words before a word may still negate it: «not at all really happy». */
const REACH = 4

/**
 * Whether the word at `index` is denied by what stands before it: «not happy», «isn't very good», «never been
 * happy». A double negation («not bad», «can't complain») is the caller's to rate.
 */
export function isNegated(words: readonly string[], index: number): boolean {
  let negations = 0
  for (let at = index - 1; at >= 0 && at >= index - REACH; at--) {
    const word = words[at] ?? ''
    if (STOPPERS.has(word)) break
    if (isNegator(word) && !isIdiom(words, at)) negations++
  }
  return negations % 2 === 1
}

export const isNegator = (word: string) => NEGATORS.has(word) || /n't$/.test(word)

const NEGATORS = new Set(
  (
    'not no never neither nor without cannot cant dont didnt doesnt isnt wasnt wont wouldnt couldnt shouldnt ' +
    'havent hasnt hadnt arent werent aint hardly barely scarcely nothing nobody none lack lacks'
  ).split(' '),
)
/** A new thought begins here, so what was denied before no longer counts. */
const STOPPERS = new Set([
  'but',
  'however',
  'because',
  'although',
  'though',
  'so',
  'then',
  'yet',
  'except',
  'which',
])

/** «not only», «no doubt», «why don't we», «no thanks» and a bare answer «no» deny nothing that follows. */
function isIdiom(words: readonly string[], at: number): boolean {
  const [before, word, next] = [words[at - 1] ?? '', words[at] ?? '', words[at + 1] ?? '']
  if (word === 'not') return next === 'only' || next === 'just' || (before === 'or' && next === '')
  if (word === 'no') return IDIOMS_OF_NO.has(next) || (at === 0 && ANSWERED.has(next))
  return before === 'why' && (word === "don't" || word === 'not')
}

const IDIOMS_OF_NO = new Set(['doubt', 'wonder', 'matter', 'no', 'thanks', 'thank', 'wait'])
const ANSWERED = new Set([
  'i',
  "i'm",
  "that's",
  'that',
  "it's",
  'it',
  'you',
  "you've",
  'this',
  'we',
  'he',
  'she',
  'the',
  'everything',
  'all',
  'thank',
  'thanks',
  'okay',
  'great',
  'perfect',
  'really',
  'just',
  'my',
])
