import { isOrdinaryWord } from '../language/ordinary-words.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { DOUBTFUL_NAMES, FIRST_NAMES } from './first-names.ts'
import { REVERSED, TRAILING, VOCATIVE } from './name-cues.ts'
import { mention, type NameMention, ownerOf } from './name-mentions.ts'
import { CALLING, isCapital, type Reader, readName, TITLES } from './name-words.ts'

export function pieceAt(list: Piece[], place: number) {
  const at = list.findIndex((piece) => piece.start >= place)
  return at >= 0 && TITLES.test(list[at]!.lower) ? at + 1 : at
}

/** `Anna here`, `John Smith speaking`. */
export function reversed(reader: Reader): NameMention[] {
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
export function speaking(reader: Reader): NameMention[] {
  const after = reader.list.findIndex((piece, at) => piece.lower === 'speaking' || isHere(reader, piece, at))
  for (let at = after - 2; after > 0 && at < after; at++) {
    const name = at < 0 ? undefined : readName(reader, at, true)
    const capital = name && isCapital(name[0]!) && (at === after - 1 || isCapital(reader.list[after - 1]!))
    const known = name && FIRST_NAMES.has(name[0]!.lower)
    const unheard = name && reader.raw && isOwnIntroduction(reader, name, at, after)
    if (
      name &&
      at + name.length === after &&
      (known || unheard || (capital && !reader.raw)) &&
      (at > 0 || known)
    )
      return [
        mention(reader, name, ownerOf('speaker', reader.turn.role), name.length > 1 ? 'full' : 'first', true),
      ]
  }
  return []
}

/** The word before «speaking» in what the agent says first, if it is no everyday word. */
const isOwnIntroduction = ({ turn, index }: Reader, name: Piece[], at: number, after: number) =>
  turn.role === 'agent' &&
  index < 2 &&
  at === after - 1 &&
  name.length === 1 &&
  (DOUBTFUL_NAMES.has(name[0]!.lower) || !isOrdinaryWord(name[0]!.lower))

/** «Salon Luxe, Nina here.» */
const isHere = (reader: Reader, piece: Piece, at: number) =>
  piece.lower === 'here' &&
  reader.turn.role === 'agent' &&
  reader.index < 2 &&
  (at + 1 === reader.list.length || /^[.,!]/.test(reader.list[at + 1]!.gap))

/** «Service desk, Quentin.»: the agent closes the greeting with the name; without a comma the caller has to take it up. */
export function signed(reader: Reader): NameMention[] {
  const { turn, index, list, turns, raw } = reader
  const last = list.at(-1)
  if (turn.role !== 'agent' || index > 1 || list.length < 2 || list.length > LONGEST_GREETING || !last)
    return []
  if (!isKnown(last.lower) || (!raw && !isCapital(last))) return []
  const reply = pieces(turns[index + 1]?.text ?? '').slice(0, 4)
  if (!last.gap.includes(',') && !reply.some((piece) => piece.lower === last.lower)) return []
  const name = readName(reader, list.length - 1, true)
  return name ? [mention(reader, name, 'agent', 'first', true)] : []
}

const LONGEST_GREETING = 9

/** «Jerome Pickett.»: a sentence that is nothing but a name. */
export function alone(reader: Reader): NameMention[] {
  if (reader.raw || reader.turn.role === 'agent') return []
  return reader.list.flatMap((piece, at) => {
    const opens = at > 0 ? /[.,?!]\s/.test(piece.gap) : true
    if (!opens || !isKnown(piece.lower) || !isCapital(piece)) return []
    const name = readName(reader, at, true)
    const after = name && reader.list[at + name.length]
    const rest = reader.turn.text.slice(name?.at(-1)?.end ?? 0)
    if (!name || name.length < 2 || !/^\s*(?:$|[.,?!])/.test(rest) || (after && !/[.,?!]/.test(after.gap)))
      return []
    const whole = !piece.gap.includes(',') && !/^\s*,/.test(rest)
    return [mention(reader, name, 'customer', 'full', whole)]
  })
}

/** `Thank you, Ana.`: counts for known given names only, for anything may follow «okay». */
export function addressed(reader: Reader): NameMention[] {
  // Whoever picks up does not know yet who calls: «good evening, Bella Vista» is the house.
  if (reader.index === 0 && reader.turn.role === 'agent' && !FIRST_NAMED.test(reader.turn.text)) return []
  const found: NameMention[] = whole(reader)
  for (const pattern of [VOCATIVE, TRAILING]) {
    for (const match of reader.turn.text.matchAll(pattern)) {
      const at = pieceAt(reader.list, match.index + match[0].length)
      const read = at < 0 ? undefined : readName(reader, at, true)
      const name = read && reader.raw && isOrdinaryWord(read[1]?.lower ?? '') ? read.slice(0, 1) : read
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

const FIRST_NAMED =
  /^\W*(?:(?:hi|hello|hey|yes|good \w+),? )+\S+(?: \S+)?[,.!]? (?:this is|it's|my name|i'm|how are)\b/i

/** «Kendra?» «Yep.»: the agent reads the name off the file. */
function whole(reader: Reader): NameMention[] {
  const { list, turn, index, turns } = reader
  const reply = turns[index + 1]?.text ?? ''
  if (turn.role !== 'agent' || list.length > 2 || !isKnown(list[0]!.lower) || !AFFIRMS.test(reply)) return []
  const name = readName(reader, 0, true)
  return name?.length === list.length
    ? [mention(reader, name, 'customer', name.length > 1 ? 'full' : 'first', false)]
    : []
}

const AFFIRMS =
  /^\W*(?:yes|yeah|yep|yup|that's (?:me|right|him|her)|correct|right|uh huh|mm-?hmm|speaking)\b/i

const isKnown = (word: string) => FIRST_NAMES.has(word)
