import { expect, test } from 'bun:test'
import { loadCalls } from './calls.ts'
import { scores } from './report.ts'
import { type Outcome, runCall } from './scores.ts'

const calls = await loadCalls()
const outcomes: Outcome[] = (await Promise.all(calls.map(runCall))).flat()
const byField = new Map(scores(outcomes).map((score) => [score.field, score]))

test('there are enough calls, a third of them as recognisers write', () => {
  const raw = calls.filter(({ call }) => call.turns.every(({ text }) => text === text.toLowerCase()))
  expect(calls.length).toBeGreaterThanOrEqual(60)
  expect(raw.length).toBeGreaterThanOrEqual(calls.length / 3)
})

test.each(['date', 'time', 'name', 'phone', 'email', 'date_of_birth'])('%s is found', (field) => {
  expect(byField.get(field)!.f1).toBeGreaterThanOrEqual(0.95)
})

test('personal data is found and nothing else is masked', () => {
  expect(byField.get('pii')!.recall).toBeGreaterThanOrEqual(0.99)
  expect(byField.get('pii')!.precision).toBeGreaterThanOrEqual(0.97)
})

test('mood, competitors and who answered', () => {
  expect(byField.get('sentiment')!.accuracy).toBeGreaterThanOrEqual(0.88)
  expect(byField.get('competitors')!.f1).toBeGreaterThanOrEqual(0.98)
  expect(byField.get('answered_by')!.accuracy).toBeGreaterThanOrEqual(0.97)
})

test('every label quotes its turn word for word', () => {
  for (const { name, call, expected } of calls)
    for (const { turn, text } of expected.pii_v1?.entities ?? [])
      expect([name, call.turns[turn]?.text.includes(text)]).toEqual([name, true])
})
