import { expect, test } from 'bun:test'
import { birthDates, cardMentions, ibanMentions, phoneMentions, ssnMentions } from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

const phones = (text: string) => phoneMentions(callOf(text).turns).map(({ e164 }) => e164)

test('a number read back twice is two numbers, not one long one', () => {
  const text =
    "Agent: I've got 614-555-0178?\nCustomer: Eighty-seven at the end.\nAgent: 614-555-0187.\nCustomer: Yes."
  expect(phones(text)).toEqual(['+16145550178', '+16145550187'])
  expect(cardMentions(callOf(text).turns)).toEqual([])
})

test('the middle of a serial number is no card', () => {
  const digits = 'eight nine oh one four one oh three two seven one one one eight five one oh seven two oh'
  expect(cardMentions(callOf(`Customer: ${digits}`).turns)).toEqual([])
})

test('a card in groups that repeat themselves', () => {
  const text =
    'Agent: card number\nCustomer: four two four two\nAgent: mhm\nCustomer: four two four two four two four two\nAgent: okay\nCustomer: four two four two'
  expect(cardMentions(callOf(text).turns).map(({ value }) => value)).toEqual(['4242424242424242'])
})

test('a phone number after the question for a birthday stays one', () => {
  const { turns } = callOf(
    'Agent: your birthday\nCustomer: december first nineteen forty four\nAgent: are you still at eight six oh five five five oh one one one\nCustomer: yes',
  )
  expect(birthDates(turns, null).map(({ date }) => date)).toEqual(['1944-12-01'])
  expect(phoneMentions(turns).map(({ e164 }) => e164)).toEqual(['+18605550111'])
})

test('a date of birth and another number asked for at once', () => {
  const { turns } = callOf(
    'Agent: Your date of birth and the last four of your social?\nCustomer: April twelfth, nineteen ninety. And 4471.',
  )
  expect(birthDates(turns, null).map(({ date }) => date)).toEqual(['1990-04-12'])
})

test('letters that a recogniser joined are part of the IBAN', () => {
  const { turns } = callOf(
    'Agent: gb two nine nwbk six oh one six one three three one nine two six eight one nine',
  )
  expect(ibanMentions(turns).map(({ value }) => value)).toEqual(['GB29NWBK60161331926819'])
})

test('a social security number said anew a few turns later', () => {
  const { turns } = callOf(
    'Customer: I got his social wrong.\nAgent: What did you enter?\nCustomer: three one eight double four nine oh two seven\nAgent: And now?\nCustomer: three one eight four four ninety two seventy',
  )
  expect(ssnMentions(turns).map(({ value }) => value)).toEqual(['318449027', '318449270'])
})
