import { expect, test } from 'bun:test'
import { createCounter, createHistogram } from '../../src/lib/counters.ts'

test('a counter counts by its labels', () => {
  const counter = createCounter(['surface', 'status'])
  counter.add('/', '200')
  counter.add('/', '404')
  counter.add('/', '200')
  expect(counter.all()).toEqual([
    { values: ['/', '200'], count: 2 },
    { values: ['/', '404'], count: 1 },
  ])
})

test('a histogram sorts what it sees under the first bound that is not below it', () => {
  const histogram = createHistogram(['name'], [0.1, 1])
  for (const seconds of [0.05, 0.1, 0.5, 1, 3]) histogram.observe(seconds, 'a')
  expect(histogram.all()).toEqual([{ values: ['a'], counts: [2, 2, 1], sum: expect.closeTo(4.65, 9) }])
})

test('labels that get out of hand are counted together and lose nothing', () => {
  const counter = createCounter(['name'])
  for (let at = 0; at < 10_000; at++) counter.add(`name ${at}`)
  const rows = counter.all()
  expect(rows.length).toBeLessThan(2100)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(10_000)
})
