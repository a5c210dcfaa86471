import { describe, expect, test } from 'bun:test'
import { agentIdentity, customerIdentity } from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

const GREETING = 'Agent: Thank you for calling, this is Maria. How can I help?\n'

describe('who calls', () => {
  test.each([
    ['asked whether', "Agent: You're Marguerite?\nCustomer: Marguerite Stoll, yes.", 'Marguerite Stoll'],
    ['read off the file', 'Agent: kendra\nCustomer: yep\nAgent: kendra', 'Kendra'],
    ['a sentence that is the name', 'Customer: I was there in May. Jerome Pickett.', 'Jerome Pickett'],
    ['two given names', 'Agent: whats the name\nCustomer: carol anne stebbins', 'Carol Anne Stebbins'],
    ['a number behind it', 'Agent: name\nCustomer: marcy\nAgent: okay marcy twenty five minutes', 'Marcy'],
    [
      'letters of a mail server',
      "Agent: Your name?\nCustomer: Theo Vance. My e-mail is theo at vancearch dot com, that's V-A-N-C-E-A-R-C-H.",
      'Theo Vance',
    ],
    [
      'both names in letters',
      "Agent: Your name?\nCustomer: Shivon Kalahan, that's S-I-O-B-H-A-N, and C-A-L-L-A-G-H-A-N.",
      'Siobhan Callaghan',
    ],
    [
      'letters of an account',
      'Agent: Your name?\nCustomer: Aoife Brennan. The account is g b two nine n w b k six oh one six.',
      'Aoife Brennan',
    ],
    [
      'a mother for her child',
      "Customer: I need an appointment for Zara. I'm Amira, I'm her mom.\nAgent: And Zara's last name?\nCustomer: Hussain.",
      'Zara Hussain',
    ],
    [
      'a dog beside its owner',
      'Customer: I need to bring in my dog Bruno.\nAgent: Your last name?\nCustomer: Osborne.',
      'Osborne',
    ],
    ['behind a title', 'Agent: is this missus molina\nCustomer: yes this is esperanza', 'Esperanza Molina'],
  ])('%s', (_, talk, name) => {
    expect(customerIdentity(callOf(GREETING + talk))?.name).toBe(name)
  })
})

describe('who answers', () => {
  test.each([
    ["Ledgerly support, you've got Kofi.", 'Kofi'],
    ['Service desk, Quentin.', 'Quentin'],
    ['petit coin bistro margaux speaking', 'Margaux'],
    ['Kanvas, this is Malik on the sales team.', 'Malik'],
    ['good evening bella vista', undefined],
  ])('%s', (greeting, name) => {
    const call = callOf(`Agent: ${greeting}\nCustomer: hi i have a question`)
    expect(agentIdentity(call)?.name).toBe(name!)
  })
})
