import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isDeeperThan } from '../../src/lib/json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

test('agrees with a walk over the parsed value', () => {
  const property = fc.property(fc.json(), fc.integer({ min: 0, max: 6 }), (json, limit) => {
    expect(isDeeperThan(bytes(json), limit)).toBe(depthOf(JSON.parse(json)) > limit)
  })
  fc.assert(property, { numRuns: 1000 })
})

const samples: [json: string, depth: number][] = [
  ['"[[["', 0],
  ['"\\"[["', 0],
  ['["\\\\",["\\\\\\"["]]', 2],
  ['{"[":{"{":1}}', 2],
  ['[[],[],[]]', 2],
]

for (const [json, depth] of samples)
  test(`${json} is ${depth} deep`, () => {
    expect(isDeeperThan(bytes(json), depth)).toBe(false)
    if (depth > 0) expect(isDeeperThan(bytes(json), depth - 1)).toBe(true)
  })

test('what is no JSON ends too', () => {
  for (const json of ['"', '"\\', '["a', ']]]]', '\\"[', '']) expect(isDeeperThan(bytes(json), 5)).toBe(false)
})
