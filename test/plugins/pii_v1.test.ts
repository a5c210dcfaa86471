import { describe, expect, test } from 'bun:test'
import plugin from '../../plugins/pii_v1.ts'
import { callOf, context } from '../support/calls.ts'

async function analyze(text: string, variables: Record<string, unknown> = {}) {
  const call = callOf(text)
  const result = plugin.result.parse(await plugin.analyze(call, plugin.variables.parse(variables), context))
  for (const entity of result.entities) {
    const turn = call.turns[entity.turn]!
    expect(turn.text.slice(entity.start, entity.end)).toBe(entity.text)
    expect(turn.speaker).toBe(entity.speaker)
  }
  return result
}

const found = async (text: string) =>
  (await analyze(text)).entities.map((entity) => [entity.type, entity.text])

describe('finds', () => {
  test.each<[string, string, string[][]]>([
    [
      'written contact data',
      "Agent: Can I have your name please?\nCustomer: It's Sarah Connor, sarah@example.com, 415-555-0134.\nAgent: Thanks Sarah.",
      [
        ['person_name', 'Sarah Connor'],
        ['email', 'sarah@example.com'],
        ['phone', '415-555-0134'],
        ['person_name', 'Sarah'],
      ],
    ],
    [
      'raw recogniser output',
      'customer: my name is jane doe i was born on the third of march nineteen eighty five my email is jane underscore doe at yahoo dot com',
      [
        ['person_name', 'jane doe'],
        ['date_of_birth', 'the third of march nineteen eighty five'],
        ['email', 'jane underscore doe at yahoo dot com'],
      ],
    ],
    [
      'a card dictated in groups',
      "Agent: What's your card number?\nCustomer: four one one one\nAgent: okay\nCustomer: one one one one\nAgent: mm-hmm\nCustomer: one one one one\nAgent: go ahead\nCustomer: one one one one",
      [
        ['card', 'four one one one'],
        ['card', 'one one one one'],
        ['card', 'one one one one'],
        ['card', 'one one one one'],
      ],
    ],
    [
      'a social security number after the question',
      "agent: can i get your social\ncustomer: sure it's one two three forty five sixty seven eighty nine",
      [['ssn', 'one two three forty five sixty seven eighty nine']],
    ],
    [
      'an address with unit, town, state and code',
      'Agent: And your address?\nCustomer: 1245 Oak Avenue, Apartment 4B, Springfield, Illinois 62704.',
      [['address', '1245 Oak Avenue, Apartment 4B, Springfield, Illinois 62704']],
    ],
    [
      'a spoken address',
      'customer: i live at twelve forty five oak street',
      [['address', 'twelve forty five oak street']],
    ],
    [
      'an IBAN',
      'Customer: The IBAN is GB82 WEST 1234 5698 7654 32.',
      [['iban', 'GB82 WEST 1234 5698 7654 32']],
    ],
    [
      'a spelled name',
      'Agent: Is this Mr. Petrov?\nCustomer: Yes. P-E-T-R-O-V.',
      [
        ['person_name', 'Petrov'],
        ['person_name', 'P-E-T-R-O-V'],
      ],
    ],
    [
      'a number and its correction',
      'Customer: My cell is 415-555-0134, no sorry, 415-555-0143.',
      [
        ['phone', '415-555-0134'],
        ['phone', '415-555-0143'],
      ],
    ],
    [
      'a phone over turns',
      'Customer: reach me on my cell, area code two one two\nAgent: ok\nCustomer: five five five\nAgent: uh huh\nCustomer: oh one nine nine',
      [
        ['phone', 'two one two'],
        ['phone', 'five five five'],
        ['phone', 'oh one nine nine'],
      ],
    ],
  ])('%s', async (_, text, entities) => {
    expect(await found(text)).toEqual(entities)
  })
})

test.each([
  'My order number is 4155550134 and I paid $1,250.99 at 2:30 on 03/14/2025.',
  'Tracking 123456789012 for invoice 555-12-345, reference 078-05-1120.',
  'My card is 4242 4242 4242 4241.',
  'We had 250 people at 5 different places, version 10.15.7.',
  'Can I come on March third at two thirty, or in 24 hours?',
  'April is nice, and I hope Rose wine is fine. Will you mark it?',
  'The five nine bus takes ten minutes, that is two way.',
])('leaves alone: %s', async (text) => {
  expect(await found(`Agent: How can I help you?\nCustomer: ${text}`)).toEqual([])
})

test('redacted turns hold none of the values and everything else', async () => {
  const { redacted_turns, entities } = await analyze(
    'Agent: Your name?\nCustomer: Jane Doe, and my phone is 415-555-0134, okay?',
  )
  expect(redacted_turns).toEqual([
    { speaker: 'Agent', text: 'Your name?' },
    { speaker: 'Customer', text: '[PERSON_NAME], and my phone is [PHONE], okay?' },
  ])
  expect(entities.map((entity) => entity.masked)).toEqual(['[PERSON_NAME]', '[PHONE]'])
})

test('types and mask style are the operator’s', async () => {
  const { entities, redacted_turns } = await analyze('Customer: Jane Doe here, my phone is 415-555-0134.', {
    types: ['phone'],
    mask: 'partial',
  })
  expect(entities.map((entity) => entity.type)).toEqual(['phone'])
  expect(redacted_turns[0]!.text).toBe('Jane Doe here, my phone is ***-***-0134.')
})
