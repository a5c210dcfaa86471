import { endsSentence, type Piece } from '../language/pieces.ts'
import { addMonths, type Day, dayOf, isRealDate, partsOf, weekdayOf } from './calendar.ts'
import { type DateOptions, type DateRead, WEEKDAYS } from './date-words.ts'
import { readDayAlone, readDayFirst, readMonthFirst, readSlashed } from './month-days.ts'

const NEARING = new Set(['this', 'next', 'coming', 'following', 'last', 'past', 'previous'])

/** `Tuesday`, `next Tuesday`, `Tuesday the 14th`, `Tuesday, March 14th`, `Tuesday next week`. */
export function readWeekday(list: Piece[], at: number, options: DateOptions): DateRead | undefined {
  const lead = readLead(list, at)
  const weekday = WEEKDAYS.get(bare(list[lead.next]?.lower ?? ''))
  if (weekday === undefined || isCommonWord(list[lead.next]!)) return undefined
  if (isExplanation(list, at)) return undefined
  const exact = readAfterWeekday(list, lead.next + 1, weekday, options)
  if (exact) return exact
  if (options.today === null) return undefined
  const trail = readTrail(list, lead.next + 1)
  const next = trail?.next ?? lead.next + 1
  const way = trail?.way ?? lead.way
  const named =
    trail || lead.next !== at ? undefined : options.recent?.findLast((day) => weekdayOf(day) === weekday)
  const beside = trail ? undefined : (named ?? besideNear(list, at, lead.next, weekday, options))
  const day = beside ?? placeWeekday(options.today, weekday, way)
  return { day, next, exact: false, past: way === 'last' }
}

/** «The eighteenth is a Saturday.» */
const isExplanation = (list: Piece[], at: number) =>
  list[at - 1]?.lower === 'every' ||
  (list[at - 2]?.lower === 'every' && list[at - 1]?.lower === 'other') ||
  (list[at - 1]?.lower === 'a' && /^(?:is|was|it's|that's|be|on|.*'s)$/.test(list[at - 2]?.lower ?? ''))

/** «The Friday», «that Friday», «the following Friday», «the Friday after»: counted from the day talked about. */
function besideNear(list: Piece[], at: number, word: number, weekday: number, { today, near }: DateOptions) {
  if (near === undefined || today === null) return undefined
  const ahead = (weekday - weekdayOf(near) + 7) % 7
  const lead = list[at]!.lower
  const before = list[at - 1]?.lower ?? ''
  const after = list[word + 1]
  const later = lead === 'following' || (after?.lower === 'after' && !endsSentence(after))
  if (later && before !== 'next') return near + (ahead || 7)
  if (word !== at || !/^(?:the|that)$/.test(before)) return undefined
  const closest = before === 'the' && ahead > 3 ? ahead - 7 : ahead
  return near + closest > today ? near + closest : near + ahead
}

/** «Monday's no good.» */
const bare = (word: string) => word.replace(/'s$/, '')

/** «wed», «sat» and «sun» are words too; only the unmistakable short forms are in the table, and these need a capital. */
const isCommonWord = (piece: Piece) => piece.lower === 'wed' && piece.text === 'wed'

function readLead(list: Piece[], at: number): { way: string; next: number } {
  const word = list[at]?.lower ?? ''
  const second = list[at + 1]?.lower ?? ''
  if (word === 'next' && second === 'week')
    return { way: 'next', next: list[at + 2]?.lower === 'on' ? at + 3 : at + 2 }
  if (word === 'this' && second === 'week')
    return { way: 'this', next: list[at + 2]?.lower === 'on' ? at + 3 : at + 2 }
  if (!NEARING.has(word)) return { way: '', next: at }
  const paired = NEARING.has(second)
  const way = /^(?:last|past|previous)$/.test(paired ? second : word)
    ? 'last'
    : word === 'next'
      ? 'next'
      : 'this'
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
  const rest = list
    .slice(at, at + 4)
    .map((piece) => piece.lower)
    .join(' ')
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

function readAfterWeekday(
  list: Piece[],
  at: number,
  weekday: number,
  options: DateOptions,
): DateRead | undefined {
  if (!list[at] || /[.?!;]/.test(list[at].gap)) return undefined
  const exact =
    readMonthFirst(list, at, options) ?? readDayFirst(list, at, options) ?? readSlashed(list, at, options)
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
