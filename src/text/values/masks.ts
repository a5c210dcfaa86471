export const maskStyles = ['partial', 'full', 'tag'] as const
export type MaskStyle = (typeof maskStyles)[number]

const KEPT_DIGITS = 4
const SIGN = '*'

/**
 * Hides a value: `tag` puts `[PHONE]` in its place, `full` hides every letter and digit, `partial` keeps what
 * helps to recognise it: the last four digits, the first letter and the domain of an address.
 */
export function mask(type: string, text: string, style: MaskStyle): string {
  if (style === 'tag') return `[${type.toUpperCase()}]`
  if (style === 'full') return hide(text)
  return (PARTIAL[type] ?? hide)(text)
}

const hide = (text: string) => text.replace(/[\p{L}\p{N}]/gu, SIGN)

const PARTIAL: Record<string, (text: string) => string> = {
  phone: keepLastDigits,
  card: keepLastDigits,
  iban: keepLastDigits,
  ssn: keepLastDigits,
  email: keepDomain,
  person_name: keepInitials,
}

/** Spoken digits are hidden whole: a part of them would still be readable. */
function keepLastDigits(text: string) {
  const digits = text.match(/\d/g)?.length ?? 0
  if (digits < 2 * KEPT_DIGITS || /\p{L}{3,}/u.test(text)) return hide(text)
  let left = digits - KEPT_DIGITS
  return text.replace(/[\p{L}\p{N}]/gu, (sign) => (/\d/.test(sign) && left-- <= 0 ? sign : SIGN))
}

function keepDomain(text: string) {
  const at = text.indexOf('@')
  return at < 1 ? hide(text) : text[0] + hide(text.slice(1, at)) + text.slice(at)
}

function keepInitials(text: string) {
  return text.replace(/(\p{L})(\p{L}+)/gu, (_, first: string, rest: string) => first + hide(rest))
}

export interface Hidden {
  start: number
  end: number
  masked: string
}

/** The text with the stretches replaced; they must not overlap. */
export function redact(text: string, hidden: readonly Hidden[]): string {
  let result = ''
  let place = 0
  for (const { start, end, masked } of [...hidden].sort((a, b) => a.start - b.start)) {
    result += text.slice(place, start) + masked
    place = end
  }
  return result + text.slice(place)
}
