import { expect, test } from 'bun:test'
import { createGauges } from '../../src/lib/gauges.ts'

const good = (at: number, durationMs: number) => ({ at, durationMs, error: null })
const bad = (at: number) => ({ at, durationMs: 900, error: { code: 'timeout', message: 'Too slow' } })

test('what was never tried has no figures', () => {
  expect(createGauges().standingOf('model', 'model')).toEqual({
    lastSuccessAt: null,
    lastFailureAt: null,
    lastError: null,
    failureRate: null,
    latencyMs: null,
  })
})

test('the rate counts all attempts, the latency only those that succeeded', () => {
  const gauges = createGauges()
  for (const attempt of [good(1, 10), good(2, 30), bad(3), good(4, 20)]) gauges.note('webhook', 'a', attempt)
  expect(gauges.standingOf('webhook', 'a')).toEqual({
    lastSuccessAt: 4,
    lastFailureAt: 3,
    lastError: { code: 'timeout', message: 'Too slow' },
    failureRate: 0.25,
    latencyMs: 20,
  })
  expect(gauges.standingOf('transcriber', 'a').failureRate).toBeNull()
})

test('only the last hundred attempts count', () => {
  const gauges = createGauges()
  for (let at = 0; at < 50; at++) gauges.note('webhook', 'a', bad(at))
  for (let at = 0; at < 75; at++) gauges.note('webhook', 'a', good(100 + at, 5))
  expect(gauges.standingOf('webhook', 'a').failureRate).toBe(0.25)
  for (let at = 0; at < 100; at++) gauges.note('webhook', 'a', good(200 + at, 5))
  expect(gauges.standingOf('webhook', 'a')).toMatchObject({ failureRate: 0, lastFailureAt: 49 })
})

test('of very many names those are kept that were used last', () => {
  const gauges = createGauges()
  gauges.note('webhook', 'often', good(0, 1))
  for (let at = 0; at < 6000; at++) {
    gauges.note('webhook', `one of many ${at}`, good(at, 1))
    if (at % 1000 === 0) gauges.note('webhook', 'often', good(at, 1))
  }
  expect(gauges.namesOf('webhook')).toHaveLength(5000)
  expect(gauges.namesOf('webhook')).toContain('often')
  expect(gauges.namesOf('webhook')).not.toContain('one of many 0')
})
