import type { Turn } from '../../plugin-host/contract.ts'
import { isOrdinaryWord } from '../language/ordinary-words.ts'
import type { Piece } from '../language/pieces.ts'
import { isNumberWord } from '../values/numbers.ts'
import { DOUBTFUL_NAMES, FIRST_NAMES } from './first-names.ts'

export const TITLES = /^(?:mr|mrs|ms|miss|mister|missus|madam|sir|dr|doctor|prof|professor)$/

export const CALLING = /^(?:here|speaking|calling)$/

const LEADS =
  "sure yes yeah yep yup of course okay ok um uh er well oh it's its it is that's thats that is would be so hi hello certainly absolutely right please my name the name name's i'm im under for this is going to be she's he's her his hers last first full of you can put it full no problem great thanks thank alright and".split(
    ' ',
  )

export const LEAD = new Set(LEADS)

export const CUT = new Set(
  (
    "and or i i'm i'd i've i'll im id ive calling from with here at on my the a an but so yes no yeah nope that's thats it's its it is spelled spelling spell date phone number email born for was can could please thanks thank um uh how what to in of we you he she they speaking again also had have has about looking needing need needed want wanted just actually last first there okay ok hi hello today tomorrow sorry not your our this that these those regarding are do did does would should returning trying am as if when where why who which because like get got good great fine sure right well really still currently going having seeing wondering hoping interested over by then now both all some any more most very too only than into out up down back off new name names double triple zero nine eight seven six five four three two one ten oh dot hyphen dash capital correct perfect wonderful morning afternoon evening monday tuesday wednesday thursday friday saturday sunday january february march june july october november december " +
    "reservation booking appointment customer service support sales reception office clinic team front desk calling about interested available afraid glad happy busy free home work ready done confirmed ma'am sir mister mrs mr ms miss doctor dr pm am let let's may be see me us them him her his their everyone anybody somebody someone everything nothing perfect awesome absolutely exactly definitely probably maybe perhaps basically alright moving leaving running late early calling's quick question unfortunately automated recorded voicemail mailbox message line number's account urgent emergency closed open off-duty unable able supposed sorry's kind sort bit couple lot little big small under old years year months different another other same next best better day days week weeks month time times thing things problem issue help people person one's wrong true false real bad nice cold hot sick pregnant allergic married single divorced retired disabled worried concerned excited confused upset angry frustrated disappointed tired thinking coming driving planning making taking using working getting doing being paying waiting holding experiencing dealing feeling hearing unhappy hurting in-network enough never always often sometimes once twice every each such own long short hard easy full half part whole much many few less least calling around aware certain positive assuming gonna wanna dental dentist medical health auto garage motors plumbing heating hotel salon spa restaurant bank insurance company law firm group center centre university school hospital pharmacy"
  ).split(/\s+/),
)

const PARTICLES = new Set(
  'de la del della van von der den ter bin ibn al el da di do dos san st saint le mc mac'.split(' '),
)

const CALENDAR =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december)$/

const MAX_WORDS = 6

export interface Reader {
  turns: Turn[]
  turn: Turn
  index: number
  list: Piece[]
  raw: boolean
}

/** «McDonald» and «van der Berg» stay as the transcript has them. */
export const keepCase = (reader: Reader, start: number, end: number) => {
  const text = reader.turn.text.slice(start, end).replace(/\s+/g, ' ')
  const capital = /^\p{Lu}/u.test(text) || (PARTICLES.has(text.split(' ')[0]!) && /\p{Lu}/u.test(text))
  return capital && /\p{Ll}/u.test(text) ? text : undefined
}

/** The words of a name that begins at the piece; undefined when what stands there is none. */
export function readName(reader: Reader, at: number, weak: boolean): Piece[] | undefined {
  const first = reader.list[at]
  if (!first || !isNameWord(first.lower) || (CALENDAR.test(first.lower) && !weakName(reader, at)))
    return undefined
  const capital = isCapital(first) && !reader.raw
  if (weak && !capital && !soundsLikeName(reader, at)) return undefined
  const words = [first]
  for (let next = at + 1; next < reader.list.length && words.length < MAX_WORDS; next++) {
    const piece = reader.list[next]!
    if (!goesOn(reader, words, piece, capital, next)) break
    words.push(piece)
  }
  while (words.length > 1 && PARTICLES.has(words.at(-1)!.lower)) words.pop()
  return words[0]!.text.length > 1 || words.length > 1 ? words : undefined
}

