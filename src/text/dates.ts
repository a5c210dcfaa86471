import { addMonths, type Day, dayOf, isoDate, isRealDate, partsOf, weekdayOf } from './calendar.ts'
import { readNumber, readYear } from './numbers.ts'
import { continues, endsSentence, type Piece, pieces } from './pieces.ts'

export interface DateMention {
  /** `YYYY-MM-DD`. */
  date: string
  start: number
  end: number
  /** A day before the call: «last Tuesday», «two weeks ago», a year gone by. */
  past: boolean
  /** True when a day of the month was named, so that only month or year had to be found. */
  exact: boolean
}

export interface DateOptions {
  /** The day of the call; without it only dates with a year can be told. */
  today: Day | null
  /** `3/4` is the third of April. */
  dayFirst?: boolean
}

interface DateRead {
  day: Day
  next: number
  exact: boolean
  past?: boolean
}

type Reader = (list: Piece[], at: number, options: DateOptions) => DateRead | undefined

const WEEKDAYS = new Map(
  'monday tuesday wednesday thursday friday saturday sunday'.split(' ').map((name, index) => [name, index] as const),
)
for (const [name, index] of [...WEEKDAYS]) WEEKDAYS.set(`${name}s`, index)
for (const [short, index] of Object.entries({ mon: 0, tue: 1, tues: 1, wed: 2, thu: 3, thur: 3, thurs: 3, fri: 4 }))
  WEEKDAYS.set(short, index)

const MONTHS = new Map(
  'january february march april may june july august september october november december'
    .split(' ')
    .flatMap((name, index) => [[name, index + 1] as const, [name.slice(0, 3), index + 1] as const]),
)
MONTHS.set('sept', 9)

/** The month a piece names; «may» and «march» have to look like months. */
export const monthOf = (piece: Piece | undefined) => (piece ? MONTHS.get(piece.lower) : undefined)

const READERS: Reader[] = [readIso, readSlashed, readMonthFirst, readDayFirst, readDistance, readWeekday, readNamedDay, readDayAlone]

/** The dates said in the text, resolved against the day of the call. */
export function dateMentions(text: string, options: DateOptions): DateMention[] {
  const list = pieces(text)
  const found: DateMention[] = []
  for (let at = 0; at < list.length; ) {
    const read = readDate(list, at, options)
    if (read) found.push(mention(list, at, read))
    at = read?.next ?? at + 1
  }
  return found
}

function readDate(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  for (const reader of READERS) {
    const read = reader(list, at, options)
    if (read) return read
  }
  return undefined
}

const mention = (list: Piece[], at: number, read: DateRead): DateMention => ({
  date: isoDate(read.day),
  start: list[at]!.start,
  end: list[read.next - 1]!.end,
  past: read.past ?? false,
  exact: read.exact,
})

function readIso(list: Piece[], at: number): DateRead | undefined {
  const [year, month, date] = [list[at], list[at + 1], list[at + 2]]
  if (!year || !month || !date || !/^(?:19|20)\d\d$/.test(year.lower) || month.gap !== '-' || date.gap !== '-') return undefined
  return real(Number(year.lower), Number(month.lower), Number(date.lower), at + 3)
}

function readSlashed(list: Piece[], at: number, { today, dayFirst }: DateOptions): DateRead | undefined {
  const [first, second, third] = [list[at], list[at + 1], list[at + 2]]
  if (!first || !second || !/^\d{1,2}$/.test(first.lower) || !/^\d{1,2}$/.test(second.lower)) return undefined
  if (!/^[/.-]$/.test(second.gap)) return undefined
  const swap = dayFirst || second.gap === '.' || Number(first.lower) > 12
  const swapped = swap && Number(second.lower) <= 12
  const [month, date] = swapped ? [second, first] : [first, second]
  if (third && third.gap === second.gap && /^(?:\d\d|\d{4})$/.test(third.lower))
    return real(fullYear(Number(third.lower), today), Number(month.lower), Number(date.lower), at + 3)
  if (second.gap !== '/' || today === null || third?.gap === '/') return undefined
  const leads = WEEKDAYS.has(list[at - 1]?.lower ?? '') || /^(?:on|for|by|until|from)$/.test(list[at - 1]?.lower ?? '')
  return leads ? upcoming(today, Number(month.lower), Number(date.lower), at + 2) : undefined
}

