import type { Turn } from '../../plugin-host/contract.ts'
import { onceFor } from '../language/once.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { readDomain } from './email-domains.ts'
import { readDigits } from './numbers.ts'
import { likeness } from './spelling.ts'

export interface EmailMention {
  email: string
  turn: number
  start: number
  end: number
}

const WRITTEN = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu

/** E-mail addresses, written or spoken: `john dot doe at example dot com`. */
export const emailMentions = onceFor((turns: Turn[]): EmailMention[] => {
  return turns.flatMap((turn) => emailsIn(turn.text).map((found) => ({ ...found, turn: turn.turn })))
})

type Found = Omit<EmailMention, 'turn'>

/** The same for one text. */
export function emailsIn(text: string): Found[] {
  const signs = text.includes('@') ? text.matchAll(WRITTEN) : []
  const written = Array.from(signs, (match) => ({
    email: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }))
  if (!/\bat\b|@/i.test(text)) return written
  const spoken = spokenEmails(text).filter(
    (one) => !written.some((other) => one.start < other.end && other.start < one.end),
  )
  return [...written, ...spoken].sort((a, b) => a.start - b.start)
}

function spokenEmails(text: string): Found[] {
  const list = pieces(text)
  const found: Found[] = []
  for (let at = 1; at < list.length; at++) {
    const sign = list[at]!.lower === 'at'
    if (!sign && !list[at]!.gap.includes('@')) continue
    const domain = readDomain(list, sign ? at + 1 : at)
    const local = domain && readLocal(text, list, at, found.at(-1)?.end ?? 0)
    if (!domain || !local) continue
    found.push({ email: `${local.name}@${domain.name}`, start: local.start, end: list[domain.next - 1]!.end })
    at = domain.next - 1
  }
  return found
}

const CONNECTORS: Record<string, string> = {
  dot: '.',
  period: '.',
  point: '.',
  underscore: '_',
  dash: '-',
  hyphen: '-',
  minus: '-',
  plus: '+',
}

const STOPS = new Set(
  "is it it's its that's thats email emails mail address me my the yes yeah yep sure okay ok to on as by so um uh well be was and or at just use i'm im im mine his her hers their our your you can reach send write contact will would with for have got right correct oh e no name here there sorry actually mean said spelled please thanks thank great good perfect still email's emails file now here like think believe probably old new both same either try use then cause works working under account login username send sent forward cc copy confirm confirming for of then so this that".split(
    ' ',
  ),
)

const NOTES =
  /\b(?:all (?:one word|lower ?case|together|caps)|one word|no (?:spaces?|dots?|periods?)|lower ?case|together)\b/i

const MAX_PLAIN_WORDS = 3

interface Part {
  text: string
  from: number
  kind: 'sign' | 'digits' | 'letter' | 'word' | 'note'
}

/** Walks left from the «at» and takes what can be part of an address until a word that introduces it. */
function readLocal(
  text: string,
  list: Piece[],
  at: number,
  floor: number,
): { name: string; start: number } | undefined {
  const parts: Part[] = []
  let place = at - 1
  while (place >= 0 && list[place]!.start >= floor) {
    const part = partEndingAt(text, list, place, parts)
    if (!part) break
    parts.unshift(part)
    if (/[.?!;:]\s/.test(list[part.from]!.gap) && !isDictated(list, part)) break
    place = part.from - 1
  }
  const kept = trimStart(parts)
  const name = joinLocal(kept.map((part, at) => (at === 0 ? part : withSign(list, part))))
  if (!/^[a-z0-9](?:[a-z0-9._+-]*[a-z0-9_])?$/.test(name) || kept.length === 0) return undefined
  return { name, start: list[kept[0]!.from]!.start }
}

/** «S. M. I. T. H.»: full stops between single letters end no sentence. */
const isDictated = (list: Piece[], part: Part) =>
  (part.kind === 'letter' || part.kind === 'digits') && (list[part.from - 1]?.text.length ?? 0) < 2

