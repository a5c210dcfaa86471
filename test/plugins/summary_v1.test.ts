import { describe, expect, test } from 'bun:test'
import summary from '../../plugins/summary_v1.ts'
import { callOf, context } from '../support/calls.ts'

const sum = async (text: string, overrides = {}) =>
  summary.result.parse(await summary.analyze(callOf(text, overrides), summary.variables.parse({}), context))

const TOW = `
Agent: Thank you for calling Redline Towing, this is Bea. How can I help you?
Customer: Hi Bea, my truck broke down on Highway 12 and I need a tow to the Ford dealer in Salem.
Agent: I'm sorry to hear that. Are you in a safe place?
Customer: Yes, I'm at a gas station.
Agent: Okay. Can I have your name, please?
Customer: Walt Jensen.
Agent: Thank you. The tow to Salem is one hundred and eighty dollars.
Customer: That's fine.
Agent: I've sent driver Nick, he will be at the gas station in thirty minutes.
Customer: Perfect, thank you.
Agent: Have a good day.`

describe('a call about a tow', () => {
  test('says why, what was done and by whom', async () => {
    const { summary } = await sum(TOW)
    expect(summary).toMatch(/^The customer said their truck broke down on Highway 12 and they need a tow/)
    expect(summary).toContain("The agent said they've sent driver Nick")
  })
  test('leaves greetings and formalities out', async () => {
    const { summary, points } = await sum(TOW)
    const text = [summary, ...points].join(' ')
    expect(text).not.toMatch(/thank you for calling|your name|good day/i)
  })
  test('the points are the speakers’ own words, in the order of the call', async () => {
    const { points } = await sum(TOW)
    expect(points.length).toBeGreaterThanOrEqual(3)
    const places = points.map((point) => TOW.indexOf(point.replace(/^\w+: /, '').slice(1, 30)))
    expect(places.every((place) => place > 0)).toBe(true)
    expect([...places].sort((a, b) => a - b)).toEqual(places)
  })
})

test('recogniser output without punctuation', async () => {
  const { summary } = await sum(`
Agent: good morning lakeside vet this is ana
Customer: hi um yeah i'm calling because my cat hasn't eaten in two days and i'd like to bring her in
Agent: okay we can see her today at four fifteen
Customer: four fifteen is fine
Agent: okay i've booked her with doctor shaw for today at four fifteen
Customer: thank you bye`)
  expect(summary).toContain("their cat hasn't eaten in two days")
  expect(summary).toContain("they've booked her with doctor shaw")
})

test('an outbound call: the agent says why', async () => {
  const { summary } = await sum(
    `Customer: Hello?
Agent: Hi, this is Joel with Greenline Lawn Care. I'm calling because your treatment on Monday has to be moved to Thursday.
Customer: Okay, Thursday is fine.
Agent: Great, I've moved it to Thursday morning.`,
    { direction: 'outbound' },
  )
  expect(summary).toContain("calling because the customer's treatment on Monday has to be moved to Thursday")
})

test('anger is part of the outcome', async () => {
  const { summary } = await sum(`
Agent: Hello, Cableone.
Customer: Your technician didn't show up for the third time. This is unacceptable.
Agent: I can offer Friday.
Customer: No. Cancel my contract, this is ridiculous.`)
  expect(summary).toContain('The customer was unhappy.')
})

test('nothing said, hardly anything said', async () => {
  expect(await sum('')).toEqual({ summary: 'Nothing was said on this call.', points: [] })
  expect((await sum('Agent: Hello?\nCustomer: Bye.')).summary).toContain('Hello? Bye.')
})

test('another language is quoted instead of retold', async () => {
  const result = await sum(
    'Agent: Guten Tag, Autohaus Weber.\nCustomer: Meine Bremsen quietschen seit gestern sehr laut.\nAgent: Dann schauen wir die Bremsen morgen an.',
    { language: 'de-DE' },
  )
  expect(result.language_supported).toBe(false)
  expect(result.summary).toContain('Meine Bremsen quietschen seit gestern sehr laut.')
})
