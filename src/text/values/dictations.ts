import type { Turn } from '../../plugin-host/contract.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { STOPWORDS } from '../language/stopwords.ts'
import { charactersOf, type Item } from './groups.ts'
import { readDigits } from './numbers.ts'

/** What one speaker dictated in one go, even when it was spread over turns with «okay» between. */
export interface Dictation {
  items: Item[]
  plus: boolean
}

const RUN_GAP = /^[\s\-–—.,()\u00a0·+]*$/
const LINKS = new Set(
  "and then so uh um er erm okay ok yes yeah dash hyphen minus dot space area code the number is rest it's its that's followed by next last first comma".split(
    ' ',
  ),
)
const MAX_LINKS = 5

/** The digits dictated in the call; with `letters` also single letters, as in account numbers and IBANs. */
export function dictations(turns: Turn[], letters = false): Dictation[] {
  const cache = letters ? cacheWithLetters : cacheOfDigits
  const known = cache.get(turns) ?? collect(turns, letters)
  cache.set(turns, known)
  return known
}

/** Phones, cards and other numbers are looked for in the same dictations. */
const cacheOfDigits = new WeakMap<Turn[], Dictation[]>()
const cacheWithLetters = new WeakMap<Turn[], Dictation[]>()

function collect(turns: Turn[], letters: boolean): Dictation[] {
  const open = new Map<string, Open>()
  const done: Dictation[] = []
  for (const [index, turn] of turns.entries()) {
    const list = pieces(turn.text)
    const runs = runsOf(list, turn, index, letters)
    const before = open.get(turn.speaker)
    if (before && !(isLinked(list, runs[0]) && isQuiet(turns, before.index, index))) {
      done.push(before.dictation)
      open.delete(turn.speaker)
    }
    for (const [position, run] of runs.entries()) {
      const carried = open.get(turn.speaker)
      if (carried && (position > 0 ? run.linked : true) && (letters || !isRepeat(carried.dictation, run)))
        carried.dictation.items.push(...run.items)
      else {
        if (carried) done.push(carried.dictation)
        open.set(turn.speaker, { dictation: { items: run.items, plus: run.plus }, index })
      }
      const latest = open.get(turn.speaker)!
      latest.index = index
      latest.ends = list.length - run.next <= 2
    }
    const last = open.get(turn.speaker)
    if (last && !last.ends) {
      done.push(last.dictation)
      open.delete(turn.speaker)
    }
  }
  return [...done, ...[...open.values()].map((entry) => entry.dictation)].sort(byPlace)
}

/** The number once more, or another one after a whole one. */
function isRepeat({ items }: Dictation, run: Run): boolean {
  const [before, now] = [charactersOf(items), charactersOf(run.items)]
  if (before.length >= WHOLE && now.length >= LOCAL) return true
  return (
    before.length >= LOCAL &&
    now.length >= LOCAL &&
    before.startsWith(now.slice(0, AREA)) &&
    run.items[0]!.index > items[0]!.index
  )
}

const WHOLE = 10
const LOCAL = 7
const AREA = 3

interface Open {
  dictation: Dictation
  index: number
  ends?: boolean
}

interface Run {
  items: Item[]
  plus: boolean
  /** True when only linking words stand between this run and the one before it. */
  linked: boolean
  from: number
  next: number
}

const byPlace = (a: Dictation, b: Dictation) =>
  a.items[0]!.index - b.items[0]!.index || a.items[0]!.start - b.items[0]!.start

function runsOf(list: Piece[], turn: Turn, index: number, letters: boolean): Run[] {
  const runs: Run[] = []
  for (let at = 0; at < list.length; ) {
    const run = readRun(list, at, turn, index, letters)
    if (run) {
      const before = runs.at(-1)
      run.linked = before !== undefined && isLink(list.slice(before.next, at))
      runs.push(run)
    }
    at = run?.next ?? at + 1
  }
  return runs
}

const isLink = (between: Piece[]) =>
  between.length <= MAX_LINKS && between.every((piece) => LINKS.has(piece.lower))

function readRun(list: Piece[], at: number, turn: Turn, index: number, letters: boolean): Run | undefined {
  const items: Item[] = []
  const said = list[at]!.lower === 'plus'
  let next = said ? at + 1 : at
  for (;;) {
    const joins = next === at || RUN_GAP.test(list[next]?.gap ?? '$')
    const read = joins ? readItem(list, next, letters) : undefined
    if (!read || (isCut(list, next, read.next) && items.length === 0)) break
    const [start, end] = [list[next]!.start, list[read.next - 1]!.end]
    items.push({ characters: read.digits, turn: turn.turn, index, start: opening(turn.text, start), end })
    next = read.next
  }
  const first = items[0]
  if (!first) return undefined
  return { items, plus: said || turn.text[first.start] === '+', linked: false, from: at, next }
}

const opening = (text: string, start: number) =>
  start - (/\+?\(?$/.exec(text.slice(Math.max(0, start - 2), start))?.[0].length ?? 0)

/** Times, amounts and fractions are no dictation: `2:30`, `$45`, `3/14`. */
function isCut(list: Piece[], at: number, next: number) {
  return /[$€£:/]\s*$/.test(list[at]!.gap) || /^[:/%]/.test(list[next]?.gap ?? '')
}

function readItem(list: Piece[], at: number, letters: boolean) {
  const piece = list[at]
  if (!piece) return undefined
  const digits = readDigits(list, at)
  if (digits || !letters) return digits
  if (isGroup(list, at)) return { digits: piece.lower.toUpperCase(), next: at + 1 }
  if (/^[a-z]$/.test(piece.lower)) return { digits: piece.lower.toUpperCase(), next: at + 1 }
  return undefined
}

/** «gb two nine nwbk six»: letters that a recogniser wrote as one word, with digits behind them. */
const isGroup = (list: Piece[], at: number) =>
  /^[a-z]{2,4}$/.test(list[at]!.lower) &&
  !STOPWORDS.has(list[at]!.lower) &&
  readDigits(list, at + 1) !== undefined

function isLinked(list: Piece[], run: Run | undefined) {
  return run !== undefined && isLink(list.slice(0, run.from))
}

const MAX_ECHO_WORDS = 6

/** The turns between are short answers of the other side: «okay», «got it», or the digits again. */
function isQuiet(turns: Turn[], from: number, to: number) {
  if (to - from > 2) return false
  return turns.slice(from + 1, to).every((turn) => {
    const list = pieces(turn.text)
    const words = list.filter((piece, at) => readDigits(list, at) === undefined && !/^\d/.test(piece.lower))
    return words.length <= MAX_ECHO_WORDS && !turn.text.includes('?')
  })
}
