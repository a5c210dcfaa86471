import { type Piece, pieces } from '../language/pieces.ts'

export interface Spelled {
  /** Lower case, without any sign between the letters: `smith`, `o'brien`. */
  word: string
  start: number
  end: number
}

const NATO = new Map(
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu'
    .split(' ')
    .map((word) => [word, word[0]!] as const),
)
for (const other of ['alfa', 'juliett', 'whisky']) NATO.set(other, other[0]!)

const SIGNS: Record<string, string> = { apostrophe: "'", hyphen: '-', dash: '-' }
const REPEATS: Record<string, number> = { double: 2, triple: 3 }
const FILLERS = new Set(['then', 'and', 'uh', 'um', 'capital', 'er', 'letter', 'another', 'space'])
const LETTER = /^\p{L}$/u
const SHORTEST = 3

interface Unit {
  letters: string
  next: number
  /** Said with a word, a doubling or the radio alphabet: nobody says that by chance. */
  certain: boolean
}

/** Words dictated letter by letter: `S as in Sam, M, I, T, H`, `J-O-H-N`, `d o e`, `double t`, `sierra mike …`. */
export function spelledWords(text: string): Spelled[] {
  const list = pieces(text)
  const found: Spelled[] = []
  for (let at = 0; at < list.length; ) {
    const spelled = readSpelled(list, at)
    if (spelled) found.push({ word: spelled.word, start: list[at]!.start, end: list[spelled.next - 1]!.end })
    at = spelled?.next ?? at + 1
  }
  return found
}

function readSpelled(list: Piece[], at: number): { word: string; next: number } | undefined {
  const units: Unit[] = []
  let next = at
  for (let unit = readUnit(list, next); unit; unit = readUnit(list, next)) {
    if (units.length > 0 && !joins(list[next]!, list[next - 1]!, units.length)) break
    if (units.length === 1 && list[next]!.gap.includes('.') && list[unit.next]?.gap === '-') break
    if (beginsAnother(list, next, units.length)) break
    units.push(unit)
    next = unit.next
    const skipped = skipFillers(list, next)
    if (skipped > next && readUnit(list, skipped)) next = skipped
  }
  const kept = dropTrailingPronoun(list, units)
  const word = kept.map((unit) => unit.letters).join('')
  const letters = word.replace(/[^\p{L}]/gu, '')
  const enough = letters.length >= SHORTEST || (letters.length === 2 && /^-$/.test(list[at + 1]?.gap ?? ''))
  if (kept.length < 2 || !enough || /^[-']/.test(word) || isAbbreviation(list, at, kept)) return undefined
  return { word: word.replace(/[-']+$/, ''), next: kept.at(-1)!.next }
}

/** «A-N-N-A, and M-A-Y»: hyphens hold each word together. */
const beginsAnother = (list: Piece[], at: number, count: number) =>
  count > 2 &&
  list[at]!.gap !== '-' &&
  list[at + 1]?.gap === '-' &&
  list.slice(at - 4, at).filter((piece) => piece.gap === '-').length > 1

/** A full stop ends the word unless the letters have been parted by full stops before. */
const joins = (piece: Piece, before: Piece, count: number) => {
  if (!/^[\s\-–,.…]*$/.test(piece.gap)) return false
  if (before.gap === '-' && piece.gap !== '-' && piece.gap.includes('.')) return false
  return count < 2 || !piece.gap.includes('.') || before.gap.includes('.')
}

/** `a.m.`, `U.S.A.`, `e.g.`: letters with full stops between and nothing else. */
const isAbbreviation = (list: Piece[], at: number, units: Unit[]) =>
  units.length < 4 && list.slice(at + 1, units.at(-1)!.next).every((piece) => piece.gap === '.')

function skipFillers(list: Piece[], at: number) {
  let next = at
  while (next < list.length && FILLERS.has(list[next]!.lower)) next += 1
  return next
}

function readUnit(list: Piece[], at: number): Unit | undefined {
  const piece = list[at]
  if (!piece) return undefined
  const sign = SIGNS[piece.lower]
  if (sign) return { letters: sign, next: at + 1, certain: false }
  const times = REPEATS[piece.lower]
  if (times) return repeated(list, at + 1, times)
  if (LETTER.test(piece.lower)) return withExample(list, at, piece.lower)
  const radio = NATO.get(piece.lower)
  return radio && isRadio(list, at) ? { letters: radio, next: at + 1, certain: true } : undefined
}

function repeated(list: Piece[], at: number, times: number): Unit | undefined {
  const letter = list[at]?.lower ?? ''
  if (!LETTER.test(letter)) return undefined
  const unit = withExample(list, at, letter)
  return { ...unit, letters: letter.repeat(times), certain: true }
}

/** `S as in Sam`, `m like Mary`, `t for Tom`: the example has to begin with the letter. */
function withExample(list: Piece[], at: number, letter: string): Unit {
  const first = list[at + 1]?.lower ?? ''
  const second = list[at + 2]?.lower ?? ''
  const skip =
    first === 'as' && (second === 'in' || second === 'an') ? 3 : /^(?:as|for|like|is)$/.test(first) ? 2 : 0
  const example = list[at + skip]?.lower ?? ''
  const given = skip > 0 && example.length > 1 && example.startsWith(letter)
  return { letters: letter, next: given ? at + skip + 1 : at + 1, certain: given }
}

const isRadio = (list: Piece[], at: number) => {
  const neighbour = (place: number) =>
    NATO.has(list[place]?.lower ?? '') || LETTER.test(list[place]?.lower ?? '')
  return (
    (neighbour(at - 1) && neighbour(at + 1)) ||
    (neighbour(at + 1) && neighbour(at + 2)) ||
    (neighbour(at - 1) && neighbour(at - 2))
  )
}

const AFTER_I =
  /^(?:need|want|would|wanted|have|had|am|was|will|can|could|think|live|just|got|know|don't|do|called|call|see|hope|guess|understand|don|said|mean|like|love|see|appreciate|saw|found|heard|went|tried|should|might|may|also|spell)$/

/** In «d o e i need» the last letter is a word of the next sentence. */
function dropTrailingPronoun(list: Piece[], units: Unit[]): Unit[] {
  const last = units.at(-1)
  const after = list[last?.next ?? 0]
  if (!last || last.certain || !after || !/^[ia]$/.test(last.letters)) return units
  const piece = list[last.next - 1]!
  const parted = piece.gap !== list[last.next - 2]?.gap && /[.,]/.test(piece.gap)
  const leads = last.letters === 'i' ? AFTER_I.test(after.lower) : parted
  return leads && /^\s+$/.test(after.gap) ? units.slice(0, -1) : units
}

/** `smith` as a name is written. */
export const asName = (word: string) =>
  word
    .toLowerCase()
    .replace(/(^|[\s'’-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())

/** 0 for strangers to 1 for the same word, by the letters that have to be changed. */
export function likeness(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  if (a === b) return 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return 1 - row[b.length]! / Math.max(a.length, b.length)
}
