import { expect, test } from 'bun:test'
import { withOffset } from '../../src/lib/zoned.ts'

const cases: [local: string, zone: string, expected: string][] = [
  ['2026-03-10T09:04:12', 'America/New_York', '2026-03-10T09:04:12-04:00'],
  ['2026-01-10T09:04:12', 'America/New_York', '2026-01-10T09:04:12-05:00'],
  ['2026-03-08T01:59:59', 'America/New_York', '2026-03-08T01:59:59-05:00'],
  ['2026-03-08T03:00:00', 'America/New_York', '2026-03-08T03:00:00-04:00'],
  ['2026-10-25T12:00:00', 'Europe/Berlin', '2026-10-25T12:00:00+01:00'],
  ['2026-06-01T00:00:00.250', 'Asia/Kathmandu', '2026-06-01T00:00:00.250+05:45'],
  ['2026-06-01T00:00:00', 'UTC', '2026-06-01T00:00:00+00:00'],
]

test.each(cases)('%s in %s', (local, zone, expected) => {
  expect(withOffset(local, zone)).toBe(expected)
})
