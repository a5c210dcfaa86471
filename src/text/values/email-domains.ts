import type { Piece } from '../language/pieces.ts'
import { readDigits } from './numbers.ts'

const MAX_DOMAIN_WORDS = 6

const NOT_DOMAIN = /^(?:the|my|your|a|an|this|that|our|work|home|least|all|noon)$/

/** Labels with «dot» or a full stop between: `example dot com`, `g mail.com`, `mail dot example dot co dot uk`. */
export function readDomain(list: Piece[], at: number): { name: string; next: number } | undefined {
  let name = ''
  let next = at
  let dots = 0
  for (let words = 0; next < list.length && words < MAX_DOMAIN_WORDS; words++) {
    const part = readDomainPart(list, next, at)
    if (!part) return undefined
    name += part.text
    next = part.next
    const dot = dotAt(list, next)
    if (dot) {
      name += '.'
      next = dot.next
      dots += 1
      words = 0
    } else if (dots > 0) break
  }
  return dots > 0 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(name) ? { name, next } : undefined
}

function readDomainPart(
  list: Piece[],
  at: number,
  first: number,
): { text: string; next: number } | undefined {
  const piece = list[at]
  if (
    !piece ||
    (at > first && !/^[\s.-]*$/.test(piece.gap)) ||
    (at === first && NOT_DOMAIN.test(piece.lower) && !isHyphenated(list, at))
  )
    return undefined
  if (/^(?:dash|hyphen)$/.test(piece.lower)) return { text: '-', next: at + 1 }
  const letters = readLetters(list, at)
  if (letters) return letters
  const digits = readDigits(list, at)
  if (digits && !/^[oh]/.test(piece.lower)) return { text: digits.digits, next: digits.next }
  const hyphen = piece.gap === '-' && at > first ? '-' : ''
  return { text: hyphen + piece.lower.replace(/[^\p{L}\p{N}]/gu, ''), next: at + 1 }
}

const isHyphenated = (list: Piece[], at: number) =>
  /^(?:dash|hyphen|dot)$/.test(list[at + 1]?.lower ?? '') || list[at + 1]?.gap === '-'

const COUNTRIES = /^(?:fr|de|es|it|pt|nl|be|ch|at|io|ai|uk|ie|us|ca|au|nz|eu|co|br|mx|se|no|dk|pl|in)$/

/** A domain ending spelled out, `dot c o m`. */
function readLetters(list: Piece[], at: number) {
  if (list[at]!.lower.length !== 1) return undefined
  const spelled = (count: number) => {
    const letters = list.slice(at, at + count)
    return letters.every((piece) => piece.lower.length === 1)
      ? letters.map((piece) => piece.lower).join('')
      : ''
  }
  if (/^(?:com|org|net|edu|gov)$/.test(spelled(3))) return { text: spelled(3), next: at + 3 }
  const ends = list[at - 1]?.lower === 'dot' && COUNTRIES.test(spelled(2))
  return ends ? { text: spelled(2), next: at + 2 } : undefined
}

function dotAt(list: Piece[], at: number): { next: number } | undefined {
  const piece = list[at]
  if (!piece) return undefined
  if (piece.lower === 'dot' || (piece.lower === 'period' && list[at + 1])) return { next: at + 1 }
  return piece.gap === '.' ? { next: at } : undefined
}
