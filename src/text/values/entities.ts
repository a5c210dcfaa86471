import type { Call } from '../../plugin-host/contract.ts'
import { callDay } from '../dates/calendar.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { lacksCasing } from '../language/tokens.ts'
import { DOUBTFUL_NAMES, FIRST_NAMES } from '../people/first-names.ts'
import { nameMentions } from '../people/names.ts'
import { addressMentions } from './addresses.ts'
import { birthDates } from './births.ts'
import { cardMentions, ibanMentions, ssnMentions } from './cards.ts'
import { emailMentions } from './emails.ts'
import type { Stretch } from './groups.ts'
import { isDayFirst, phoneMentions, regionOf } from './phones.ts'

export const entityTypes = [
  'email',
  'phone',
  'card',
  'iban',
  'ssn',
  'date_of_birth',
  'person_name',
  'address',
] as const
export type EntityType = (typeof entityTypes)[number]

export interface Entity extends Stretch {
  type: EntityType
}

type Finder = (call: Call, region: string) => Stretch[]

/** In this order: where two kinds claim the same place, the earlier one has it. */
const FINDERS: [EntityType, Finder][] = [
  ['email', (call) => emailMentions(call.turns)],
  ['iban', (call) => ibanMentions(call.turns).flatMap((found) => found.parts)],
  ['card', (call) => cardMentions(call.turns).flatMap((found) => found.parts)],
  ['date_of_birth', (call, region) => birthDates(call.turns, callDay(call), isDayFirst(region))],
  ['ssn', (call) => ssnMentions(call.turns).flatMap((found) => found.parts)],
  [
    'phone',
    (call, region) => phoneMentions(call.turns, regionOf(call, region)).flatMap((found) => found.parts),
  ],
  ['address', (call) => addressMentions(call.turns)],
  ['person_name', (call) => personNames(call)],
]

/** The personal data said in the call, each with its place; none overlap. */
export function entities(call: Call, types: readonly EntityType[] = entityTypes, region = ''): Entity[] {
  const known = regionOf(call, region)
  const taken: Entity[] = []
  for (const [type, find] of FINDERS) {
    for (const { turn, start, end } of find(call, known)) {
      const meets = taken.some((other) => other.turn === turn && other.start < end && start < other.end)
      if (!meets) taken.push({ type, turn, start, end })
    }
  }
  return taken.filter((one) => types.includes(one.type)).sort((a, b) => a.turn - b.turn || a.start - b.start)
}

/** Names where they are given, and every later place where a known name stands again. */
function personNames(call: Call): Stretch[] {
  const mentions = nameMentions(call.turns)
  const known = new Set(
    mentions
      .flatMap((one) => (one.spelled ? [one.name] : one.name.split(/[ -]/)))
      .map((word) => word.toLowerCase()),
  )
  const given = mentions.map(({ turn, start, end }) => ({ turn, start, end }))
  return [
    ...given,
    ...call.turns.flatMap((turn) =>
      repeated(turn.text, known).map((place) => ({ ...place, turn: turn.turn })),
    ),
  ]
}

const SHORTEST = 3

function repeated(text: string, known: Set<string>): { start: number; end: number }[] {
  const raw = lacksCasing(text)
  const list = pieces(text)
  const found: { start: number; end: number }[] = []
  for (let at = 0; at < list.length; at++) {
    if (!isName(list, at, known, raw)) continue
    let next = at + 1
    while (next < list.length && isSurname(list[next]!, known, raw)) next += 1
    found.push({ start: list[at]!.start, end: withoutPossessive(list[next - 1]!) })
    at = next - 1
  }
  return found
}

const bare = (piece: Piece) => piece.lower.replace(/'s$/, '')
const withoutPossessive = (piece: Piece) => piece.end - (/['’]s$/i.exec(piece.text)?.[0].length ?? 0)
const isCapital = (piece: Piece) => /^\p{Lu}\p{Ll}/u.test(piece.text)

function isName(list: Piece[], at: number, known: Set<string>, raw: boolean) {
  const piece = list[at]!
  const word = bare(piece)
  if (word.length < SHORTEST || DOUBTFUL_NAMES.has(word)) return false
  if (known.has(word)) return raw ? FIRST_NAMES.has(word) || !isEverydayWord(word) : isCapital(piece)
  if (raw || !isCapital(piece) || !FIRST_NAMES.has(word)) return false
  return !/['’]s$/.test(piece.text) || known.has(word)
}

const isSurname = (piece: Piece, known: Set<string>, raw: boolean) => {
  if (!/^(?: |-)$/.test(piece.gap)) return false
  return raw
    ? known.has(bare(piece)) && !isEverydayWord(bare(piece))
    : isCapital(piece) && !NOT_SURNAMES.test(piece.lower)
}

const NOT_SURNAMES =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|street|avenue|road|from|and|here|speaking|dental|clinic|hospital|auto|garage|hotel|bank)$/

/** Surnames that are words of every conversation count only where they were given as a name. */
const isEverydayWord = (word: string) =>
  /^(?:young|white|black|brown|green|gray|long|short|king|price|bell|hill|wood|woods|stone|page|day|may|park|parks|banks|best|good|rich|case|cook|baker|cross|field|fields|rice|rose|street|west|north|south|winter|summers|love|bird|bush|hall|house|hand|hands|wise|small|little|rich|power|powers|sharp|bright|strong|walker|carter|miller|fisher|hunter|mason|porter|turner|taylor|cooper|parker|gardener|farmer|singer|major|marsh|wells|waters|rivers|ford|lane|way|moon|star|sun|will|mark|bill|art|drew|grant|chase|hope|grace|faith|joy|dawn|gold|silver|frost|snow|cash|penny|nickel|pope|bishop|church|abbot|law|lord|noble|knight|wright|reed|reeds|weeks|may|friend|friday|english|french|irish|welsh|scott|holiday|savage|swift|self|sweet|bacon|berry|root|roots|branch|bloom|blossom|flowers|garden|gates|glass|temple|tower|towers|walls|doors|keys|chambers|booth|shields|spears|cannon|pistol|battle|wolf|fox|lamb|bull|buck|drake|swan|crow|hawk|eagle)$/.test(
    word,
  )