function partEndingAt(text: string, list: Piece[], place: number, later: Part[]): Part | undefined {
  const piece = list[place]!
  const following = later[0] ? list[later[0].from] : undefined
  if (following && /[?!;:]/.test(following.gap)) return undefined
  const note = noteEndingAt(text, list, place)
  if (note !== undefined) return { text: '', from: note, kind: 'note' }
  const sign = CONNECTORS[piece.lower]
  if (sign) return { text: sign, from: place, kind: 'sign' }
  const digits = digitsEndingAt(list, place)
  if (digits) return digits
  if (/^[a-z]$/.test(piece.lower)) return letterPart(list, place, piece.lower, later)
  const joined = later[0]?.kind === 'sign' && later.length > 0
  if (STOPS.has(piece.lower) && !joined) return undefined
  if (!/^[\p{L}']+$/u.test(piece.lower) || plainRun(later) >= MAX_PLAIN_WORDS) return undefined
  return { text: piece.lower.replace(/[^\p{L}]/gu, ''), from: place, kind: 'word' }
}

const plainRun = (later: Part[]) => {
  const stop = later.findIndex((part) => part.kind !== 'word')
  return stop < 0 ? later.length : stop
}

function letterPart(list: Piece[], place: number, letter: string, later: Part[]): Part | undefined {
  const times = { double: 2, triple: 3 }[list[place - 1]?.lower ?? '']
  if (times) return { text: letter.repeat(times), from: place - 1, kind: 'letter' }
  if (
    letter === 'i' &&
    later[0]?.kind === 'word' &&
    STOPS.has(list[place - 1]?.lower ?? 'is') === false &&
    place > 0
  )
    return undefined
  return { text: letter, from: place, kind: 'letter' }
}

function digitsEndingAt(list: Piece[], place: number): Part | undefined {
  if (list[place]!.lower === 'o' && isSpelledOut(list, place)) return undefined
  for (let from = Math.max(0, place - 4); from <= place; from++) {
    const read = readDigits(list, from)
    if (read?.next === place + 1) return { text: read.digits, from, kind: 'digits' }
  }
  return undefined
}

/** In «b o o n e» the o is the letter. */
const isSpelledOut = (list: Piece[], place: number) =>
  [list[place - 1], list[place + 1]].some((piece) => /^[a-z]$/.test(piece?.lower ?? ''))

function noteEndingAt(text: string, list: Piece[], place: number): number | undefined {
  for (let from = Math.max(0, place - 3); from <= place; from++) {
    const words = text.slice(list[from]!.start, list[place]!.end)
    if (NOTES.exec(words)?.[0] === words) return from
  }
  return undefined
}

const trimStart = (parts: Part[]) => {
  let from = 0
  while (parts[from] && (parts[from]!.kind === 'sign' || parts[from]!.kind === 'note')) from += 1
  return parts.slice(from)
}

/** `j.doe at gmail.com`: the signs of a half-written address count too. */
const withSign = (list: Piece[], part: Part): Part =>
  /^[._+-]$/.test(list[part.from]!.gap) && part.kind !== 'letter'
    ? { ...part, text: list[part.from]!.gap + part.text }
    : part

/** Letters that spell the word before them replace it: «smyth, s m y t h». */
function joinLocal(parts: Part[]) {
  const words: { text: string; kind: Part['kind'] }[] = []
  for (const part of parts) {
    const last = words.at(-1)
    if (part.kind === 'letter' && last?.kind === 'letter') last.text += part.text
    else words.push({ text: part.text, kind: part.kind })
  }
  const spells = (index: number) => {
    const next = words[index + 1]
    return (
      words[index]!.kind === 'word' &&
      next?.kind === 'letter' &&
      next.text.length > 2 &&
      likeness(next.text, words[index]!.text) >= 0.5
    )
  }
  return words
    .filter((_, index) => !spells(index))
    .map((word) => word.text)
    .join('')
}