/** A two-digit year lies in the past hundred years or in the ten to come. */
function fullYear(year: number, today: Day | null) {
  if (year > 99) return year
  const now = today === null ? 2030 : partsOf(today).year
  const century = Math.floor(now / 100) * 100
  return century + year > now + 10 ? century - 100 + year : century + year
}

function real(year: number, month: number, date: number, next: number): DateRead | undefined {
  return isRealDate(year, month, date) ? { day: dayOf(year, month, date), next, exact: true } : undefined
}

function upcoming(today: Day, month: number, date: number, next: number): DateRead | undefined {
  const { year } = partsOf(today)
  const years = [year, year + 1].filter((candidate) => isRealDate(candidate, month, date))
  const day = years.map((candidate) => dayOf(candidate, month, date)).find((candidate) => candidate >= today)
  return day === undefined ? undefined : { day, next, exact: true }
}

function withYear(list: Piece[], month: number, date: number, next: number, options: DateOptions): DateRead | undefined {
  const of = /^(?:of|in)$/.test(list[next]?.lower ?? '') ? 1 : 0
  const near = /^[\s,]*$/.test(list[next + of]?.gap ?? '.')
  const year = near ? readYear(list, next + of) : undefined
  const clock = year && list[next + of]?.lower.length === 4 && /^[:]/.test(list[year.next]?.gap ?? '')
  if (year && !clock) return real(year.value, month, date, year.next)
  if (options.today === null) return undefined
  const plain = upcoming(options.today, month, date, next)
  return plain && isPastContext(list, next) ? { ...plain, past: true } : plain
}

const isPastContext = (list: Piece[], next: number) => list[next]?.lower === 'last' && list[next + 1]?.lower === 'year'

function readMonthFirst(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const month = monthOf(list[at])
  if (!month) return undefined
  const the = list[at + 1]?.lower === 'the' ? 1 : 0
  const date = readNumber(list, at + 1 + the)
  if (!date || date.value < 1 || date.value > 31 || !/^[\s.,]*$/.test(list[at + 1]!.gap)) return undefined
  if (list[date.next]?.gap === ':') return undefined
  return withYear(list, month, date.value, date.next, options)
}

function readDayFirst(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const the = list[at]!.lower === 'the' ? 1 : 0
  const date = readNumber(list, at + the)
  if (!date || date.value < 1 || date.value > 31) return undefined
  const of = list[date.next]?.lower === 'of' ? 1 : 0
  const month = monthOf(list[date.next + of])
  if (month) return withYear(list, month, date.value, date.next + of + 1, options)
  if (!of || options.today === null) return undefined
  const which = list.slice(date.next + 1, date.next + 3).map((piece) => piece.lower).join(' ')
  if (which !== 'this month' && which !== 'next month') return undefined
  const { year, month: now } = partsOf(options.today)
  const first = addMonths(dayOf(year, now, 1), which === 'next month' ? 1 : 0)
  return real(partsOf(first).year, partsOf(first).month, date.value, date.next + 3)
}

const COUNTS: Record<string, number> = { a: 1, an: 1, couple: 2, few: 3 }
const SPANS: Record<string, (day: Day, count: number) => Day> = {
  day: (day, count) => day + count,
  week: (day, count) => day + 7 * count,
  fortnight: (day, count) => day + 14 * count,
  month: addMonths,
  year: (day, count) => addMonths(day, 12 * count),
}

