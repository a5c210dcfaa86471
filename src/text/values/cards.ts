import type { Turn } from '../../plugin-host/contract.ts'
import { dictations } from './dictations.ts'
import { charactersOf, type Item, type Stretch, spansOf, windows } from './groups.ts'
import { labelBefore, labelBeside, type NumberLabel } from './number-labels.ts'

export interface NumberMention {
  /** Digits (and letters) alone. */
  value: string
  parts: Stretch[]
}

const CARD = /^(?:3[0-9]|4|5[0-8]|6|2[2-7])\d+$/
const CARD_LENGTHS = new Set([13, 14, 15, 16, 19])

/** Payment cards, written or dictated: a known first digit, a usual length and a right check digit. */
export function cardMentions(turns: Turn[]): NumberMention[] {
  return numbersIn(turns, false, 19, (digits, part, all) => {
    if (!CARD_LENGTHS.has(digits.length) || !CARD.test(digits) || !hasLuhn(digits)) return false
    return standsAlone(part, all) && beside(turns, part) !== 'other'
  })
}

/** What may follow a card in the same breath: a security code, an expiry, or both. */
const TRAILERS = new Set([0, 3, 4, 6, 7, 8, 9, 10])

/** A stretch out of the middle of a longer number is no card, whatever its check digit says. */
function standsAlone(part: Item[], all: Item[]): boolean {
  const [from, to] = [all.indexOf(part[0]!), all.indexOf(part.at(-1)!)]
  const [before, first] = [all[from - 1], part[0]!]
  const opens = !before || before.turn !== first.turn || first.start - before.end > APART
  const rest = all.slice(to + 1)
  const stops = rest[0] && (rest[0].turn !== part.at(-1)!.turn || rest[0].start - part.at(-1)!.end > APART)
  return opens && (stops || TRAILERS.has(charactersOf(rest).length))
}

/** More than a blank and a sign between two groups: words were said. */
const APART = 3

/** The check of card numbers: every second digit from the right doubled, the sum divisible by ten. */
export function hasLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    sum += place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0 && !/^0+$/.test(digits)
}

// biome-ignore format: a table reads better in rows
const IBAN_LENGTHS: Record<string, number> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, CH: 21, CR: 22, CY: 28, CZ: 24,
  DE: 22, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27,
  GT: 28, HR: 21, HU: 28, IE: 22, IL: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LI: 21, LT: 20, LU: 20,
  LV: 21, MC: 27, MD: 24, ME: 22, MK: 19, MR: 27, MT: 31, MU: 30, NL: 18, NO: 15, PK: 24, PL: 28, PT: 25, QA: 29,
  RO: 24, RS: 22, SA: 24, SE: 24, SI: 19, SK: 24, SM: 27, TN: 24, TR: 26, UA: 29, VA: 22, XK: 20,
}

const IBAN_LIKE = /\b(?:[A-Za-z]{2}-?|[A-Z]{2} )\d{2}(?:[ -]?[A-Za-z0-9]){11,30}/g
/** Banks have short codes; a longer run of letters is a word of the sentence. */
const WORDS = /\p{L}{5,}|\p{Lu}\p{Ll}|\b\p{Ll}+ \p{Ll}+ \p{Ll}+\b/u

/** IBANs, written or dictated, with the length of their country and a right checksum. */
export function ibanMentions(turns: Turn[]): NumberMention[] {
  const written = turns.flatMap((turn) =>
    Array.from(turn.text.matchAll(IBAN_LIKE), (match) => writtenIban(turn.turn, match)).filter(
      (entry) => entry !== undefined,
    ),
  )
  const dictated = numbersIn(turns, true, 34, isIban)
  return [...written, ...dictated.filter((entry) => !written.some((other) => overlaps(entry, other)))]
}

const overlaps = (one: NumberMention, other: NumberMention) =>
  one.parts.some((a) => other.parts.some((b) => a.turn === b.turn && a.start < b.end && b.start < a.end))

