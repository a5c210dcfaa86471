import { continues, type Piece } from '../language/pieces.ts'
import { isNumberWord, readNumber } from '../values/numbers.ts'

export interface Clock {
  hour: number
  minute: number
  next: number
  /** A bare hour counts only where the words around it speak of time. */
  bare: boolean
  half?: 'am' | 'pm'
}

export const UNITS =
  /^(?:people|persons?|guests?|adults?|kids|children|days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|seconds?|dollars?|bucks|cents|percent|euros?|pounds?|nights?|rooms?|bedrooms?|beds?|miles?|times|tires?|tyres?|teeth|tooth|stars?|patients?|appointments?|of|street|st|avenue|ave|road|drive|lane|boulevard|point|inch(?:es)?|feet|foot|star|items?|thousand|hundred|million|and a half|units?|blocks?|floors?|doors?|dogs?|cats?|others?|more|different|year|month|week|day|hour|grand|k|mg|sessions?|treatments?|openings?|slots?|options?|locations?|seats?|passengers?|bags?|vehicles?|cars?)$/

export function readClock(list: Piece[], at: number): Clock | undefined {
  const word = list[at]!.lower
  if (!/^(?:\d|noon|mid|half|quarter)/.test(word) && !isNumberWord(word)) return undefined
  if (word === 'noon' || word === 'midday')
    return { hour: 12, minute: 0, next: at + 1, bare: false, half: 'pm' }
  if (word === 'midnight') return { hour: 12, minute: 0, next: at + 1, bare: false, half: 'am' }
  const clock = readPast(list, at) ?? readHour(list, at)
  return clock && withHalf(list, clock)
}

/** `half past two`, `quarter to nine`, `ten past four`, `half two`. */
function readPast(list: Piece[], at: number): Clock | undefined {
  const word = list[at]!.lower
  const named =
    word === 'half'
      ? { value: 30, next: at + 1 }
      : word === 'quarter'
        ? { value: 15, next: at + 1 }
        : undefined
  const minutes = named ?? readNumber(list, at)
  if (!minutes || minutes.value < 1 || minutes.value > 30) return undefined
  let next = minutes.next
  if (list[next]?.lower === 'minutes') next += 1
  const way = list[next]?.lower ?? ''
  const past = way === 'past' || (way === 'after' && named !== undefined)
  const before =
    named?.value !== 30 &&
    (/^(?:till|before)$/.test(way) || (way === 'to' && (named || minutes.value % 5 === 0)))
  const direct = word === 'half' && !past && continues(list[next])
  if (!past && !before && !direct) return undefined
  const hour = readNumber(list, direct ? next : next + 1)
  if (!hour || hour.ordinal || hour.value < 1 || hour.value > 12) return undefined
  if (!named && !past && isRange(list, at, minutes.value, hour.value)) return undefined
  const total = hour.value * 60 + (before ? -minutes.value : minutes.value)
  return {
    hour: Math.floor(total / 60) || 12,
    minute: total % 60,
    next: skipOclock(list, hour.next),
    bare: false,
  }
}

/** Nobody opens at five; «five to ten» is a time. */
const FIVE = 5

