import { z } from 'zod'
import { DAY, HOUR, MINUTE } from '../../lib/clock.ts'
import { instantOf } from '../../lib/zones.ts'

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/
const AGO = /^(\d{1,6})([mhdw])$/
const UNITS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** Milliseconds of an ISO 8601 time, or undefined; without an offset it is read as UTC. */
export function parseTime(text: string): number | undefined {
  const match = ISO.exec(text)
  if (!match || !isRealDay(match)) return undefined
  const [, year, month, day, hour = '00', minute = '00', , offset = 'Z'] = match
  const seconds = /:\d{2}:(\d{2}(?:[.,]\d+)?)/.exec(text)?.[1]?.replace(',', '.') ?? '00'
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase()
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${seconds}${zone}`)
  return Number.isNaN(time) ? undefined : time
}

/** JavaScript takes 30 February for a day in March. */
function isRealDay([, year, month, day]: RegExpExecArray): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** The same time in the form that everything behind the door expects: with a `T`, seconds and a plain offset. */
export function plainTime(text: string): string {
  const [, date, clock, seconds = ':00', offset = ''] =
    /^(.{10})[Tt ](\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?(.*)$/.exec(text) ?? []
  if (date === undefined) return text
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase()
  return `${date}T${clock}${seconds.replace(',', '.')}${zone}`
}

export const hasOffset = (text: string) => /[Tt ]\d{2}:.*(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(text)
export const hasClock = (text: string) => /[Tt ]\d{2}:/.test(text)

/** `since` and `until`: an ISO time, or how long ago as in `30d`. */
export const moment = (description: string) =>
  z
    .string()
    .refine((text) => AGO.test(text) || parseTime(plus(text)) !== undefined, {
      message: 'Expected an ISO 8601 time, or a span such as 30d, 12h, 45m or 2w',
    })
    .optional()
    .meta({ description, example: '30d' })

/** What comes without an offset is a time of `zone`. */
export function momentOf(text: string | undefined, now: number, zone = 'UTC'): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = AGO.exec(text) ?? []
  if (unit) return Math.max(0, now - Number(count) * UNITS[unit]!)
  const time = parseTime(plus(text))
  return time === undefined || hasOffset(plus(text)) ? time : instantOf(zone, time)
}

/** A plus sign that was not escaped arrives as a space. */
const plus = (text: string) =>
  text.replace(/ (\d{2}:?\d{2})$/, (whole, offset, at) => (at > 10 ? `+${offset}` : whole))
