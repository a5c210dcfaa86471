import { describe, expect, test } from 'bun:test'
import { agentIdentity, customerIdentity, likeness, spelledWords } from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

describe('spelled words', () => {
  test.each([
    ['S as in Sam, M, I, T, H', ['smith']],
    ['S for Sam M like Mary Y T H E', ['smythe']],
    ['J-O-H-N', ['john']],
    ['my last name is doe d o e i need help', ['doe']],
    ['P E double R Y', ['perry']],
    ['sierra mike india tango hotel', ['smith']],
    ['O apostrophe B R I E N', ["o'brien"]],
    ['Petrov, P-E-T-R-O-V, first name Ana, A-N-A', ['petrov', 'ana']],
    ['at 9 a.m. in the U.S.', []],
    ['plan B or I quit', []],
  ])('%s', (text, words) => {
    expect(spelledWords(text).map((one) => one.word)).toEqual(words)
  })
})

test('likeness goes from strangers to the same word', () => {
  expect(likeness('Smith', 'smith')).toBe(1)
  expect(likeness('Smith', 'Smyth')).toBeCloseTo(0.8)
  expect(likeness('Smith', 'Petrov')).toBeLessThan(0.3)
})

describe('names', () => {
  test.each([
    [
      'spelled otherwise than heard',
      'Agent: Your name?\nCustomer: John Smith.\nAgent: How do you spell that last name?\nCustomer: S-M-Y-T-H-E.',
      'John Smythe',
      ['John Smith'],
    ],
    [
      'last name first',
      'Agent: How can I help?\nCustomer: A room, please. Last name Petrov, first name Ana.\nAgent: Thank you, Ms Petrov.',
      'Ana Petrov',
      [],
    ],
    [
      'raw output',
      "agent: may i have your name please\ncustomer: yes it's maria lopez l o p e z",
      'Maria Lopez',
      [],
    ],
    [
      'for somebody else',
      'Agent: Who is the appointment for?\nCustomer: For my daughter Anna.\nAgent: Her last name?\nCustomer: Kowalski.',
      'Anna Kowalski',
      [],
    ],
    [
      'asked for by the agent',
      'Agent: Am I speaking with David Chen?\nCustomer: Yes, this is David.',
      'David Chen',
      [],
    ],
    [
      'with a letter',
      'Agent: Your name?\nCustomer: Catherine Nowak, Catherine with a K.',
      'Katherine Nowak',
      ['Catherine Nowak'],
    ],
    ['with particles', 'Agent: And the name?\nCustomer: Jean-Luc van der Berg.', 'Jean-Luc van der Berg', []],
    [
      'corrected',
      'Agent: Your name?\nCustomer: Peter Cole. No, sorry, put it under Susan. My name is Susan Cole.',
      'Susan Cole',
      [],
    ],
  ])('%s', (_, text, name, spellings) => {
    expect(customerIdentity(callOf(text))).toMatchObject({ name, spellings })
  })

  test.each([
    'Agent: What is your name?\nCustomer: I need a table for four.',
    'Agent: Hello, this is Maria.\nCustomer: Hi Maria, this is regarding the invoice. Okay. Perfect. Monday works.',
    "agent: hi this is maria\ncustomer: hi maria i'm calling about my car it's making noise",
  ])('nobody is named in: %s', (text) => {
    expect(customerIdentity(callOf(text))).toBeUndefined()
  })

  test.each([
    ['Agent: Hotel Aurora, Anna speaking.\nCustomer: Hi.', 'Anna'],
    ["Agent: Dr. Patel's office, this is Karen.\nCustomer: Hi, I want to see Dr. Patel.", 'Karen'],
    ['agent: thanks for calling smile care this is mike how can i help\ncustomer: hi', 'Mike'],
    ['Maria: Thank you for calling, how can I help you?\nCustomer: Hi.', 'Maria'],
  ])('who answered in: %s', (text, name) => {
    expect(agentIdentity(callOf(text))?.name).toBe(name)
  })
})