/** «April Jones» is a name, «March 3rd» is not. */
const weakName = (reader: Reader, at: number) =>
  DOUBTFUL_NAMES.has(reader.list[at]!.lower) &&
  reader.list[at + 1] !== undefined &&
  isCapital(reader.list[at + 1]!)

const isNameWord = (word: string) =>
  /^\p{L}/u.test(word) &&
  !isNumberWord(word) &&
  !CUT.has(word) &&
  !LEAD.has(word) &&
  !/(?:'m|'d|'ve|'ll|'re|n't)$|^(?:what|how|who|where|when|why|let|that|there|here|it|he|she)'s$/.test(word)

export const isCapital = (piece: Piece) => /^\p{Lu}/u.test(piece.text)

function goesOn(reader: Reader, words: Piece[], piece: Piece, capital: boolean, next: number) {
  const initial = words.at(-1)!.text.length === 1
  if (!(initial ? /^[.\s]+$/ : /^(?: +|-)$/).test(piece.gap) || /['’]s$/.test(words.at(-1)!.text))
    return false
  if (!isNameWord(piece.lower) || CALENDAR.test(piece.lower))
    return PARTICLES.has(piece.lower) && hasMore(reader, next, capital)
  if (CALLING.test(piece.lower) || startsSpelling(reader.list, next)) return false
  if (capital) return isCapital(piece) || (PARTICLES.has(piece.lower) && hasMore(reader, next, true))
  const double = words.length === 2 && FIRST_NAMES.has(words[0]!.lower) && FIRST_NAMES.has(words[1]!.lower)
  return (
    words.length < 2 ||
    (double && !isOrdinaryWord(piece.lower)) ||
    PARTICLES.has(words.at(-1)!.lower) ||
    words[0]!.text.length === 1
  )
}

const hasMore = (reader: Reader, at: number, capital: boolean) => {
  const after = reader.list[at + 1]
  if (!after || !/^ +$/.test(after.gap)) return false
  return capital ? isCapital(after) || PARTICLES.has(after.lower) : isNameWord(after.lower)
}

export const startsSpelling = (list: Piece[], at: number) =>
  list[at]!.lower.length === 1 && (list[at + 1]?.lower.length === 1 || list[at + 1]?.lower === 'as')

/** What a caller goes on with after a first and a last name. */
const GOES_ON = /^(?:i|i'm|im|i've|i'd|calling|um|uh)$/

const COMES_FROM = /^(?:from|with|over)$/

/** What an agent goes on with after the own name. */
const GREETS_ON = /^(?:|how|may|can|what|thanks|thank|who|i'm|speaking|on)$/

/** Without capitals, a weak cue needs a known given name or words that only follow a name. */
function soundsLikeName(reader: Reader, at: number) {
  const word = reader.list[at]!.lower.replace(/'s$/, '')
  if (FIRST_NAMES.has(word) && !DOUBTFUL_NAMES.has(word)) return true
  const after = [reader.list[at + 1]?.lower ?? '', reader.list[at + 2]?.lower ?? '']
  if (DOUBTFUL_NAMES.has(word) && CALLING.test(after[0]!)) return true
  if (!reader.raw || /(?:ing|ed|ly)$/.test(word) || isOrdinaryWord(word)) return false
  if (after.some((next) => CALLING.test(next) || COMES_FROM.test(next))) return true
  if (reader.turn.role !== 'agent' && GOES_ON.test(after[1]!) && isNameWord(after[0]!)) return true
  if (reader.turn.role === 'agent' && reader.index < 2 && after[0] && !after[1]) return isNameWord(after[0])
  return reader.turn.role === 'agent' && reader.index < 2 && GREETS_ON.test(after[0]!)
}
