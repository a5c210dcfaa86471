import type { Call } from '../../plugin-host/contract.ts'

/** Days since 1970-01-01, so that dates can be added to and compared. */
export type Day = number

export const DAY_MS = 86_400_000

export const dayOf = (year: number, month: number, date: number): Day =>
  Date.UTC(year, month - 1, date) / DAY_MS

export const isoDate = (day: Day) => new Date(day * DAY_MS).toISOString().slice(0, 10)

export const partsOf = (day: Day) => {
  const date = new Date(day * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() }
}

/** 0 is Monday. */
export const weekdayOf = (day: Day) => (((day + 3) % 7) + 7) % 7

export function isRealDate(year: number, month: number, date: number) {
  if (month < 1 || month > 12 || date < 1 || date > 31) return false
  return partsOf(dayOf(year, month, date)).date === date
}

export function addMonths(day: Day, count: number): Day {
  const { year, month, date } = partsOf(day)
  const last = partsOf(dayOf(year, month + count + 1, 0)).date
  return dayOf(year, month + count, Math.min(date, last))
}

/** The calendar day on which the call began, where it took place; null when that is unknown. */
export function callDay(call: Pick<Call, 'started_at' | 'time_zone'>): Day | null {
  if (!call.started_at) return null
  const instant = Date.parse(call.started_at)
  if (Number.isNaN(instant)) return null
  const [year, month, date] = (zonedDate(instant, call.time_zone) ?? call.started_at.slice(0, 10)).split('-')
  return dayOf(Number(year), Number(month), Number(date))
}

const formats = new Map<string, Intl.DateTimeFormat>()

function zonedDate(instant: number, zone: string | null): string | undefined {
  if (!zone) return undefined
  try {
    const format =
      formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
    formats.set(zone, format)
    return format.format(instant)
  } catch {
    // An unknown zone name is the sender's mistake; the offset of the time stamp is the next best thing.
    return undefined
  }
}
