import { MINUTE } from './clock.ts'

/** A local ISO time such as `2026-03-10T09:04:12` in an IANA time zone, with the offset it had there. */
export function withOffset(local: string, timeZone: string): string {
  const asUtc = Date.parse(`${local}Z`)
  // The first guess may lie on the other side of a change of the clocks; the second one is right.
  const guess = asUtc - offsetAt(asUtc, timeZone)
  return local + textOf(offsetAt(guess, timeZone))
}

/** Milliseconds that the zone is ahead of UTC at that moment. */
function offsetAt(time: number, timeZone: string): number {
  const formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const name = formatter.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):?(\d{2})?/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE
}

function textOf(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}
