import { expect, test } from 'bun:test'
import { findOverlaps, findSilences, mergeSegments, talkTime } from '../../src/audio/index.ts'

const spans = (...pairs: [number, number][]) => pairs.map(([start_ms, end_ms]) => ({ start_ms, end_ms }))

test('merging sorts and joins what touches or lies within', () => {
  expect(mergeSegments(spans([500, 600], [0, 100], [100, 200], [20, 50]))).toEqual(
    spans([0, 200], [500, 600]),
  )
})

test('talk time counts each moment once', () => {
  expect(talkTime(spans([0, 1000], [500, 1500], [2000, 2100]))).toBe(1600)
  expect(talkTime([])).toBe(0)
})

test('overlaps are where both speak', () => {
  const one = spans([0, 1000], [2000, 4000])
  const other = spans([900, 2100], [3000, 3500], [4000, 5000])
  expect(findOverlaps(one, other)).toEqual(spans([900, 1000], [2000, 2100], [3000, 3500]))
  expect(findOverlaps(other, one)).toEqual(findOverlaps(one, other))
})

test('silences fill what nobody says, up to both ends', () => {
  expect(findSilences([spans([100, 200]), spans([150, 300])], 1000)).toEqual(spans([0, 100], [300, 1000]))
  expect(findSilences([spans([0, 1000])], 1000)).toEqual([])
  expect(findSilences([[], []], 700)).toEqual(spans([0, 700]))
})
