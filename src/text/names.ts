import type { Role, Turn } from '../plugin-host/contract.ts'
import { DOUBTFUL_NAMES, FIRST_NAMES } from './first-names.ts'
import { type Piece, pieces } from './pieces.ts'
import { asName, spelledWords } from './spelling.ts'
import { lacksCasing } from './tokens.ts'

/** Whose name it is: that of a side of the call, of the person a booking is for, or of somebody else. */
export type NameOwner = 'agent' | 'customer' | 'patient' | 'other'
export type NamePart = 'full' | 'first' | 'last'

export interface NameMention {
  /** As names are written, whatever the recogniser wrote. */
  name: string
  owner: NameOwner
  part: NamePart
  /** Dictated letter by letter. */
  spelled: boolean
  /** Said by its owner or on being asked for it. */
  stated: boolean
  turn: number
  /** Position in the given turns. */
  index: number
  start: number
  end: number
}

type Whose = 'speaker' | 'listener' | 'customer' | 'patient' | 'other'

interface Cue {
  pattern: RegExp
  whose: Whose
  part?: NamePart
  /** A weak cue («this is», «thanks») needs a name that looks like one. */
  weak?: boolean
}

const KIN =
  'daughter|son|wife|husband|mother|mom|mum|father|dad|sister|brother|partner|fiancee?|girlfriend|boyfriend|child|kid|baby|boy|girl|grandson|granddaughter|grandmother|grandfather|aunt|uncle|niece|nephew|boss|friend|roommate|client'
const TITLES = /^(?:mr|mrs|ms|miss|mister|missus|madam|sir|dr|doctor|prof|professor)$/