/** «Ten till twelve» is a stretch of the day; «at ten to twelve» and «twenty to twelve» are times. */
const isRange = (list: Piece[], at: number, minutes: number, hour: number) =>
  hour > minutes &&
  minutes !== FIVE &&
  list[at + 1]?.lower !== 'minutes' &&
  !/^(?:at|about|around|it's|by)$/.test(list[at - 1]?.lower ?? '')

const skipOclock = (list: Piece[], at: number) => {
  if (/^o'?clock$/.test(list[at]?.lower ?? '')) return at + 1
  return list[at]?.lower === 'o' && list[at + 1]?.lower === 'clock' ? at + 2 : at
}

function readHour(list: Piece[], at: number): Clock | undefined {
  const hour = readNumber(list, at)
  if (!hour || hour.ordinal || hour.value > 24 || hour.next !== at + 1 || /[$€£#/]\s*$/.test(list[at]!.gap))
    return undefined
  if (isInsideNumber(list, at)) return undefined
  const oclock = skipOclock(list, hour.next)
  if (oclock > hour.next) return { hour: hour.value, minute: 0, next: oclock, bare: false }
  return readMinutes(list, at, hour.value) ?? bareHour(list, at, hour.value)
}

/** A number that follows another one directly is part of a longer number, not an hour. */
const isInsideNumber = (list: Piece[], at: number) => {
  const before = at > 0 ? readNumber(list, at - 1) : undefined
  const joined = /^[ -]?$/.test(list[at]!.gap) && at > 0
  if (joined && /^(?:oh|o|zero|double|triple)$/.test(list[at - 1]!.lower)) return true
  return joined && before !== undefined && !before.ordinal
}

function readMinutes(list: Piece[], at: number, hour: number): Clock | undefined {
  const following = list[at + 1]
  if (!following) return undefined
  const written = /^\d\d$/.test(following.lower) && Number(following.lower) < 60
  if (written && /^[:h.]$/.test(following.gap) && /^\d{1,2}$/.test(list[at]!.lower)) {
    const minute = Number(following.lower)
    const decimal = following.gap === '.' && !/^[ap]/.test(list[at + 2]?.lower ?? '')
    return decimal ? undefined : { hour, minute, next: at + 2, bare: false }
  }
  if (hour < 1 || hour > 12 || !/^\s+$|^-$/.test(following.gap)) return undefined
  const zero = /^(?:oh|o|zero)$/.test(following.lower)
  const minute = readNumber(list, zero ? at + 2 : at + 1)
  if (!minute || minute.ordinal || minute.value > 59 || (zero ? minute.value > 9 : minute.value < 10))
    return undefined
  if (isFigureBeforeMore(list, minute.next)) return undefined
  if (!zero && minute.value % 5 !== 0 && !isHalf(list, minute.next)) return undefined
  return { hour, minute: minute.value, next: skipOclock(list, minute.next), bare: false }
}

const isFigureBeforeMore = (list: Piece[], next: number) => {
  const after = list[next]
  if (!after || !/^[ -]*$/.test(after.gap)) return false
  return (
    readNumber(list, next) !== undefined ||
    /^(?:oh|double|triple)$/.test(after.lower) ||
    UNITS.test(after.lower)
  )
}

const isHalf = (list: Piece[], at: number) => /^(?:am|pm|a|p)$/.test(list[at]?.lower ?? '')

function bareHour(list: Piece[], at: number, hour: number): Clock | undefined {
  if (hour < 1 || hour > 12 || isFigureBeforeMore(list, at + 1)) return undefined
  const glued = list[at + 1]
  if (glued && /[:/]/.test(glued.gap)) return undefined
  return { hour, minute: 0, next: at + 1, bare: true }
}

const AFTERWARDS: [RegExp, 'am' | 'pm'][] = [
  [/^in the morning\b|^this morning\b/, 'am'],
  [/^(?:in the|this|tomorrow) (?:afternoon|evening)\b|^at night\b|^tonight\b/, 'pm'],
]

function withHalf(list: Piece[], clock: Clock): Clock {
  const word = list[clock.next]?.lower ?? ''
  if (word === 'am' || word === 'pm') return { ...clock, half: word, next: clock.next + 1, bare: false }
  const letter = list[clock.next + 1]
  if ((word === 'a' || word === 'p') && letter?.lower === 'm' && /^[.\s]*$/.test(letter.gap))
    return { ...clock, half: `${word}m`, next: clock.next + 2, bare: false }
  const rest = list.slice(clock.next, clock.next + 3)
  const said = AFTERWARDS.find(([phrase]) => phrase.test(rest.map((piece) => piece.lower).join(' ')))
  if (!said) return clock
  const length = rest[0]!.lower === 'in' ? 3 : rest[0]!.lower === 'tonight' ? 1 : 2
  return { ...clock, half: said[1], next: clock.next + length, bare: false }
}
