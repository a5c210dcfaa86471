import { isContentWord } from '../language/stopwords.ts'
import type { Token } from '../language/tokens.ts'

export interface Hit {
  from: number
  to: number
  form: { name: string; parts: string[]; isDistinctive: boolean }
  /** How the last word ends: as listed, «'s» or plural. */
  ending: 'plain' | 'possessive' | 'plural'
}

/**
 * Decides whether an everyday word means the company here. Inside a sentence of a cased transcript its capital
 * decides; at the start of one, and in recogniser output without capitals, the words around it do.
 */
export function namesCompany(text: string, tokens: Token[], hit: Hit, cased: boolean): boolean {
  const first = tokens[hit.from]
  if (!first) return false
  const capital = /^\p{Lu}/u.test(first.text)
  const opens = isSentenceStart(text, tokens, hit.from)
  if (STATES.has(first.word) && tokens[hit.from - 1]?.word === 'on' && !(cased && capital)) return false
  if (cased && capital && !opens) return !isPartOfName(text, tokens, hit)
  if (cased && !capital) return hit.form.parts.length > 1 && contextScore(text, tokens, hit) >= NEUTRAL
  return contextScore(text, tokens, hit) >= (hit.form.parts.length > 1 ? NEUTRAL : CONVINCED)
}

/** «Times Square», «Apple Street»: the word only belongs to the name of something else. */
function isPartOfName(text: string, tokens: Token[], hit: Hit): boolean {
  const [before, first, after] = [tokens[hit.from - 1], tokens[hit.from], tokens[hit.to]]
  if (!before || !first || hit.form.parts.length > 1) return false
  if (after && PLACES.has(after.word) && /^\p{Lu}/u.test(after.text)) return true
  const adjoins = !/[^\s]/.test(text.slice(before.end, first.start))
  const isName = /^\p{Lu}\p{Ll}+$/u.test(before.text) && !isSentenceStart(text, tokens, hit.from - 1)
  return adjoins && isName && hit.to - hit.from === 1
}

/** «On target», «on point» are no one's name. */
const STATES = new Set(
  'target point track board call demand schedule time budget top hold fire edge air pace'.split(' '),
)

const CONVINCED = 2
const NEUTRAL = 0

const PLACES = new Set(
  'street st avenue ave road rd lane drive dr court boulevard blvd valley park garden gardens field hills county city lake river creek bay church school'.split(
    ' ',
  ),
)

const set = (words: string) => new Set(words.trim().split(/\s+/))

/** «with Target», «from Delta», «cheaper than Sprint». */
const BEFORE_COMPANY = set(
  'with from at than versus vs via by using tried joined left leaving considering called like through against',
)
const BEFORE_TO = set(`
  switch switched switching switches move moved moving go going went change changed changing port ported porting
  over back compared similar according transfer transferred transferring next close loyal belongs sold belong drove
  driving drive sent talked talking spoke speaking returned return
`)
const ARTICLES = set(
  'a an the my our your his her their this that these those each some any no every per one two three four five six several many few ten another',
)
const SUBJECTS = set(
  "i we you they he she who will would can could should don't doesn't didn't won't can't must might may let's just please always never not",
)
const COMPANY_NOUNS = set(`
  store stores account accounts customer customers bill bills plan plans card cards app website site rep reps offer
  offers price prices pricing quote service services employee salesman guy guys people dealer location branch contract
  subscription internet phone phones tv package policy agent flight flights ticket tickets airlines wireless rate rates
  user users membership system software product products deal coupon shop counter technician
`)
/** Also what ordinary words go with: «our target price» is no company's. */
const LOOSE_NOUNS = set(
  'price prices pricing rate rates product products deal people system software offer quote service',
)
const COMPANY_VERBS = set(`
  has have offers offered offering charges charged charging quoted quotes gave gives told said says does did is was
  will would can could doesn't didn't isn't wasn't won't hasn't wants wanted sells sold sent promised already
  never only also matches matched beat beats had makes lets let do are were they're instead now right too
  because but and or for since before last yesterday today when if though so which who they
`)
const OTHER_NOUNS = set(
  'one feet foot inch inches meters metres up off out down date dates audience root pie pies tree trees juice yard yards miles range area areas',
)
/** «We're on Toast», «still on Square». */
const USERS = set("we're i'm you're they're am are currently still already")
const LIKELY_BEFORE = set(
  'use have had has prefer chose choose need call try saw see because that but if so well yeah okay',
)

function contextScore(text: string, tokens: Token[], hit: Hit): number {
  const before = tokens[hit.from - 1]
  const after = tokens[hit.to]
  const joined = before && !breaks(text, before.end, tokens[hit.from]?.start ?? 0)
  const previous = joined ? before.word : ''
  const earlier = joined ? (tokens[hit.from - 2]?.word ?? '') : ''
  const ends = !after || breaks(text, tokens[hit.to - 1]?.end ?? 0, after.start)
  const next = ends ? '' : (after?.word ?? '')
  return scoreBefore(previous, earlier, next) + scoreAfter(next, previous, hit)
}

function scoreBefore(previous: string, earlier: string, next: string): number {
  if (previous === 'to') return BEFORE_TO.has(earlier) ? 3 : -3
  if (BEFORE_COMPANY.has(previous)) return 2
  if (ARTICLES.has(previous)) return COMPANY_NOUNS.has(next) && !LOOSE_NOUNS.has(next) ? 0 : -3
  if (SUBJECTS.has(previous)) return -3
  if (previous === 'on' && USERS.has(earlier)) return 2
  if (previous === 'on' || previous === 'in') return -2
  if (previous === 'and' || previous === 'or') return COMPANY_NOUNS.has(next) ? 1 : 0
  return previous === '' || LIKELY_BEFORE.has(previous) ? 1 : 0
}

function scoreAfter(next: string, previous: string, hit: Hit): number {
  const ending = hit.ending === 'possessive' ? 1 : hit.ending === 'plural' ? -2 : 0
  if (next === '') return ending + (previous === '' ? 1 : 0)
  if (OTHER_NOUNS.has(next) || /^\d/.test(next)) return ending - 3
  if (COMPANY_NOUNS.has(next)) return ending + 2
  if (COMPANY_VERBS.has(next)) return ending + 1
  return ending - (isContentWord(next) ? 1 : 0)
}

const breaks = (text: string, from: number, to: number) => /[.,!?;:…]/.test(text.slice(from, to))

function isSentenceStart(text: string, tokens: Token[], at: number): boolean {
  const before = tokens[at - 1]
  return !before || /[.!?…:]["'”’)]*\s/.test(text.slice(before.end, tokens[at]?.start ?? 0))
}