function writtenIban(turn: number, match: RegExpExecArray): NumberMention | undefined {
  const length = IBAN_LENGTHS[match[0].slice(0, 2).toUpperCase()]
  let value = ''
  for (const [at, character] of [...match[0]].entries()) {
    if (/[a-z0-9]/i.test(character)) value += character.toUpperCase()
    if (value.length !== length) continue
    const parts = [{ turn, start: match.index, end: match.index + at + 1 }]
    const text = match[0].slice(0, at + 1)
    return isIban(value) && !WORDS.test(text.slice(2)) ? { value, parts } : undefined
  }
  return undefined
}

/** The length of its country and a remainder of 1 by 97. */
export function isIban(value: string): boolean {
  if (IBAN_LENGTHS[value.slice(0, 2)] !== value.length || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(value))
    return false
  let remainder = 0
  for (const character of value.slice(4) + value.slice(0, 4)) {
    const figure = Number.parseInt(character, 36)
    remainder = (remainder * (figure > 9 ? 100 : 10) + figure) % 97
  }
  return remainder === 1
}

const SSN_LENGTH = 9
const SSN_WRITTEN = /^\d{3}([- ])\d{2}\1\d{4}$/

/** US social security numbers: by their context, or by the grouping 3-2-4 with a number that can exist. */
export function ssnMentions(turns: Turn[]): NumberMention[] {
  return numbersIn(turns, false, SSN_LENGTH, (digits, part) => {
    if (digits.length === 4) return isLastFour(turns, part)
    if (digits.length !== SSN_LENGTH) return false
    const near = beside(turns, part)
    if (near && near !== 'ssn') return false
    const label = labelBefore(turns, part[0]!.index, part[0]!.start)
    if (label === undefined && isStillMeant(turns, part)) return true
    return label === 'ssn' || (label === undefined && canExist(digits) && isWrittenSsn(turns, part))
  })
}

/** «And what should it be?»: the number is said anew a few turns after it was named. */
function isStillMeant(turns: Turn[], part: Item[]): boolean {
  const { index } = part[0]!
  const recent = turns.slice(Math.max(0, index - STILL_MEANT), index)
  return (
    part.length > 3 &&
    canExist(charactersOf(part)) &&
    recent.some((turn) => /\b(?:social|ssn)\b/i.test(turn.text))
  )
}

const STILL_MEANT = 6

const canExist = (digits: string) => /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits)

function isWrittenSsn(turns: Turn[], part: Item[]) {
  const [span] = spansOf(part)
  return SSN_WRITTEN.test(turns[part[0]!.index]!.text.slice(span!.start, part.at(-1)!.end))
}

const LAST_FOUR = /\blast (?:four|4)(?: digits)? of (?:your|my|the|his|her) social/i

function isLastFour(turns: Turn[], part: Item[]) {
  const { index, start } = part[0]!
  const asked = turns.slice(Math.max(0, index - 1), index + 1).some((turn) => LAST_FOUR.test(turn.text))
  return asked && labelBefore(turns, index, start) === 'ssn'
}

const beside = (turns: Turn[], part: Item[]): NumberLabel | undefined =>
  labelBeside(turns[part[0]!.index]!.text, part[0]!.start)

const SHORTEST_IBAN = 15
const LAST_DIGITS = 4

function numbersIn(
  turns: Turn[],
  letters: boolean,
  longest: number,
  accepts: (characters: string, part: Item[], all: Item[]) => boolean,
): NumberMention[] {
  const shortest = letters ? SHORTEST_IBAN : LAST_DIGITS
  return dictations(turns, letters).flatMap(({ items }) =>
    charactersOf(items).length < shortest
      ? []
      : windows(items, longest, (characters, part) => accepts(characters, part, items)).map((part) => ({
          value: charactersOf(part),
          parts: spansOf(part),
        })),
  )
}