/** `in two weeks`, `a week from Monday`, `three days ago`, `two weeks out`. */
function readDistance(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  if (options.today === null) return undefined
  const leads = list[at]!.lower === 'in'
  let index = leads ? at + 1 : at
  if (list[index]?.lower === 'a' && COUNTS[list[index + 1]?.lower ?? '']! > 1) index += 1
  const counted = COUNTS[list[index]?.lower ?? '']
  const number = counted ? { value: counted, next: index + 1 } : readNumber(list, index)
  if (!number) return undefined
  const unit = list[number.next + (list[number.next]?.lower === 'of' ? 1 : 0)]
  const step = SPANS[unit?.lower.replace(/s'?$/, '') ?? '']
  if (!unit || !step) return undefined
  return placeDistance(list, list.indexOf(unit) + 1, leads, (day, sign) => step(day, sign * number.value), options)
}

function placeDistance(
  list: Piece[],
  next: number,
  leads: boolean,
  move: (day: Day, sign: number) => Day,
  options: DateOptions,
): DateRead | undefined {
  const word = list[next]?.lower ?? ''
  const today = options.today!
  if (word === 'ago') return { day: move(today, -1), next: next + 1, exact: false, past: true }
  if (word === 'from' || word === 'after' || word === 'on') {
    if (list[next + 1]?.lower === 'now') return { day: move(today, 1), next: next + 2, exact: false }
    const base = readWeekday(list, next + 1, options) ?? readNamedDay(list, next + 1, options) ?? readMonthFirst(list, next + 1, options)
    if (base) return { ...base, day: move(base.day, 1) }
  }
  if (word === 'out' && leads === false) return { day: move(today, 1), next: next + 1, exact: false }
  const measured = /^(?:time)$/.test(word) ? next + 1 : next
  return leads ? { day: move(today, 1), next: measured, exact: false } : undefined
}

const NEARING = new Set(['this', 'next', 'coming', 'following', 'last', 'past', 'previous'])

/** `Tuesday`, `next Tuesday`, `Tuesday the 14th`, `Tuesday, March 14th`, `Tuesday next week`. */
function readWeekday(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const lead = readLead(list, at)
  const weekday = WEEKDAYS.get(list[lead.next]?.lower ?? '')
  if (weekday === undefined || isCommonWord(list[lead.next]!)) return undefined
  const exact = readAfterWeekday(list, lead.next + 1, weekday, options)
  if (exact) return exact
  if (options.today === null) return undefined
  const trail = readTrail(list, lead.next + 1)
  const next = trail?.next ?? lead.next + 1
  const way = trail?.way ?? lead.way
  const day = placeWeekday(options.today, weekday, way)
  return { day, next, exact: false, past: way === 'last' }
}

/** «wed», «sat» and «sun» are words too; only the unmistakable short forms are in the table, and these need a capital. */
const isCommonWord = (piece: Piece) => piece.lower === 'wed' && piece.text === 'wed'

function readLead(list: Piece[], at: number): { way: string; next: number } {
  const word = list[at]?.lower ?? ''
  const second = list[at + 1]?.lower ?? ''
  if (word === 'next' && second === 'week') return { way: 'next', next: list[at + 2]?.lower === 'on' ? at + 3 : at + 2 }
  if (word === 'this' && second === 'week') return { way: 'this', next: list[at + 2]?.lower === 'on' ? at + 3 : at + 2 }
  if (!NEARING.has(word)) return { way: '', next: at }
  const paired = NEARING.has(second)
  const way = /^(?:last|past|previous)$/.test(paired ? second : word) ? 'last' : word === 'next' ? 'next' : 'this'
  return { way, next: paired ? at + 2 : at + 1 }
}

const TRAILS: [RegExp, string][] = [
  [/^(?:of )?next week\b/, 'next'],
  [/^(?:of )?this week\b/, 'this'],
  [/^(?:the )?week after next\b/, 'after next'],
  [/^after next\b/, 'after next'],
  [/^(?:of )?the following week\b|^week\b/, 'week later'],
  [/^(?:of )?last week\b/, 'last'],
]

function readTrail(list: Piece[], at: number) {
  if (endsSentence(list[at])) return undefined
  const rest = list.slice(at, at + 4).map((piece) => piece.lower).join(' ')
  for (const [phrase, way] of TRAILS) {
    const match = phrase.exec(rest)
    if (match) return { way, next: at + match[0].split(' ').length }
  }
  return undefined
}

/** «Next» is the week that begins on the coming Monday; a weekday alone is its next occurrence after today. */
function placeWeekday(today: Day, weekday: number, way: string): Day {
  const ahead = (weekday - weekdayOf(today) + 7) % 7 || 7
  const monday = today - weekdayOf(today) + 7
  if (way === 'last') return today + (ahead % 7 || 7) - (ahead === 7 ? 14 : 7)
  if (way === 'next') return monday + weekday
  if (way === 'after next') return monday + 7 + weekday
  return today + ahead + (way === 'week later' ? 7 : 0)
}

function readAfterWeekday(list: Piece[], at: number, weekday: number, options: DateOptions): DateRead | undefined {
  if (!list[at] || /[.?!;]/.test(list[at].gap)) return undefined
  const exact = readMonthFirst(list, at, options) ?? readDayFirst(list, at, options) ?? readSlashed(list, at, options)
  if (exact) return exact
  const alone = readDayAlone(list, at, options)
  if (!alone || options.today === null) return undefined
  return { ...alone, day: matchWeekday(options.today, partsOf(alone.day).date, weekday) ?? alone.day }
}

function matchWeekday(today: Day, date: number, weekday: number): Day | undefined {
  const { year, month } = partsOf(today)
  for (let ahead = 0; ahead < 12; ahead++) {
    const first = partsOf(addMonths(dayOf(year, month, 1), ahead))
    const day = dayOf(first.year, first.month, date)
    if (isRealDate(first.year, first.month, date) && day >= today && weekdayOf(day) === weekday) return day
  }
  return undefined
}

const NAMED: [RegExp, number][] = [
  [/^(?:the )?day after tomorrow\b/, 2],
  [/^tomorrow\b/, 1],
  [/^(?:today|tonight)\b/, 0],
  [/^this (?:morning|afternoon|evening)\b/, 0],
  [/^yesterday\b/, -1],
]

function readNamedDay(list: Piece[], at: number, { today }: DateOptions): DateRead | undefined {
  if (today === null || !/^(?:the|day|to|this|yest)/.test(list[at]?.lower ?? '')) return undefined
  const rest = list.slice(at, at + 4).map((piece) => piece.lower).join(' ')
  for (const [phrase, days] of NAMED) {
    const match = phrase.exec(rest)
    if (match) return { day: today + days, next: at + match[0].split(' ').length, exact: false, past: days < 0 }
  }
  return undefined
}

const NOT_DAYS =
  /^(?:one|time|thing|opening|available|slot|appointment|option|half|visit|floor|name|choice|street|avenue|ave|st|grade|class|place|person|part|week|month|year|day|quarter|of|is|was|two|three|few|couple|molar|tooth|gear|birthday|anniversary)$/

/** `the 14th`, `the twenty third`: the coming one. */
function readDayAlone(list: Piece[], at: number, { today }: DateOptions): DateRead | undefined {
  if (today === null || list[at]?.lower !== 'the') return undefined
  const date = readNumber(list, at + 1)
  if (!date?.ordinal || date.value > 31 || date.value < 1) return undefined
  const after = list[date.next]
  const small = date.value < 4 && !/^\d/.test(list[at + 1]!.lower)
  if (after && continues(after) && NOT_DAYS.test(after.lower)) {
    const verb = /^(?:is|was)$/.test(after.lower)
    if (!verb || small) return undefined
  }
  if (small && !/^(?:on|for|by)$/.test(list[at - 1]?.lower ?? '')) return undefined
  return comingDate(today, date.value, date.next)
}

function comingDate(today: Day, date: number, next: number): DateRead | undefined {
  const { year, month } = partsOf(today)
  for (let ahead = 0; ahead < 3; ahead++) {
    const first = partsOf(addMonths(dayOf(year, month, 1), ahead))
    const day = dayOf(first.year, first.month, date)
    if (isRealDate(first.year, first.month, date) && day >= today) return { day, next, exact: true }
  }
  return undefined
}
