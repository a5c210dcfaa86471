import { expect, test } from 'bun:test'
import phrases from '../../plugins/key_phrases_v1.ts'
import { callOf, context } from '../support/calls.ts'

const find = async (text: string, variables: unknown = {}, overrides = {}) =>
  phrases.result.parse(
    await phrases.analyze(callOf(text, overrides), phrases.variables.parse(variables), context),
  )

const SOLAR = `
Agent: Hi, thank you for calling Suncrest, this is Vera. How can I help you today?
Customer: Hi Vera, um, yeah, I have a question about the solar panels on our roof.
Agent: Sure, what would you like to know?
Customer: The solar panels make less power since the hail storm. Does the warranty cover hail storm damage?
Agent: The warranty covers the inverter. For the solar panels you need your home insurance.
Customer: Okay, so I should call my home insurance. Thanks, have a nice day.`

test('topics first, with counts and the turns they were said in', async () => {
  const { phrases } = await find(SOLAR)
  expect(phrases[0]).toMatchObject({ phrase: 'solar panels', count: 3, turns: [1, 3, 4] })
  expect(phrases.slice(0, 5).map(({ phrase }) => phrase)).toContain('home insurance')
})

test('no greetings, fillers, names of the speakers or numbers', async () => {
  const { phrases } = await find(SOLAR)
  const text = phrases.map(({ phrase }) => ` ${phrase} `).join('|')
  expect(text).not.toMatch(/ (?:hi|thank|thanks|um|yeah|today|nice|day|vera|question|help|sure|calling) /)
})

test('scores fall, and forms of one phrase count together', async () => {
  const { phrases } = await find(
    'Customer: My brake pad squeaks. Are brake pads expensive? I bought brake pads there.',
  )
  const scores = phrases.map(({ score }) => score)
  expect([...scores].sort((a, b) => b - a)).toEqual(scores)
  expect(phrases[0]).toMatchObject({ phrase: 'brake pads', count: 3 })
})

test('recogniser output without punctuation', async () => {
  const { phrases } = await find(
    'Agent: hi this is mike\nCustomer: hi mike the water heater is leaking again\nAgent: how old is the water heater\nCustomer: the water heater is ten years old',
  )
  expect(phrases[0]).toMatchObject({ phrase: 'water heater', count: 3, turns: [1, 2, 3] })
  expect(phrases.map(({ phrase }) => phrase)).not.toContain('mike')
})

test('limit, minimum count and exclusions', async () => {
  expect((await find(SOLAR, { limit: 2 })).phrases).toHaveLength(2)
  expect((await find(SOLAR, { min_count: 3 })).phrases.map(({ phrase }) => phrase)).toEqual(['solar panels'])
  expect((await find(SOLAR, { exclude: ['Solar panels'] })).phrases[0]?.phrase).not.toBe('solar panels')
})

test('an empty call has none', async () => {
  expect(await find('')).toEqual({ phrases: [] })
})

test('another language says so', async () => {
  const result = await find(
    'Customer: La calefacción no funciona. La calefacción hace ruido.',
    {},
    { language: 'es' },
  )
  expect(result.language_supported).toBe(false)
  expect(result.phrases.some(({ phrase }) => phrase.includes('calefacción'))).toBe(true)
})
