import type { Role, Turn } from '../plugin-host/contract.ts'
import { FIRST_NAMES } from './first-names.ts'
import {
  ASKS,
  ASKS_FIRST,
  ASKS_LAST,
  ASKS_PATIENT,
  CUES,
  type Cue,
  IS_KIN,
  isLead,
  partAsked,
  REVERSED,
  SAME_SOUND,
  SPELLED_FIRST,
  SPELLED_LAST,
  SPELLED_OTHER,
  TRAILING,
  VOCATIVE,
  type Whose,
  WITH_LETTER,
} from './name-cues.ts'
import {
  CALLING,
  CUT,
  isCapital,
  keepCase,
  type Reader,
  readName,
  startsSpelling,
  TITLES,
} from './name-words.ts'
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
  return [
    ...CUES.flatMap((cue) => cued(reader, cue)),
    ...answered(reader),
    ...reversed(reader),
    ...speaking(reader),
    ...varied(reader),
    ...addressed(reader),
    ...spelled,
  ]
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

function mention(
  reader: Reader,
  name: Piece[],
  owner: NameOwner,
  part: NamePart,
  stated: boolean,
): NameMention {
  const [first, last] = [name[0]!, name.at(-1)!]
  const end = last.end - (/['’]s$/i.exec(last.text)?.[0].length ?? 0)
  const text = asName(reader.turn.text.slice(first.start, end).replace(/\s+/g, ' '))
  const { turn, index } = reader
  return {
    name: keepCase(reader, first.start, end) ?? text,
    owner,
    part,
    spelled: false,
    stated,
    turn: turn.turn,
    index,
    start: first.start,
    end,
  }
}

function answered(reader: Reader): NameMention[] {
  const question = questionBefore(reader)
  if (!question) return []
  let at = 0
  let kin = false
  for (; at < reader.list.length && at < MAX_LEAD && isLead(reader.list[at]!.lower); at++)
    kin ||= IS_KIN.test(reader.list[at]!.lower)
  if (TITLES.test(reader.list[at]?.lower ?? '')) at += 1
  if (!reader.list[at] || startsSpelling(reader.list, at)) return []
  const name = readName(reader, at, false)
  if (!name || !looksAnswered(reader, name, at)) return []
  const part =
    name.length > 1 ? 'full' : ASKS_LAST.test(question) && !ASKS_FIRST.test(question) ? 'last' : 'first'
  return [mention(reader, name, kin || ASKS_PATIENT.test(question) ? 'patient' : 'customer', part, true)]
}

const MAX_LEAD = 10

/** The agent's question for a name, one or (after «sorry?») three turns back. */
function questionBefore(reader: Reader): string | undefined {
  const { turns, index, turn } = reader
  if (turn.role === 'agent') return undefined
  const before = turns
    .slice(Math.max(0, index - 1), index)
    .findLast((other) => other.speaker !== turn.speaker)
  const text = before?.text
    .split(/(?<=[.!?])\s+/)
    .slice(-2)
    .join(' ')
  return text && ASKS.test(text) && !/\b(?:my name|name's)\b/i.test(text.slice(-60)) ? text : undefined
}

/** An answer begins with the name; a whole sentence that begins otherwise is none. */
function looksAnswered(reader: Reader, name: Piece[], at: number) {
  const capital = isCapital(name[0]!) && !reader.raw
  const known = FIRST_NAMES.has(name[0]!.lower)
  const rest = reader.list[at + name.length]
  if (capital && (at > 0 || known || name.length > 1)) return true
  const closes =
    rest === undefined || /[.,?!;]/.test(rest.gap) || rest.lower.length === 1 || CUT.has(rest.lower)
  return known || closes
}

/** `Anna here`, `John Smith speaking`. */
function reversed(reader: Reader): NameMention[] {
  const start = REVERSED.exec(reader.turn.text)?.[0].length ?? 0
  const at = reader.list.findIndex((piece) => piece.start >= start)
  const name = at < 0 ? undefined : readName(reader, at, true)
  const after = name && reader.list[at + name.length]?.lower
  if (!name || !after || !CALLING.test(after)) return []
  return [
    mention(reader, name, ownerOf('speaker', reader.turn.role), name.length > 1 ? 'full' : 'first', true),
  ]
}

/** «Hotel Aurora, Anna speaking.» */
function speaking(reader: Reader): NameMention[] {
  const after = reader.list.findIndex((piece, at) => piece.lower === 'speaking' || isHere(reader, piece, at))
  for (let at = after - 2; after > 0 && at < after; at++) {
    const name = at < 0 ? undefined : readName(reader, at, true)
    const capital = name && isCapital(name[0]!) && (at === after - 1 || isCapital(reader.list[after - 1]!))
    const known = name && FIRST_NAMES.has(name[0]!.lower)
    if (name && at + name.length === after && (known || (capital && !reader.raw)) && (at > 0 || known))
      return [
        mention(reader, name, ownerOf('speaker', reader.turn.role), name.length > 1 ? 'full' : 'first', true),
      ]
  }
  return []
}

/** «Salon Luxe, Nina here.» */
const isHere = (reader: Reader, piece: Piece, at: number) =>
  piece.lower === 'here' &&
  reader.turn.role === 'agent' &&
  reader.index < 2 &&
  (at + 1 === reader.list.length || /^[.,!]/.test(reader.list[at + 1]!.gap))

/** «Catherine with a K»: the letter stands for the sound the name begins with. */
function varied(reader: Reader): NameMention[] {
  const { turn, index } = reader
  return Array.from(turn.text.matchAll(WITH_LETTER)).flatMap((match) => {
    const [, word = '', letter = ''] = match
    if (!SAME_SOUND.test((word[0] ?? '').toLowerCase() + letter.toLowerCase())) return []
    const start = match.index + match[0].length - 1
    const name = asName(letter + word.slice(1))
    return [
      {
        name,
        owner: 'customer' as const,
        part: 'first' as const,
        spelled: true,
        stated: true,
        turn: turn.turn,
        index,
        start,
        end: start + 1,
      },
    ]
  })
}

/** `Thank you, Ana.`: counts for known given names only, for anything may follow «okay». */
function addressed(reader: Reader): NameMention[] {
  const found: NameMention[] = []
  for (const pattern of [VOCATIVE, TRAILING]) {
    for (const match of reader.turn.text.matchAll(pattern)) {
      const at = pieceAt(reader.list, match.index + match[0].length)
      const name = at < 0 ? undefined : readName(reader, at, true)
      if (!name || !isKnown(name[0]!.lower) || (name.length > 1 && !isCapital(name[1]!) && !reader.raw))
        continue
      const after = reader.list[at + name.length]
      if (CALLING.test(after?.lower ?? '') || /['’]s$/.test(name[0]!.text)) continue
      found.push(
        mention(
          reader,
          name,
          ownerOf('listener', reader.turn.role),
          name.length > 1 ? 'full' : 'first',
          false,
        ),
      )
    }
  }
  return found
}

const isKnown = (word: string) => FIRST_NAMES.has(word)

function spelledMentions(reader: Reader): NameMention[] {
  const { turn, index, turns } = reader
  return spelledWords(turn.text).flatMap(({ word, start, end }) => {
    const before = turn.text.slice(Math.max(0, start - 60), start)
    const asked = index > 0 ? turns[index - 1]!.text : ''
    if (SPELLED_OTHER.test(before) || /^[^a-z]*(?:at\b|dot\b|@)/i.test(turn.text.slice(end))) return []
    if (before.trim() === '' && SPELLED_OTHER.test(asked) && !ASKS.test(asked)) return []
    const part = SPELLED_LAST.test(before) ? 'last' : SPELLED_FIRST.test(before) ? 'first' : partAsked(asked)
    return [
      {
        name: asName(word),
        owner: 'customer' as const,
        part,
        spelled: true,
        stated: true,
        turn: turn.turn,
        index,
        start,
        end,
      },
      ...surnameAfter(reader, end),
    ]
  })
}

/** «It's Olivia, O-L-I-V-I-A, Grant.» */
function surnameAfter(reader: Reader, end: number): NameMention[] {
  const at = reader.list.findIndex((piece) => piece.start >= end)
  const next = reader.list[at]
  if (!next || reader.raw || !isCapital(next) || !/^,? $/.test(next.gap)) return []
  const name = readName(reader, at, true)
  return name ? [mention(reader, name, 'customer', 'last', true)] : []
}

/** Where two readings meet, the one that was stated, then the longer one, stays. */
function withoutOverlaps(mentions: NameMention[]): NameMention[] {
  const ranked = [...mentions].sort(
    (a, b) =>
      Number(b.spelled) - Number(a.spelled) ||
      Number(b.stated) - Number(a.stated) ||
      b.end - b.start - (a.end - a.start),
  )
  const kept: NameMention[] = []
  for (const one of ranked) {
    const meets = kept.some(
      (other) => other.index === one.index && other.start < one.end && one.start < other.end,
    )
    if (!meets) kept.push(one)
  }
  return kept.sort((a, b) => a.index - b.index || a.start - b.start)
}
