import type { Turn } from '../../plugin-host/contract.ts'
import { onceFor } from '../language/once.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import type { Stretch } from './groups.ts'
import { readDigits, readNumber } from './numbers.ts'

const STREET =
  /^(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|place|pl|terrace|circle|cir|parkway|pkwy|highway|hwy|square|trail|close|crescent|crest|row|alley|loop|plaza|pike|turnpike|gardens|mews|broadway)$/
const VAGUE_STREET =
  /^(?:way|place|court|square|close|row|loop|circle|drive|plaza|trail|crest|pike|st|dr|ct|pl|gardens)$/
const UNIT = /^(?:apartment|apt|unit|suite|ste|flat|floor|number|building|bldg|room|po|box)$/
const DIRECTION = /^(?:north|south|east|west|northeast|northwest|southeast|southwest|n|s|e|w|ne|nw|se|sw)$/
const STATES =
  /^(?:alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|ohio|oklahoma|oregon|pennsylvania|tennessee|texas|utah|vermont|virginia|washington|wisconsin|wyoming|al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy)$/
const STATE_PAIRS =
  /^(?:new (?:york|jersey|mexico|hampshire)|(?:north|south) (?:carolina|dakota)|rhode island|west virginia)$/
const NOT_STREET_NAME =
  /^(?:a|an|and|or|is|are|was|the|to|for|at|in|of|by|my|your|it|i|we|you|minutes?|hours?|days?|weeks?|months?|years?|dollars|people|percent|o'clock|am|pm|miles?|blocks?|that|this|on|from|with|times?|good|great|works?|can|will|would)$/
const MAX_STREET_WORDS = 4

/** Postal addresses: a house number, a street, and the unit, town, state and code that follow. */
export const addressMentions = onceFor((turns: Turn[]): Stretch[] => {
  return turns.flatMap((turn) => addressesIn(turn.text).map((found) => ({ ...found, turn: turn.turn })))
})

function addressesIn(text: string): { start: number; end: number }[] {
  if (!/\d|\b(?:street|avenue|road|drive|lane|boulevard|box|court|way|place)\b/i.test(text)) return []
  const list = pieces(text)
  const found: { start: number; end: number }[] = []
  for (let at = 0; at < list.length; at++) {
    const next = readStreet(list, at) ?? readBox(list, at)
    if (!next) continue
    const last = readRest(list, next)
    found.push({ start: list[at]!.start, end: list[last - 1]!.end })
    at = last - 1
  }
  return found
}

function readHouse(list: Piece[], at: number): number | undefined {
  let next = at
  let digits = ''
  for (let read = readDigits(list, next); read && digits.length < 5; read = readDigits(list, next)) {
    if (next > at && !/^[ -]*$/.test(list[next]!.gap)) break
    digits += read.digits
    next = read.next
  }
  if (digits === '' || digits.length > 6 || /[$€£:]\s*$/.test(list[at]!.gap)) return undefined
  return /^[a-d]$/.test(list[next]?.lower ?? '') && list[next]!.gap === '' ? next + 1 : next
}

function readStreet(list: Piece[], at: number): number | undefined {
  const house = readHouse(list, at)
  if (house === undefined) return undefined
  for (let next = house; next < Math.min(list.length, house + MAX_STREET_WORDS + 1); next++) {
    const piece = list[next]!
    if (!/^[ .-]*$/.test(piece.gap) || (piece.gap.includes('.') && !DIRECTION.test(list[next - 1]!.lower)))
      return undefined
    const named =
      next > house && !(next === house + 1 && DIRECTION.test(list[house]!.lower) && !STREET.test(piece.lower))
    if (STREET.test(piece.lower) && (named || piece.lower === 'broadway') && isStreetEnd(list, house, next))
      return afterStreet(list, next + 1)
    if (NOT_STREET_NAME.test(piece.lower)) return undefined
  }
  return undefined
}

/** «5 way», «2 good places» and «St. Mary» share a word with streets; the longer run of names decides. */
function isStreetEnd(list: Piece[], house: number, next: number) {
  const following = list[next + 1]
  if (
    following &&
    STREET.test(following.lower) &&
    /^ $/.test(following.gap) &&
    !DIRECTION.test(following.lower)
  )
    return false
  return !VAGUE_STREET.test(list[next]!.lower) || next > house
}

const afterStreet = (list: Piece[], next: number) =>
  DIRECTION.test(list[next]?.lower ?? '') && /^ $/.test(list[next]!.gap) ? next + 1 : next

/** `PO Box 123` */
function readBox(list: Piece[], at: number): number | undefined {
  const words = list
    .slice(at, at + 3)
    .map((piece) => piece.lower)
    .join(' ')
  const from = /^p o box\b/.test(words) ? at + 3 : /^po box\b/.test(words) ? at + 2 : undefined
  return from === undefined ? undefined : readDigits(list, from)?.next
}

function readRest(list: Piece[], from: number): number {
  let next = from
  if (UNIT.test(list[next]?.lower ?? '') && near(list[next])) next = readUnit(list, next)
  const town = readTown(list, next)
  if (town) next = town
  const code = readCode(list, next)
  return code ?? next
}

const near = (piece: Piece | undefined) => piece !== undefined && /^[\s,.#]*$/.test(piece.gap)

function readUnit(list: Piece[], at: number): number {
  const number = UNIT.test(list[at + 1]?.lower ?? '') ? at + 2 : at + 1
  const read = readDigits(list, number) ?? readNumber(list, number)
  const next = read?.next ?? (/^[a-z]$/.test(list[number]?.lower ?? '') ? number + 1 : at)
  return next > at && /^[a-z]$/.test(list[next]?.lower ?? '') && /^-?$/.test(list[next]!.gap)
    ? next + 1
    : next
}

const MAX_TOWN_WORDS = 3

/** «, Springfield, Illinois» or «in Springfield»: a town needs a state after it or a capital and a comma before it. */
function readTown(list: Piece[], at: number): number | undefined {
  const from = /^(?:in|and)$/.test(list[at]?.lower ?? '') ? at + 1 : at
  for (let next = from; next <= from + MAX_TOWN_WORDS && near(list[next]); next++) {
    const state = readState(list, next)
    if (state && (next > from || from === at)) return state
    if (NOT_STREET_NAME.test(list[next]!.lower) || /^\d/.test(list[next]!.lower)) break
  }
  if (
    !/^\p{Lu}/u.test(list[from]?.text ?? '') ||
    !/^(?:, ?| )$/.test(list[from]!.gap) ||
    (from === at && !list[from]!.gap.includes(','))
  )
    return undefined
  let next = from + 1
  while (next < from + MAX_TOWN_WORDS && list[next]?.gap === ' ' && /^\p{Lu}/u.test(list[next]!.text))
    next += 1
  return next
}

function readState(list: Piece[], at: number): number | undefined {
  const pair = `${list[at]?.lower} ${list[at + 1]?.lower}`
  if (STATE_PAIRS.test(pair)) return at + 2
  const word = list[at]
  if (!word || !STATES.test(word.lower)) return undefined
  return word.lower.length > 2 || word.text === word.text.toUpperCase() ? at + 1 : undefined
}

const CODE_LENGTHS = new Set([5, 9])

/** A zip code, written or spoken, or a British postcode. */
function readCode(list: Piece[], at: number): number | undefined {
  const from = /^(?:zip|postal)$/.test(list[at]?.lower ?? '')
    ? list[at + 1]?.lower === 'code'
      ? at + 2
      : at + 1
    : at
  let digits = ''
  let next = from
  for (
    let read = near(list[next]) || list[next]?.gap === '-' ? readDigits(list, next) : undefined;
    read && digits.length < 9;
  ) {
    digits += read.digits
    next = read.next
    if (CODE_LENGTHS.has(digits.length) && !/^-$/.test(list[next]?.gap ?? '')) return next
    read = list[next] && /^[ -]*$/.test(list[next]!.gap) ? readDigits(list, next) : undefined
  }
  return readPostcode(list, at)
}

function readPostcode(list: Piece[], at: number): number | undefined {
  for (let next = at + 1; next <= Math.min(list.length, at + 4); next++) {
    const code = list
      .slice(at, next)
      .map((piece) => piece.text)
      .join('')
    if (near(list[at]) && /^[A-Z]{1,2}\d{1,2}[A-Z]?\d[A-Z]{2}$/.test(code)) return next
  }
  return undefined
}
