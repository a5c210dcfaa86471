import {
  type CountryCode,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/min'
import type { Call, Turn } from '../../plugin-host/contract.ts'
import { onceFor } from '../language/once.ts'
import { type Dictation, dictations } from './dictations.ts'
import { charactersOf, type Item, type Stretch, spansOf, windows } from './groups.ts'
import { labelBefore, labelBeside } from './number-labels.ts'

export interface PhoneMention {
  /** E.164; null when the area code was left out. */
  e164: string | null
  turn: number
  start: number
  end: number
  /** The same for every turn the number was spread over. */
  parts: Stretch[]
  /** True when it mends the number said before: «no, sorry, 3465». */
  corrects: boolean
}

const LONGEST = 15
const NATIONAL_US = 10

/** The region a bare national number belongs to: as set, else that of the call's numbers, else the US. */
export function regionOf(
  call: Pick<Call, 'from_number' | 'to_number' | 'metadata'> & Partial<Pick<Call, 'time_zone'>>,
  preferred?: string,
): CountryCode {
  const named = preferred || call.metadata.region || call.metadata.country
  if (typeof named === 'string' && /^[a-z]{2}$/i.test(named)) return named.toUpperCase() as CountryCode
  for (const number of [call.from_number, call.to_number]) {
    const country = number?.startsWith('+') ? parsePhoneNumberFromString(number)?.country : undefined
    if (country) return country
    if (number?.startsWith('+1')) return 'US'
  }
  return ZONES[call.time_zone ?? ''] ?? 'US'
}

/** Where calls without numbers took place. */
const ZONES: Record<string, CountryCode> = {
  'Europe/London': 'GB',
  'Europe/Dublin': 'IE',
  'Europe/Berlin': 'DE',
  'Europe/Vienna': 'AT',
  'Europe/Zurich': 'CH',
  'Europe/Paris': 'FR',
  'Europe/Brussels': 'BE',
  'Europe/Amsterdam': 'NL',
  'Europe/Madrid': 'ES',
  'Europe/Lisbon': 'PT',
  'Europe/Rome': 'IT',
  'America/Sao_Paulo': 'BR',
  'America/Mexico_City': 'MX',
  'America/Toronto': 'CA',
  'America/Vancouver': 'CA',
  'Australia/Sydney': 'AU',
  'Australia/Melbourne': 'AU',
  'Australia/Brisbane': 'AU',
  'Pacific/Auckland': 'NZ',
  'Asia/Kolkata': 'IN',
}

const MONTH_FIRST = new Set(['US', 'CA', 'PH'])

/** Whether 3/4 is read as the third of April in the region. */
export const isDayFirst = (region: string) => !MONTH_FIRST.has(region)

/** `+14155550134` from any written form, or null. */
export function phoneOf(text: string, region: CountryCode = 'US'): string | null {
  const parsed = parsePhoneNumberFromString(text, region)
  return parsed?.isPossible() ? parsed.number : null
}

/** Phone numbers in any form, written or spoken, over several turns and with corrections. */
export const phoneMentions = onceFor((turns: Turn[], region: CountryCode = 'US'): PhoneMention[] => {
  const found: PhoneMention[] = []
  for (const dictation of dictations(turns)) {
    const taken = phonesIn(turns, dictation, region)
    found.push(...taken)
    if (taken.length === 0) {
      const mended = correction(turns, dictation, found.at(-1))
      if (mended) found.push(mended)
    }
  }
  return found
})

function phonesIn(turns: Turn[], dictation: Dictation, region: CountryCode): PhoneMention[] {
  const { items, plus } = dictation
  const total = charactersOf(items).length
  if (total < 7) return []
  const whole = plus ? international(items, region) : undefined
  if (whole) return [whole]
  return windows(items, LONGEST, (digits, part) => isPhone(turns, digits, part, items, region)).map((part) =>
    mentionOf(part, phoneOf(charactersOf(part), region)),
  )
}

function international(items: Item[], region: CountryCode): PhoneMention | undefined {
  const [part] = windows(items, LONGEST, (digits) => phoneOf(`+${digits}`, region) !== null)
  return part?.[0] === items[0] && part ? mentionOf(part, phoneOf(`+${charactersOf(part)}`)) : undefined
}

function mentionOf(part: Item[], e164: string | null, corrects = false): PhoneMention {
  const parts = spansOf(part)
  return { ...parts[0]!, e164, parts, corrects }
}

function isPhone(turns: Turn[], digits: string, part: Item[], all: Item[], region: CountryCode) {
  if (region === 'US' || region === 'CA') return isNorthAmerican(turns, digits, part, all)
  if (validatePhoneNumberLength(digits, region) !== undefined || digits.length < 8) return false
  return !isSomethingElse(turns, part) && (isPhoneContext(turns, part) || isValid(digits, region))
}

const isValid = (digits: string, region: CountryCode) =>
  parsePhoneNumberFromString(digits, region)?.isValid() ?? false

/** A number with a trunk zero is a foreign one; without its country it has no E.164 form. */
const ABROAD = /^0\d{8,11}$/

function isNorthAmerican(turns: Turn[], digits: string, part: Item[], all: Item[]) {
  const national = digits.length === NATIONAL_US + 1 && digits.startsWith('1') ? digits.slice(1) : digits
  if (national.length === 7) return isLocal(turns, part, all)
  if (ABROAD.test(digits)) return part.length === all.length && isPhoneContext(turns, part)
  if (national.length !== NATIONAL_US || /^[01]/.test(national)) return false
  if (isSomethingElse(turns, part)) return false
  if (isPhoneContext(turns, part)) return true
  const remaining = charactersOf(all).length - digits.length
  return remaining === 0 && (isGrouped(turns, part) || part.length > 2)
}

/** `555-0134` or seven digits in a row, when a phone number was asked for and no area code came with it. */
function isLocal(turns: Turn[], part: Item[], all: Item[]) {
  if (part.length !== all.length || /^[01]/.test(charactersOf(part))) return false
  const label = labelBefore(turns, part[0]!.index, part[0]!.start)
  return label === 'phone' && (part.length === 2 || part.length > 3) && !correctionCue(turns, part[0]!)
}

const isPhoneContext = (turns: Turn[], part: Item[]) =>
  labelBefore(turns, part[0]!.index, part[0]!.start) === 'phone'

function isSomethingElse(turns: Turn[], part: Item[]) {
  const first = part[0]!
  const text = turns[first.index]!.text
  if (/[#]\s*$/.test(text.slice(0, first.start))) return true
  const beside = labelBeside(text, first.start)
  if (beside) return beside !== 'phone'
  const label = labelBefore(turns, first.index, first.start)
  if (label === 'birth' || label === 'ssn') return charactersOf(part).length < NATIONAL_US
  return label !== undefined && label !== 'phone' && !(isGrouped(turns, part) && label !== 'other')
}

const GROUPED =
  /^\(?\d{3}\)?[\s.-]{0,3}\d{3}[\s.-]{1,3}\d{4}$|^1[\s.-]\(?\d{3}\)?[\s.-]{0,3}\d{3}[\s.-]{1,3}\d{4}$/

function isGrouped(turns: Turn[], part: Item[]) {
  const [span, more] = spansOf(part)
  if (!span || more) return false
  return GROUPED.test(turns[part[0]!.index]!.text.slice(span.start, span.end))
}

const CORRECTION =
  /\b(?:no|sorry|actually|i mean|correction|rather|not|should be|ends? (?:in|with)|ending (?:in|with)|last (?:four|three|two)|scratch that|wait|area code)\b[^.?!]*$/i
const REACH = 4

const correctionCue = (turns: Turn[], item: Item) =>
  CORRECTION.exec(turns[item.index]!.text.slice(0, item.start).slice(-60))

/** A short dictation after a cue replaces the end of the number before it, or its area code. */
function correction(
  turns: Turn[],
  dictation: Dictation,
  before: PhoneMention | undefined,
): PhoneMention | undefined {
  const first = dictation.items[0]!
  const digits = charactersOf(dictation.items)
  const cue = correctionCue(turns, first)
  const place = turns.findIndex((turn) => turn.turn === before?.parts.at(-1)?.turn)
  if (!before?.e164 || !cue || first.index - place > REACH || /\bnot\b\W*$/i.test(cue[0])) return undefined
  if (digits.length < 2 || digits.length > 7 || digits.length === 5 || digits.length === 6) return undefined
  const label = labelBeside(turns[first.index]!.text, first.start)
  if (label && label !== 'phone') return undefined
  const national = before.e164.slice(-NATIONAL_US)
  const country = before.e164.slice(0, -NATIONAL_US)
  const area = digits.length === 3 && /area code/i.test(cue[0])
  const mended = area ? digits + national.slice(3) : national.slice(0, -digits.length) + digits
  return mentionOf(dictation.items, country + mended, true)
}
