import type { Role } from '../../plugin-host/contract.ts'
import { DAY_MS, type Day, isoDate } from '../dates/calendar.ts'
import type { DateOptions } from '../dates/date-words.ts'
import { type DateMention, dateMentions } from '../dates/dates.ts'
import { type DayPart, dayPart, type Opening, type TimeMention, timeMentions } from '../dates/times.ts'
import { plain } from '../language/contractions.ts'
import { asideOf } from './asides.ts'

export interface Place {
  turn: number
  start: number
  end: number
}

/** A date, a time or both, said together in one turn. */
export interface Slot {
  date?: string
  time?: string
  dateAt?: Place
  timeAt?: Place
}

/** A stretch of a turn that says one thing, with the slots it names. */
export interface Statement {
  text: string
  /** Lower case, with the apostrophes that recognisers drop. */
  plain: string
  turn: number
  /** Where the statement begins in its turn. */
  start: number
  role: Role
  slots: Slot[]
  /** Named as times at which the caller is engaged. */
  busy: Slot[]
}

export interface SlotOptions extends DateOptions {
  hours: Opening
  /** Stretches that are something else: dates of birth, phone numbers, addresses. */
  taken: readonly Place[]
}

interface Said {
  turn: number
  role: Role
  text: string
}

const BREAK =
  /(?<=[.?!;])(?<!\b[ap]\.m\.)(?<!\b(?:Mr|Mrs|Ms|Dr|St)\.)\s+|,?\s+(?=(?:but|if you (?:need|have|want|can't)|and if|in case|instead of|because|actually|i mean|sorry|though|rather than)\b)|(?<=\b(?:no|nope|yes|yeah|sorry|actually|okay|ok)),\s+(?!(?:no|yes|yeah),|that's|that is|it's|this is|i'm|we're|thank|not|nothing|i think|i don't|i didn't|don't)/gi

/** The turns in statements; each knows the dates and times in it, in the order they were said. */
export function statements(turns: Said[], options: SlotOptions): Statement[] {
  let part: { part: DayPart; index: number } | undefined
  let near: Day | undefined
  let named: { day: Day; index: number }[] = []
  return turns.flatMap((turn, index) => {
    const recent = part && index - part.index <= RECENT_TURNS ? part.part : undefined
    const dayPartNow = dayPart(turn.text)
    if (dayPartNow) part = { part: dayPartNow, index }
    const taken = options.taken.filter((place) => place.turn === turn.turn)
    named = named.filter((one) => index - one.index <= RECENT_DAYS)
    const dates = dateMentions(turn.text, { ...options, near, recent: named.map(({ day }) => day) }).filter(
      (date) => isAhead(date, options) && !meetsAny(date, taken),
    )
    const times = timeMentions(turn.text, options.hours, recent).filter(
      (time) => !meetsAny(time, [...dates, ...taken]),
    )
    const said = split(turn.text).map(({ text, start, end }) => {
      const within = (one: { start: number }) => one.start >= start && one.start < end
      const clocks = times.filter(within).filter((time) => isClockOfTalk(turn, text, start, time))
      const all = pair(turn.text, dates.filter(within), clocks, turn.turn)
      const asides = all.map((slot, at) => asideAt(turn, text, start, all, slot, at))
      const slots = all.filter((_, at) => asides[at] === undefined)
      const busy = all.filter((_, at) => asides[at] === 'busy')
      return { text, plain: plain(text).trim(), turn: turn.turn, start, role: turn.role, slots, busy }
    })
    const days = said
      .flatMap(({ slots }) => slots)
      .flatMap(({ date }) => (date ? Date.parse(date) / DAY_MS : []))
    near = days.at(-1) ?? near
    named.push(...days.map((day) => ({ day, index })))
    return said
  })
}

/** «Check-in is from two» is no time to come, even in the sentence that names the day. */
function isClockOfTalk(turn: Said, text: string, start: number, time: TimeMention): boolean {
  const timeAt = { turn: turn.turn, start: time.start, end: time.end }
  return asideAt(turn, text, start, [{ timeAt }], { timeAt }, 0) !== 'other'
}

function asideAt(turn: Said, text: string, start: number, all: Slot[], slot: Slot, at: number) {
  const [from, to] = reachOf(slot)
  const until = at + 1 < all.length ? reachOf(all[at + 1]!)[0] : start + text.length
  const before = plain(turn.text.slice(start, Math.max(start, from)))
  const possessive = /['’]s$/.test(turn.text.slice(0, to)) ? "'s" : ''
  const after = possessive + plain(turn.text.slice(to, Math.max(to, until)))
  return asideOf(before, plain(turn.text.slice(from, to)), after, plain(text), turn.role)
}

/** From the first sign of the slot to its last. */
export function reachOf(slot: Slot): [number, number] {
  const places = [slot.dateAt, slot.timeAt].filter((place) => place !== undefined)
  return [Math.min(...places.map((place) => place.start)), Math.max(...places.map((place) => place.end))]
}

const RECENT_TURNS = 6
const RECENT_DAYS = 3

const isAhead = (date: DateMention, { today }: SlotOptions) =>
  !date.past && (today === null || date.date >= isoDate(today))

const meetsAny = (one: { start: number; end: number }, others: readonly { start: number; end: number }[]) =>
  others.some((other) => one.start < other.end && other.start < one.end)

function split(text: string): { text: string; start: number; end: number }[] {
  const parts: { text: string; start: number; end: number }[] = []
  let start = 0
  for (const match of text.matchAll(BREAK)) {
    parts.push({ text: text.slice(start, match.index), start, end: match.index + match[0].length })
    start = match.index + match[0].length
  }
  return [...parts, { text: text.slice(start), start, end: text.length }].filter(
    (part) => part.text.trim() !== '',
  )
}

/** Joins each time to the date it was said with: the one before it, or the first one behind it. */
function pair(text: string, dates: DateMention[], times: TimeMention[], turn: number): Slot[] {
  const place = (one: { start: number; end: number }) => ({ turn, start: one.start, end: one.end })
  const usable = times.filter((time) => !time.until)
  const slots: Slot[] = []
  const used = new Set<DateMention>()
  for (const time of usable) {
    const date = dates.findLast((one) => one.end <= time.start) ?? following(text, time, dates, usable)
    if (date) used.add(date)
    slots.push({
      time: time.time,
      timeAt: place(time),
      ...(date && { date: date.date, dateAt: place(date) }),
    })
  }
  for (const date of dates) if (!used.has(date)) slots.push({ date: date.date, dateAt: place(date) })
  return slots.sort((a, b) => firstPlace(a) - firstPlace(b))
}

const following = (text: string, time: TimeMention, dates: DateMention[], times: TimeMention[]) => {
  const next = dates.find((date) => date.start >= time.end)
  if (!next || dates.length > 1) return dates.length === 1 ? next : undefined
  const separate = times.length > 1 && /\bor\b/.test(text.slice(time.end, next.start))
  return separate ? undefined : next
}

const firstPlace = (slot: Slot) => Math.min(slot.dateAt?.start ?? Infinity, slot.timeAt?.start ?? Infinity)