const CUES: Cue[] = [
  { pattern: /\b(?:last|sur|family|second) ?name(?: is|'s|,|:)?(?: going to be| it's| is)?\s+/gi, whose: 'customer', part: 'last' },
  { pattern: /\b(?:first|given) name(?: is|'s|,|:)?(?: going to be| it's| is)?\s+/gi, whose: 'customer', part: 'first' },
  { pattern: /\b(?:her|his|their|(?:the )?(?:patient|child|guest|client|baby|kid)(?:'s)?|(?:daughter|son|wife|husband|mother|father|mom|dad|partner)'s) (?:full |first )?name(?: is|'s| would be)\s+/gi, whose: 'patient' },
  { pattern: /\bmy (?:full )?name(?: is|'s)\s+/gi, whose: 'speaker' },
  { pattern: /(?<!(?:first|last|her|his|their|sur|family|given|patient's|my|full|second|company|business|street) ?)\bname(?:'s| is| would be)\s+/gi, whose: 'customer' },
  { pattern: new RegExp(`\\b(?:for|bring(?:ing)?(?: in)?|book(?:ing)?|schedule|regarding|about) (?:my|our) (?:\\w+ )?(?:${KIN})(?:'s name is)?,?\\s+`, 'gi'), whose: 'patient', weak: true },
  { pattern: new RegExp(`\\b(?:my|our|his|her) (?:${KIN}),?\\s+`, 'gi'), whose: 'other', weak: true },
  { pattern: /\b(?:under (?:the name(?: of)?)?|in the name of|under the last name)\s*/gi, whose: 'customer', weak: true },
  { pattern: /\b(?:i have you (?:down |here |listed )?as|i see you here,?|pull(?:ed|ing)? up your (?:file|account|chart),?)\s+/gi, whose: 'listener', weak: true },
  { pattern: /\b(?:am i (?:speaking|talking) (?:with|to)|may i (?:please )?speak (?:with|to)|can i (?:please )?speak (?:with|to)|could i (?:please )?speak (?:with|to)|is this|looking for|trying to reach|calling for|this message is for|message for)\s+/gi, whose: 'listener', weak: true },
  { pattern: /\b(?:you(?:'re| are) (?:speaking|talking) (?:with|to)|you've reached|you have reached)\s+/gi, whose: 'speaker', weak: true },
  { pattern: /\b(?:this is|this's|i'm|i am|it's|it is|im)\s+/gi, whose: 'speaker', weak: true },
  { pattern: /\b(?:mr|mrs|ms|miss|mister|missus)\.?\s+/gi, whose: 'listener', part: 'last' },
  { pattern: /\b(?:dr|doctor|prof|professor)\.?\s+/gi, whose: 'other', part: 'last', weak: true },
]

const VOCATIVE =
  /\b(?:thank you(?: so much| very much)?|thanks(?: so much| a lot)?|hi(?: there)?|hello|hey|good (?:morning|afternoon|evening)|okay|ok|alright|all right|great|perfect|sure|wonderful|excellent|got it|no problem|of course|welcome(?: back)?|sorry|bye|goodbye|you're all set|all set|nice to meet you|yes|so|and|well),?\s+/gi
const TRAILING = /,\s+(?=\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?[.!?]?$)/gu
const REVERSED = /^(?:(?:hi|hello|hey|yes|yeah|good morning|good afternoon|um|uh),?\s+)*/i
const CALLING = /^(?:here|speaking|calling)$/

const ASKS =
  /\b(?:(?:your|the|her|his|their|patient's|child's|guest's|daughter's|son's|whose) (?:full |first |last |first and last |complete )*name|name (?:please|for|on|under|of|is it)|first and last name|who(?:'s| is| am i) (?:this|calling|speaking|(?:speaking|talking) (?:with|to)|the (?:appointment|booking|reservation) for|it for)|who (?:do i have|should i|shall i|am i)|under what name|what name|may i ask who|whom am i|a name|names?\?)/i
const ASKS_PATIENT = /\b(?:her|his|their|patient's|child's|daughter's|son's) (?:full |first |last )*name\b/i
const ASKS_LAST = /\b(?:last|sur|family) ?name\b/i
const ASKS_FIRST = /\b(?:first|full) (?:and last )?name\b/i
const LEADS =
  "sure yes yeah yep yup of course okay ok um uh er well oh it's its it is that's thats that is would be so hi hello certainly absolutely right please my name the name name's i'm im under for this is going to be she's he's her his hers last first full of you can put it full no problem great thanks thank alright and".split(
    ' ',
  )
const LEAD = new Set(LEADS)

const CUT = new Set(
  ("and or i i'm i'd i've i'll im id ive calling from with here at on my the a an but so yes no yeah nope that's thats it's its it is spelled spelling spell date phone number email born for was can could please thanks thank um uh how what to in of we you he she they speaking again also had have has about looking needing need needed want wanted just actually last first there okay ok hi hello today tomorrow sorry not your our this that these those regarding are do did does would should returning trying am as if when where why who which because like get got good great fine sure right well really still currently going having seeing wondering hoping interested over by then now both all some any more most very too only than into out up down back off new name names double triple zero nine eight seven six five four three two one ten oh dot hyphen dash capital correct perfect wonderful morning afternoon evening monday tuesday wednesday thursday friday saturday sunday january february march june july october november december " +
    "reservation booking appointment customer service support sales reception office clinic team front desk calling about interested available afraid glad happy busy free home work ready done confirmed ma'am sir mister mrs mr ms miss doctor dr pm am let let's may be see me us them him her his their everyone anybody somebody someone everything nothing perfect awesome absolutely exactly definitely probably maybe perhaps basically alright moving leaving running late early calling's quick question unfortunately automated recorded voicemail mailbox message line number's account urgent emergency closed open off-duty unable able supposed sorry's kind sort bit couple lot little big small under old years year months different another other same next best better day days week weeks month time times thing things problem issue help people person one's wrong true false real bad nice cold hot sick pregnant allergic married single divorced retired disabled worried concerned excited confused upset angry frustrated disappointed tired thinking coming driving planning making taking using working getting doing being paying waiting holding experiencing dealing feeling hearing unhappy hurting in-network enough never always often sometimes once twice every each such own long short hard easy full half part whole much many few less least calling around aware certain positive assuming gonna wanna dental dentist medical health auto garage motors plumbing heating hotel salon spa restaurant bank insurance company law firm group center centre university school hospital pharmacy").split(
    /\s+/,
  ),
)
const PARTICLES = new Set('de la del della van von der den ter bin ibn al el da di do dos san st saint le mc mac'.split(' '))
const CALENDAR =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december)$/
const MAX_WORDS = 6

/** Every place where somebody's name is given, asked for and answered, spelled, or used to address them. */
export function nameMentions(turns: Turn[]): NameMention[] {
  const mentions = turns.flatMap((turn, index) => mentionsOf(turns, turn, index))
  return withoutOverlaps(mentions)
}

function mentionsOf(turns: Turn[], turn: Turn, index: number): NameMention[] {
  const list = pieces(turn.text)
  if (list.length === 0) return []
  const raw = lacksCasing(turn.text)
  const reader: Reader = { turns, turn, index, list, raw }
  const spelled = spelledMentions(reader)
  return [...CUES.flatMap((cue) => cued(reader, cue)), ...answered(reader), ...reversed(reader), ...speaking(reader), ...varied(reader), ...addressed(reader), ...spelled]
}

interface Reader {
  turns: Turn[]
  turn: Turn
  index: number
  list: Piece[]
  raw: boolean
}

function cued(reader: Reader, cue: Cue): NameMention[] {
  const found: NameMention[] = []
  for (const match of reader.turn.text.matchAll(cue.pattern)) {
    const at = pieceAt(reader.list, match.index + match[0].length)
    if (at < 0) continue
    if (cue.part && reader.turn.role === 'agent' && !/(?:is|'s|:|be|r|s|or)\.?\s+$/i.test(match[0])) continue
    const name = readName(reader, at, cue.weak ?? false)
    if (!name || (cue.whose === 'speaker' && /['’]s$/.test(name.at(-1)!.text))) continue
    const stated = cue.whose === 'speaker' || cue.whose === 'patient' || cue.whose === 'customer'
    const owner = ownerOf(cue.whose, reader.turn.role)
    found.push(mention(reader, name, owner, cue.part ?? (name.length > 1 ? 'full' : 'first'), stated))
  }
  return found
}

function pieceAt(list: Piece[], place: number) {
  const at = list.findIndex((piece) => piece.start >= place)
  return at >= 0 && TITLES.test(list[at]!.lower) ? at + 1 : at
}

function ownerOf(whose: Whose, role: Role): NameOwner {
  if (whose === 'customer' || whose === 'patient' || whose === 'other') return whose
  const speaks = role === 'agent' ? 'agent' : 'customer'
  const other = role === 'agent' ? 'customer' : 'agent'
  return whose === 'speaker' ? speaks : other
}

function mention(reader: Reader, name: Piece[], owner: NameOwner, part: NamePart, stated: boolean): NameMention {
  const [first, last] = [name[0]!, name.at(-1)!]
  const end = last.end - (/['’]s$/i.exec(last.text)?.[0].length ?? 0)
  const text = asName(reader.turn.text.slice(first.start, end).replace(/\s+/g, ' '))
  const { turn, index } = reader
  return { name: keepCase(reader, first.start, end) ?? text, owner, part, spelled: false, stated, turn: turn.turn, index, start: first.start, end }
}

/** «McDonald» and «van der Berg» stay as the transcript has them. */
const keepCase = (reader: Reader, start: number, end: number) => {
  const text = reader.turn.text.slice(start, end).replace(/\s+/g, ' ')
  const capital = /^\p{Lu}/u.test(text) || (PARTICLES.has(text.split(' ')[0]!) && /\p{Lu}/u.test(text))
  return capital && /\p{Ll}/u.test(text) ? text : undefined
}

/** The words of a name that begins at the piece; undefined when what stands there is none. */
function readName(reader: Reader, at: number, weak: boolean): Piece[] | undefined {
  const first = reader.list[at]
  if (!first || !isNameWord(first.lower) || CALENDAR.test(first.lower) && !weakName(reader, at)) return undefined
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
  DOUBTFUL_NAMES.has(reader.list[at]!.lower) && reader.list[at + 1] !== undefined && isCapital(reader.list[at + 1]!)

const isNameWord = (word: string) => /^\p{L}/u.test(word) && !CUT.has(word) && !LEAD.has(word) && !/(?:'m|'d|'ve|'ll|'re|n't)$/.test(word)
const isCapital = (piece: Piece) => /^\p{Lu}/u.test(piece.text)

function goesOn(reader: Reader, words: Piece[], piece: Piece, capital: boolean, next: number) {
  const initial = words.at(-1)!.text.length === 1
  if (!(initial ? /^[.\s]+$/ : /^(?: +|-)$/).test(piece.gap) || /['’]s$/.test(words.at(-1)!.text)) return false
  if (!isNameWord(piece.lower) || CALENDAR.test(piece.lower)) return PARTICLES.has(piece.lower) && hasMore(reader, next, capital)
  if (CALLING.test(piece.lower) || startsSpelling(reader.list, next)) return false
  if (capital) return isCapital(piece) || (PARTICLES.has(piece.lower) && hasMore(reader, next, true))
  return words.length < 2 || PARTICLES.has(words.at(-1)!.lower) || words[0]!.text.length === 1
}

const hasMore = (reader: Reader, at: number, capital: boolean) => {
  const after = reader.list[at + 1]
  if (!after || !/^ +$/.test(after.gap)) return false
  return capital ? isCapital(after) || PARTICLES.has(after.lower) : isNameWord(after.lower)
}

const startsSpelling = (list: Piece[], at: number) =>
  list[at]!.lower.length === 1 && (list[at + 1]?.lower.length === 1 || list[at + 1]?.lower === 'as')

/** Without capitals, a weak cue needs a known given name or words that only follow a name. */
function soundsLikeName(reader: Reader, at: number) {
  const word = reader.list[at]!.lower.replace(/'s$/, '')
  if (FIRST_NAMES.has(word) && !DOUBTFUL_NAMES.has(word)) return true
  const after = [reader.list[at + 1]?.lower ?? '', reader.list[at + 2]?.lower ?? '']
  return after.some((next) => CALLING.test(next)) && reader.raw && !/(?:ing|ed)$/.test(word)
}

function answered(reader: Reader): NameMention[] {
  const question = questionBefore(reader)
  if (!question) return []
  let at = 0
  let kin = false
  for (; at < reader.list.length && at < MAX_LEAD && isLead(reader.list[at]!.lower); at++) kin ||= IS_KIN.test(reader.list[at]!.lower)
  if (TITLES.test(reader.list[at]?.lower ?? '')) at += 1
  if (!reader.list[at] || startsSpelling(reader.list, at)) return []
  const name = readName(reader, at, false)
  if (!name || !looksAnswered(reader, name, at)) return []
  const part = name.length > 1 ? 'full' : ASKS_LAST.test(question) && !ASKS_FIRST.test(question) ? 'last' : 'first'
  return [mention(reader, name, kin || ASKS_PATIENT.test(question) ? 'patient' : 'customer', part, true)]
}

const MAX_LEAD = 10
const IS_KIN = new RegExp(`^(?:${KIN})(?:'s)?$`)
const isLead = (word: string) => LEAD.has(word) || /^(?:my|for|our|a)$/.test(word) || IS_KIN.test(word)

/** The agent's question for a name, one or (after «sorry?») three turns back. */
function questionBefore(reader: Reader): string | undefined {
  const { turns, index, turn } = reader
  if (turn.role === 'agent') return undefined
  const before = turns.slice(Math.max(0, index - 1), index).findLast((other) => other.speaker !== turn.speaker)
  const text = before?.text.split(/(?<=[.!?])\s+/).slice(-2).join(' ')
  return text && ASKS.test(text) && !/\b(?:my name|name's)\b/i.test(text.slice(-60)) ? text : undefined
}

/** An answer begins with the name; a whole sentence that begins otherwise is none. */
function looksAnswered(reader: Reader, name: Piece[], at: number) {
  const capital = isCapital(name[0]!) && !reader.raw
  const known = FIRST_NAMES.has(name[0]!.lower)
  const rest = reader.list[at + name.length]
  if (capital && (at > 0 || known || name.length > 1)) return true
  const closes = rest === undefined || /[.,?!;]/.test(rest.gap) || rest.lower.length === 1 || CUT.has(rest.lower)
  return known || closes
}

/** `Anna here`, `John Smith speaking`. */
function reversed(reader: Reader): NameMention[] {
  const start = REVERSED.exec(reader.turn.text)?.[0].length ?? 0
  const at = reader.list.findIndex((piece) => piece.start >= start)
  const name = at < 0 ? undefined : readName(reader, at, true)
  const after = name && reader.list[at + name.length]?.lower
  if (!name || !after || !CALLING.test(after)) return []
  return [mention(reader, name, ownerOf('speaker', reader.turn.role), name.length > 1 ? 'full' : 'first', true)]
}

/** «Hotel Aurora, Anna speaking.» */
function speaking(reader: Reader): NameMention[] {
  const after = reader.list.findIndex((piece) => piece.lower === 'speaking')
  for (let at = after - 2; after > 0 && at < after; at++) {
    const name = at < 0 ? undefined : readName(reader, at, true)
    const capital = name && isCapital(name[0]!) && (at === after - 1 || isCapital(reader.list[after - 1]!))
    const known = name && FIRST_NAMES.has(name[0]!.lower)
    if (name && at + name.length === after && (known || (capital && !reader.raw)) && (at > 0 || known))
      return [mention(reader, name, ownerOf('speaker', reader.turn.role), name.length > 1 ? 'full' : 'first', true)]
  }
  return []
}

const WITH_LETTER = /\b(\p{L}{2,})(?: \p{L}{2,})?,? with an? ["']?([a-z])\b/giu
const SAME_SOUND = /^(?:ck|kc|gj|jg|sz|zs|fp|pf)$/

/** «Catherine with a K»: the letter stands for the sound the name begins with. */
function varied(reader: Reader): NameMention[] {
  const { turn, index } = reader
  return Array.from(turn.text.matchAll(WITH_LETTER)).flatMap((match) => {
    const [, word = '', letter = ''] = match
    if (!SAME_SOUND.test((word[0] ?? '').toLowerCase() + letter.toLowerCase())) return []
    const start = match.index + match[0].length - 1
    const name = asName(letter + word.slice(1))
    return [{ name, owner: 'customer' as const, part: 'first' as const, spelled: true, stated: true, turn: turn.turn, index, start, end: start + 1 }]
  })
}

/** `Thank you, Ana.`: counts for known given names only, for anything may follow «okay». */
function addressed(reader: Reader): NameMention[] {
  const found: NameMention[] = []
  for (const pattern of [VOCATIVE, TRAILING]) {
    for (const match of reader.turn.text.matchAll(pattern)) {
      const at = pieceAt(reader.list, match.index + match[0].length)
      const name = at < 0 ? undefined : readName(reader, at, true)
      if (!name || !isKnown(name[0]!.lower) || (name.length > 1 && !isCapital(name[1]!) && !reader.raw)) continue
      const after = reader.list[at + name.length]
      if (CALLING.test(after?.lower ?? '') || /['’]s$/.test(name[0]!.text)) continue
      found.push(mention(reader, name, ownerOf('listener', reader.turn.role), name.length > 1 ? 'full' : 'first', false))
    }
  }
  return found
}

const isKnown = (word: string) => FIRST_NAMES.has(word)

const SPELLED_LAST = /\b(?:last|sur|family) ?name\b[^.?!]*$/i
const SPELLED_FIRST = /\bfirst name\b[^.?!]*$/i
const SPELLED_OTHER = /\b(?:street|road|avenue|city|town|company|e-?mail|confirmation|code|address|plate|license|at)\b[^.?!]*$/i

function spelledMentions(reader: Reader): NameMention[] {
  const { turn, index, turns } = reader
  return spelledWords(turn.text).flatMap(({ word, start, end }) => {
    const before = turn.text.slice(Math.max(0, start - 60), start)
    const asked = index > 0 ? turns[index - 1]!.text : ''
    if (SPELLED_OTHER.test(before) || /^[^a-z]*(?:at\b|dot\b|@)/i.test(turn.text.slice(end))) return []
    if (before.trim() === '' && SPELLED_OTHER.test(asked) && !ASKS.test(asked)) return []
    const part = SPELLED_LAST.test(before) ? 'last' : SPELLED_FIRST.test(before) ? 'first' : partAsked(asked)
    return [{ name: asName(word), owner: 'customer' as const, part, spelled: true, stated: true, turn: turn.turn, index, start, end }]
  })
}

const partAsked = (question: string): NamePart =>
  ASKS_LAST.test(question) && !ASKS_FIRST.test(question) ? 'last' : ASKS_FIRST.test(question) && !ASKS_LAST.test(question) ? 'first' : 'full'

/** Where two readings meet, the one that was stated, then the longer one, stays. */
function withoutOverlaps(mentions: NameMention[]): NameMention[] {
  const ranked = [...mentions].sort((a, b) => Number(b.spelled) - Number(a.spelled) || Number(b.stated) - Number(a.stated) || b.end - b.start - (a.end - a.start))
  const kept: NameMention[] = []
  for (const one of ranked) {
    const meets = kept.some((other) => other.index === one.index && other.start < one.end && one.start < other.end)
    if (!meets) kept.push(one)
  }
  return kept.sort((a, b) => a.index - b.index || a.start - b.start)
}
