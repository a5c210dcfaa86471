import { describe, expect, test } from 'bun:test'
import { dateOf, dayAt, instantOf, isTimeZone, startOfDay } from '../../src/lib/zones.ts'

const DAY = 86_400_000
const day = (date: string) => Date.parse(date) / DAY
const iso = (time: number) => new Date(time).toISOString()

test.each([
  ['UTC', true],
  ['America/New_York', true],
  ['Asia/Kathmandu', true],
  ['+05:45', true],
  ['-0330', true],
  ['Mars/Olympus', false],
  ['+25:00', false],
  ['+5', false],
  ['', false],
  ['UTC; DROP', false],
])('%p is a time zone: %p', (zone, is) => {
  expect(isTimeZone(zone)).toBe(is)
})

describe('a day begins', () => {
  test.each([
    ['UTC', '2026-03-04', '2026-03-04T00:00:00.000Z'],
    ['Asia/Kathmandu', '2026-03-04', '2026-03-03T18:15:00.000Z'],
    ['-03:30', '2026-03-04', '2026-03-04T03:30:00.000Z'],
    // Clocks go forward and back at two in the morning.
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-04-06', '2026-04-05T13:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z'],
    // At midnight: the day begins at one.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    // Midnight twice: the day begins with the second.
    ['America/Santiago', '2026-04-05', '2026-04-05T04:00:00.000Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    // A day that was left out is over as soon as it begins.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('in %p, %p: %p', (zone, date, start) => {
    expect(iso(startOfDay(zone, day(date)))).toBe(start)
  })
})

test('in every zone a day begins where its date does, on a quarter of an hour', () => {
  const wrong: string[] = []
  for (const zone of Intl.supportedValuesOf('timeZone'))
    for (let at = day('2025-12-01'); at < day('2027-01-01'); at += 9) {
      const start = startOfDay(zone, at)
      if (dayAt(zone, start) !== at || dayAt(zone, start - 1) !== at - 1 || start % 900_000 !== 0)
        wrong.push(`${zone} ${dateOf(at)}`)
    }
  expect(wrong).toEqual([])
})

test.each([
  ['America/New_York', '2026-07-01T12:00', '2026-07-01T16:00:00.000Z'],
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z'],
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00.000Z'],
  ['+05:45', '2026-07-01T12:00', '2026-07-01T06:15:00.000Z'],
])('in %p clocks first show %p at %p', (zone, local, instant) => {
  expect(iso(instantOf(zone, Date.parse(`${local}Z`)))).toBe(instant)
})
