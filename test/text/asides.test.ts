import { describe, expect, test } from 'bun:test'
import { followBooking } from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

/** Calls begin on Wednesday, 4 March 2026. */
const slotOf = (text: string) => {
  const call = callOf(text)
  const { status, date, time } = followBooking(call, {
    today: Date.UTC(2026, 2, 4) / 86_400_000,
    hours: { opens: 8, closes: 19 },
    taken: [],
  })
  return [status, date, time]
}

const booked = (talk: string) =>
  `Agent: Hello.\nCustomer: I'd like to make an appointment.\n${talk}\nCustomer: Great, thanks.`

describe('dates that nobody proposes', () => {
  test.each([
    ['what happened', 'Customer: It worked until the tenth, then it stopped.'],
    ['dues', 'Agent: Your bill of fifty dollars is due on March 20th.\nCustomer: Okay.'],
    ['a greeting', 'Agent: How are you today?\nCustomer: Good.'],
    ['a question about now', 'Agent: What are you using today?\nCustomer: A ladder, okay.'],
    ['opening hours', "Agent: We're open till nine on Saturday.\nCustomer: Okay."],
  ])('%s', (_, talk) => {
    expect(slotOf(`Agent: Hello.\nCustomer: I have a question.\n${talk}`)).toEqual([
      'none',
      undefined,
      undefined,
    ])
  })

  test.each([
    ['a birthday', 'Agent: You are booked for Friday at two.\nCustomer: My birthday is on the thirtieth.'],
    ['a flight', 'Customer: I fly to Chicago on Thursday.\nAgent: You are booked for Friday at two.'],
    [
      'a day of work',
      "Agent: Thursday at nine or Friday at two?\nCustomer: Thursday I'm at work. Friday at two.",
    ],
    ['check-in', 'Agent: You are booked for Friday at two. Check-in is from three.'],
  ])('%s beside one that is', (_, talk) => {
    expect(slotOf(booked(talk)).slice(1)).toEqual(['2026-03-06', '14:00'])
  })
})

describe('days counted from the day talked about', () => {
  test.each([
    ['the Friday', 'Agent: March 21st?\nCustomer: How about the Friday, at ten?', '2026-03-20'],
    ['the Saturday after', 'Agent: March 20th?\nCustomer: Rather the Saturday after, at ten.', '2026-03-21'],
    [
      'a bare day that was offered',
      'Agent: March 19th at ten?\nCustomer: Thursday at ten is good.',
      '2026-03-19',
    ],
    ['a day of the same month', 'Agent: April 10th?\nCustomer: How about the twelfth at ten?', '2026-04-12'],
  ])('%s', (_, talk, date) => {
    expect(slotOf(booked(talk)).slice(1)).toEqual([date, '10:00'])
  })
})

test.each([
  ['between nine and eleven', '09:00'],
  ['nine to eleven', '09:00'],
  ['ten till twelve', '10:00'],
  ['eight to ten in the morning', '08:00'],
  ['at ten to nine', '08:50'],
])('a stretch of the day begins with its first time: %s', (said, time) => {
  expect(slotOf(booked(`Agent: Friday, ${said}?\nCustomer: Yes, perfect.`))[2]).toBe(time)
})

test('what was offered and refused is not booked', () => {
  expect(
    slotOf(
      booked(
        "Agent: I have Friday at two.\nCustomer: That's too late, I'll try somewhere else.\nAgent: Sorry.",
      ),
    ),
  ).toEqual(['none', undefined, undefined])
})
