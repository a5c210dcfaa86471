import { describe, expect, test } from 'bun:test'
import {
  cardMentions,
  hasLuhn,
  ibanMentions,
  isIban,
  phoneMentions,
  regionOf,
  ssnMentions,
} from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

const ask = (answer: string) => callOf(`Agent: What is the best phone number?\nCustomer: ${answer}`).turns

describe('phone numbers', () => {
  test.each([
    ['415-555-0134', '+14155550134'],
    ['(415) 555 0134', '+14155550134'],
    ['1 415 555 0134', '+14155550134'],
    ['four one five, five five five, oh one three four', '+14155550134'],
    ['five five five oh one two double seven nine nine', '+15550127799'],
    ['area code four one five and then five five five zero one three four', '+14155550134'],
    ['eight hundred five five five oh one three four', '+18005550134'],
    ['+44 20 7946 0958', '+442079460958'],
    ['plus four four two oh seven nine four six oh nine five eight', '+442079460958'],
  ])('%s', (answer, e164) => {
    expect(phoneMentions(ask(answer)).map((one) => one.e164)).toEqual([e164])
  })

  test('over several turns, each with its part', () => {
    const { turns } = callOf(
      'Agent: Phone?\nCustomer: four one five\nAgent: okay\nCustomer: five five five\nAgent: got it\nCustomer: oh one three four',
    )
    const [found] = phoneMentions(turns)
    expect(found?.e164).toBe('+14155550134')
    expect(found?.parts.map((part) => part.turn)).toEqual([1, 3, 5])
  })

  test.each([
    ['415-555-0134, sorry, 0143', '+14155550143'],
    ["415 555 0134. Actually no, it's 415 555 0199", '+14155550199'],
  ])('a correction comes last: %s', (answer, e164) => {
    expect(phoneMentions(ask(answer)).at(-1)?.e164).toBe(e164)
  })

  test('the customer mends what the agent read back', () => {
    const { turns } = callOf(
      "Agent: Number?\nCustomer: It's 415 555 0134.\nAgent: 415 555 0134?\nCustomer: No, 0143.",
    )
    expect(phoneMentions(turns).at(-1)).toMatchObject({ e164: '+14155550143', corrects: true, turn: 3 })
  })

  test.each([
    'My order number is 4155550134.',
    'I paid $1,250.99 at 2:30 on 03/14/2025.',
    'Tracking 123456789012, and the code is 415555.',
    'The invoice is 555-12-345.',
    'We were 100, then 200, then 300 people.',
  ])('no phone number in: %s', (text) => {
    expect(phoneMentions(callOf(`Agent: How can I help?\nCustomer: ${text}`).turns)).toEqual([])
  })

  test('the region is that of the numbers of the call', () => {
    expect(regionOf(callOf('', { from_number: '+442079460958' }))).toBe('GB')
    expect(regionOf(callOf(''))).toBe('US')
    expect(regionOf(callOf(''), 'DE')).toBe('DE')
  })
})

describe('cards, accounts and social security numbers', () => {
  const said = (text: string) => callOf(`Agent: Go ahead.\nCustomer: ${text}`).turns

  test.each(['4111 1111 1111 1111', 'four one one one, one one one one, one one one one, one one one one'])(
    'a card: %s',
    (text) => {
      expect(cardMentions(said(`my card is ${text}`)).map((one) => one.value)).toEqual(['4111111111111111'])
    },
  )

  test.each(['my card is 4111 1111 1111 1112', 'my tracking number is 4111111111111111'])(
    'no card: %s',
    (text) => {
      expect(cardMentions(said(text))).toEqual([])
    },
  )

  test.each([
    'DE89 3704 0044 0532 0130 00',
    'D E eight nine three seven oh four oh oh four four oh five three two oh one three oh oh oh',
  ])('an IBAN: %s', (text) => {
    expect(ibanMentions(said(`it is ${text}`)).map((one) => one.value)).toEqual(['DE89370400440532013000'])
  })

  test.each([
    ['my social is one two three, forty five, sixty seven eighty nine', ['123456789']],
    ['078-05-1120', ['078051120']],
    ['the routing number is 123456789', []],
    ['reference 078051120', []],
  ])('%s', (text, values) => {
    expect(ssnMentions(said(text)).map((one) => one.value)).toEqual(values)
  })

  test('checks', () => {
    expect(hasLuhn('4242424242424242')).toBe(true)
    expect(hasLuhn('4242424242424241')).toBe(false)
    expect(isIban('GB82WEST12345698765432')).toBe(true)
    expect(isIban('GB82WEST12345698765433')).toBe(false)
  })
})
