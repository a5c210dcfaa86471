import { describe, expect, test } from 'bun:test'
import metrics from '../../plugins/internal_metrics_v1.ts'
import type { Call } from '../../src/plugin-host/contract.ts'
import { callOf, context, type TurnLike } from '../support/calls.ts'

const measure = async (turns: string | TurnLike[], overrides: Partial<Call> = {}) =>
  metrics.result.parse(await metrics.analyze(callOf(turns, overrides), metrics.variables.parse({}), context))

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')
const said = (speaker: string, text: string, from: number, to: number | null): TurnLike => ({
  speaker,
  text,
  start_ms: from * 1000,
  end_ms: to === null ? null : to * 1000,
})

describe('from the times of the turns', () => {
  const turns = [
    said('Agent', `${words(19)} ready?`, 0, 10),
    said('Customer', words(30), 12, 32),
    said('Agent', words(10), 33, 38),
    said('Customer', words(5), 36, 40),
  ]
  test('talk, silence and pauses', async () => {
    expect(await measure(turns, { duration_seconds: 50 })).toEqual({
      talk_seconds: { agent: 15, customer: 24 },
      talk_ratio: 0.385,
      words_per_minute: { agent: 120, customer: 88 },
      longest_monologue_seconds: { agent: 10, customer: 20 },
      silence_seconds: 13,
      silence_ratio: 0.26,
      interruptions: [{ turn: 3, by: 'customer' }],
      questions: { agent: 1, customer: 0 },
      response_latency_seconds: { agent: 1, customer: 1 },
      estimated: false,
    })
  })
  test('without a duration the last word ends the call', async () => {
    expect((await measure(turns)).silence_seconds).toBe(3)
  })
  test('a missing end is estimated and said so', async () => {
    const result = await measure([said('Agent', words(25), 0, null), said('Customer', words(5), 30, 32)])
    expect(result.talk_seconds.agent).toBe(10)
    expect(result.estimated).toBe(true)
  })
  test('a short «mm-hmm» interrupts nobody', async () => {
    const result = await measure([said('Agent', words(20), 0, 10), said('Customer', 'mm-hmm yeah', 5, 6)])
    expect(result.interruptions).toEqual([])
  })
  test('turns of one side in a row are one monologue', async () => {
    const result = await measure([
      said('Agent', words(10), 0, 5),
      said('Agent', words(10), 6, 11),
      said('Customer', 'ok', 12, 13),
    ])
    expect(result.longest_monologue_seconds.agent).toBe(11)
  })
})

test('the channels of the recording count more than the turns', async () => {
  const turns = [said('Agent', words(20), 0, 30), said('Customer', words(20), 30, 60)]
  const channels: Call['channels'] = [
    {
      channel: 0,
      role: 'agent',
      segments: [
        { start_ms: 0, end_ms: 8000 },
        { start_ms: 20_000, end_ms: 24_000 },
      ],
    },
    { channel: 1, role: 'customer', segments: [{ start_ms: 10_000, end_ms: 18_000 }] },
  ]
  const result = await measure(turns, { channels, duration_seconds: 60 })
  expect(result.talk_seconds).toEqual({ agent: 12, customer: 8 })
  expect(result.silence_seconds).toBe(40)
  expect(result.response_latency_seconds).toEqual({ agent: 2, customer: 2 })
  expect(result.longest_monologue_seconds).toEqual({ agent: 8, customer: 8 })
  expect(result.words_per_minute).toEqual({ agent: 100, customer: 150 })
  expect(result.estimated).toBe(false)
})

describe('from words alone', () => {
  test('150 words a minute, and no pauses', async () => {
    const result = await measure(`Agent: ${words(75)}\nCustomer: ${words(25)}`)
    expect(result.talk_seconds).toEqual({ agent: 30, customer: 10 })
    expect(result.talk_ratio).toBe(0.75)
    expect(result.response_latency_seconds).toEqual({ agent: null, customer: null })
    expect(result.silence_seconds).toBe(0)
    expect(result.estimated).toBe(true)
  })
  test('what a known duration leaves is silence', async () => {
    const result = await measure(`Agent: ${words(75)}\nCustomer: ${words(25)}`, { duration_seconds: 100 })
    expect(result.silence_seconds).toBe(60)
    expect(result.silence_ratio).toBe(0.6)
  })
  test('a sentence that is cut off was interrupted', async () => {
    const result = await measure('Agent: As I was going to --\nCustomer: I do not want to hear that.')
    expect(result.interruptions).toEqual([{ turn: 1, by: 'customer' }])
  })
  test('questions without question marks', async () => {
    const text =
      'Agent: okay how can i help you\nCustomer: hi do you have any rooms left and what is the price\nAgent: how many nights'
    expect((await measure(text)).questions).toEqual({ agent: 2, customer: 1 })
  })
})

test('an empty call measures nothing', async () => {
  const result = await measure('')
  expect(result.talk_seconds).toEqual({ agent: 0, customer: 0 })
  expect(result.talk_ratio).toBe(0)
  expect(result.silence_ratio).toBe(0)
})
