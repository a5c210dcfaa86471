import { DAY, MINUTE } from './clock.ts'

const NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,60}$/
const OFFSET = /^[+-](?:[01]\d|2[0-3]):?[0-5]\d$/
const CACHED_ZONES = 1000
const CACHED_DAYS = 50_000

const formats = new Map<string, Intl.DateTimeFormat | undefined>()
const starts = new Map<string, number>()

/** An IANA name, or an offset such as `+05:45`. */
export const isTimeZone = (zone: string): boolean => OFFSET.test(zone) || isZoneName(zone)

export const isZoneName = (zone: string): boolean => NAME.test(zone) && formatOf(zone) !== undefined

/** Making a formatter is the only way to ask whether there is such a zone, and takes long enough to remember it. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone)
  if (formats.size >= CACHED_ZONES) formats.clear()
  const format = makeFormat(zone)
  formats.set(zone, format)
  return format
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric'
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      calendar: 'gregory',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
  } catch {
    return undefined
  }
}

/** How far the zone's clocks are ahead of UTC at that moment, in ms. */
function offsetAt(zone: string, time: number): number {
  if (OFFSET.test(zone)) {
    const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)].map(Number)
    return (zone[0] === '-' ? -1 : 1) * (hours! * 60 + minutes!) * MINUTE
  }
  const part: Record<string, number> = {}
  for (const { type, value } of formatOf(zone)!.formatToParts(time)) part[type] = Number(value)
  const { year, month, day, hour, minute, second } = part
  const local = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!)
  return local - Math.floor(time / 1000) * 1000
}

/** Days since 1970 as the zone's calendar shows them. */
export const dayAt = (zone: string, time: number): number => Math.floor((time + offsetAt(zone, time)) / DAY)

export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10)

/** The first moment of a day; where the clocks skip midnight, or the whole day, what comes next. */
export function startOfDay(zone: string, day: number): number {
  const key = `${zone} ${day}`
  const known = starts.get(key)
  if (known !== undefined) return known
  if (starts.size >= CACHED_DAYS) starts.clear()
  const start = instantOf(zone, day * DAY)
  starts.set(key, start)
  return start
}

/** The moment at which the zone's clocks first show `local`, given as if it were UTC. */
export function instantOf(zone: string, local: number): number {
  const [before, after] = [offsetAt(zone, local - DAY), offsetAt(zone, local + DAY)]
  if (before === after) return local - before
  const candidates = [local - before, local - after].sort((one, other) => one - other)
  return candidates.find((time) => time + offsetAt(zone, time) >= local) ?? candidates[1]!
}
