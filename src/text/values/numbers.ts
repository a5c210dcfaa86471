import { continues, type Piece, pieces } from '../language/pieces.ts'

const DIGITS = 'zero one two three four five six seven eight nine'.split(' ')
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const ORDINALS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'.split(
    ' ',
  )
const TENTHS = 'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth'.split(' ')

const ONES = new Map<string, number>([
  ...DIGITS.map((word, value) => [word, value] as const),
  ['oh', 0],
  ['o', 0],
  ['nought', 0],
])
const TEEN = new Map(TEENS.map((word, index) => [word, index + 10]))
const TEN = new Map([...TENS.map((word, index) => [word, index * 10 + 20] as const), ['fourty', 40] as const])
const ORDINAL = new Map([
  ...ORDINALS.map((word, index) => [word, index + 1] as const),
  ...TENTHS.map((word, index) => [word, index * 10 + 20] as const),
])
const TIMES = new Map([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
  ['quadruple', 4],
])
const ZERO_LETTERS = new Set(['oh', 'o'])

export interface NumberRead {
  value: number
  /** Index of the first piece after the number. */
  next: number
  ordinal: boolean
}

export const isNumberWord = (word: string) =>
  ONES.has(word) || TEEN.has(word) || TEN.has(word) || ORDINAL.has(word)

/** Reads a whole number that begins at the piece: digits, ordinals, `twenty three`, `two thousand and three`. */
export function readNumber(list: Piece[], at: number): NumberRead | undefined {
  const first = list[at]
  if (!first) return undefined
  if (/^\d/.test(first.lower)) return readWritten(first, at)
  const ordinal = ORDINAL.get(first.lower)
  if (ordinal !== undefined) return { value: ordinal, next: at + 1, ordinal: true }
  if (ZERO_LETTERS.has(first.lower)) return undefined
  const small = readBelowHundred(list, at)
  if (!small || small.ordinal) return small
  return readScales(list, small)
}

function readWritten(piece: Piece, at: number): NumberRead {
  return { value: Number.parseInt(piece.lower, 10), next: at + 1, ordinal: /[a-z]/.test(piece.lower) }
}

function readBelowHundred(list: Piece[], at: number): NumberRead | undefined {
  const word = list[at]?.lower ?? ''
  const ten = TEN.get(word)
  if (ten === undefined) {
    const value = ONES.get(word) ?? TEEN.get(word) ?? ORDINAL.get(word)
    return value === undefined ? undefined : { value, next: at + 1, ordinal: ORDINAL.has(word) }
  }
  const following = list[at + 1]
  if (!continues(following)) return { value: ten, next: at + 1, ordinal: false }
  const one = ONES.get(following.lower)
  const last = one ?? ORDINAL.get(following.lower)
  if (!last || last > 9 || ZERO_LETTERS.has(following.lower))
    return { value: ten, next: at + 1, ordinal: false }
  return { value: ten + last, next: at + 2, ordinal: one === undefined }
}

function readScales(list: Piece[], small: NumberRead): NumberRead {
  let { value, next } = small
  for (const [word, factor] of [
    ['hundred', 100],
    ['thousand', 1000],
  ] as const) {
    if (list[next]?.lower !== word || !continues(list[next])) continue
    value *= factor
    next += 1
    const rest = readNumber(list, list[next]?.lower === 'and' ? next + 1 : next)
    const joins =
      rest && rest.value > 0 && rest.value < factor && (list[next]?.lower === 'and' || continues(list[next]))
    if (joins) return { value: value + rest.value, next: rest.next, ordinal: rest.ordinal }
  }
  return { value, next, ordinal: false }
}

const CENTURIES = new Set([18, 19, 20])

/** Reads a year: `1985`, `nineteen eighty five`, `nineteen oh five`, `two thousand and three`, `twenty twenty five`. */
export function readYear(
  list: Piece[],
  at: number,
  shortToo = false,
): { value: number; next: number } | undefined {
  const first = readNumber(list, at)
  if (!first) return shortToo ? readDecade(list, at) : undefined
  if (first.ordinal) return undefined
  if (first.value >= 1850 && first.value < 2150) return { value: first.value, next: first.next }
  if (CENTURIES.has(first.value) && first.next === at + 1 && continues(list[first.next])) {
    const second = readDecade(list, first.next)
    if (second) return { value: first.value * 100 + second.value, next: second.next }
  }
  const short = shortToo ? readDecade(list, at) : undefined
  return short && !/^\d{3}/.test(list[at]!.lower) ? short : undefined
}

function readDecade(list: Piece[], at: number): { value: number; next: number } | undefined {
  const zero = ONES.get(list[at]?.lower ?? '') === 0 || list[at]?.lower === '0'
  const following = zero ? readNumber(list, at + 1) : readNumber(list, at)
  if (list[at]?.lower === 'hundred') return { value: 0, next: at + 1 }
  if (!following || following.ordinal || following.value > 99) return undefined
  if (!zero && following.value < 10 && !/^\d\d$/.test(list[at]!.lower)) return undefined
  return { value: following.value, next: following.next }
}

export interface SpokenNumber {
  value: number
  ordinal: boolean
  start: number
  end: number
}

/** Every number of the text, spoken or written, with its span. */
export function spokenNumbers(text: string): SpokenNumber[] {
  const list = pieces(text)
  const found: SpokenNumber[] = []
  for (let at = 0; at < list.length; ) {
    const year = readYear(list, at)
    const read = year ? { ...year, ordinal: false } : readNumber(list, at)
    if (read)
      found.push({
        value: read.value,
        ordinal: read.ordinal,
        start: list[at]!.start,
        end: list[read.next - 1]!.end,
      })
    at = read?.next ?? at + 1
  }
  return found
}

export interface DigitItem {
  digits: string
  start: number
  end: number
}

/** Reads what one dictated group adds to a number: `555`, `five`, `double seven`, `twenty three`, `eight hundred`. */
export function readDigits(list: Piece[], at: number): { digits: string; next: number } | undefined {
  const word = list[at]?.lower ?? ''
  if (/^\d+$/.test(word)) return { digits: word, next: at + 1 }
  const times = TIMES.get(word)
  if (times) return readRepeated(list, at + 1, times)
  const one = ONES.get(word)
  if (one === undefined && !TEEN.has(word) && !TEN.has(word)) return undefined
  if (one === 0) return { digits: '0', next: at + 1 }
  const scaled = readNumber(list, at)
  if (!scaled || scaled.ordinal) return undefined
  return splitHundreds(list, at, scaled)
}

function readRepeated(list: Piece[], at: number, times: number) {
  const word = list[at]?.lower ?? ''
  const digit = /^\d$/.test(word) ? word : ONES.get(word)?.toString()
  return digit === undefined ? undefined : { digits: digit.repeat(times), next: at + 1 }
}

/** `eight hundred five five five` is 800 and then 5 5 5: without an «and», a scale closes its group. */
function splitHundreds(list: Piece[], at: number, read: NumberRead) {
  const scale = list.findIndex(
    (piece, index) => index > at && index < read.next && /^(?:hundred|thousand)$/.test(piece.lower),
  )
  const joined = list.slice(at, read.next).some((piece) => piece.lower === 'and')
  if (scale < 0 || joined || scale + 1 === read.next) return { digits: String(read.value), next: read.next }
  const upTo = readNumber(list.slice(0, scale + 1), at)!
  return { digits: String(upTo.value), next: upTo.next }
}
