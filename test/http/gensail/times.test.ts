import { describe, expect, test } from 'bun:test'
import { hasOffset, momentOf, parseTime, plainTime } from '../../../src/http/gensail/times.ts'

const at = (...parts: [number, number, number, number?, number?, number?, number?]) => Date.UTC(...parts)

describe('a time', () => {
  test.each<[string, number | undefined]>([
    ['2026-03-04', at(2026, 2, 4)],
    ['2026-03-04T10:30Z', at(2026, 2, 4, 10, 30)],
    ['2026-03-04T10:30:15.250Z', at(2026, 2, 4, 10, 30, 15, 250)],
    ['2026-03-04T10:30:15.123456Z', at(2026, 2, 4, 10, 30, 15, 123)],
    ['2026-03-04T10:30:15', at(2026, 2, 4, 10, 30, 15)],
    ['2026-03-04 10:30:15,5-0530', at(2026, 2, 4, 16, 0, 15, 500)],
    ['2026-03-04t10:30:15z', at(2026, 2, 4, 10, 30, 15)],
    ['2028-02-29', at(2028, 1, 29)],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-00-10', undefined],
    ['2026-03-04T24:30:00Z', undefined],
    ['2026-03-04T10:60:00Z', undefined],
    ['2026-03-04T10:30:00+25:00', undefined],
    ['2026-3-4', undefined],
    ['1770000000', undefined],
    ['now', undefined],
    ['', undefined],
  ])('%p', (text, time) => {
    expect(parseTime(text)).toBe(time)
  })
})

test.each([
  ['2026-03-04 10:30+0100', '2026-03-04T10:30:00+01:00'],
  ['2026-03-04T10:30:15,25z', '2026-03-04T10:30:15.25Z'],
  ['2026-03-04T10:30:15-05:00', '2026-03-04T10:30:15-05:00'],
  ['2026-03-04T10:30:15', '2026-03-04T10:30:15'],
])('%p is kept as %p, its offset with it', (text, kept) => {
  expect(plainTime(text)).toBe(kept)
  expect(hasOffset(kept)).toBe(hasOffset(text))
})

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['45m', 1_000_000_000_000 - 45 * 60_000],
  ['12h', 1_000_000_000_000 - 12 * 3_600_000],
  ['30d', 1_000_000_000_000 - 30 * 86_400_000],
  ['2w', 1_000_000_000_000 - 14 * 86_400_000],
  ['0m', 1_000_000_000_000],
  ['999999w', 0],
  ['2026-03-04T10:30:00 02:00', at(2026, 2, 4, 8, 30)],
])('the moment %p', (text, time) => {
  expect(momentOf(text, 1_000_000_000_000)).toBe(time)
})
