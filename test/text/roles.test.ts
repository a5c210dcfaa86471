import { describe, expect, test } from 'bun:test'
import { assignRoles, parseTranscript, type RoleHints } from '../../src/text/index.ts'

const rolesOf = (text: string, hints: RoleHints = {}) =>
  Object.fromEntries(assignRoles(parseTranscript(text), hints))

describe('by label', () => {
  const agents = [
    'Agent',
    'Rep',
    'Sales Representative',
    'Assistant',
    'AI',
    'Bot',
    'Receptionist',
    'Operator',
    'Tech Support',
    'Clinic',
    'Advisor',
    'Dispatcher',
    'AGENT',
    'Customer Service',
    'Patient Coordinator',
  ]
  for (const label of agents) {
    test(`${label} is the agent`, () => expect(rolesOf(`${label}: hello\nCaller: hi`)[label]).toBe('agent'))
  }
  const customers = ['Customer', 'Caller', 'Patient', 'Client', 'User', 'Guest', 'Member', 'Lead', 'CUSTOMER']
  for (const label of customers) {
    test(`${label} is the customer`, () =>
      expect(rolesOf(`Agent: hello\n${label}: hi`)[label]).toBe('customer'))
  }
  test('machines are neither', () => {
    expect(rolesOf('IVR: press one\nAgent: hello\nCustomer: hi')).toEqual({
      IVR: 'other',
      Agent: 'agent',
      Customer: 'customer',
    })
  })
  test('the agent by name, the rest is the customer', () => {
    const text = 'Dana Brooks: front desk\nLee: hello\nDana Brooks: yes?\nLee: one room please'
    expect(rolesOf(text, { agent_name: 'dana brooks' })).toEqual({ 'Dana Brooks': 'agent', Lee: 'customer' })
  })
  test('one known label decides the other', () => {
    expect(rolesOf('Priya: hello\nCustomer: hi\nPriya: yes')).toEqual({
      Priya: 'agent',
      Customer: 'customer',
    })
  })
  test('callers follow the direction', () => {
    const text = 'Callee: hello?\nCaller: hi'
    expect(rolesOf(text, { direction: 'inbound' })).toEqual({ Callee: 'agent', Caller: 'customer' })
    expect(rolesOf(text, { direction: 'outbound' })).toEqual({ Callee: 'customer', Caller: 'agent' })
  })
})

describe('by content', () => {
  const cases: [string, string, RoleHints, Record<string, string>][] = [
    [
      'who offers help',
      'Speaker 0: thank you for calling lakeside plumbing how can i help\nSpeaker 1: hi my sink is leaking',
      {},
      { 'Speaker 0': 'agent', 'Speaker 1': 'customer' },
    ],
    [
      'the customer may speak first',
      'spk_1: hello\nspk_0: hi lakeside plumbing how may i help you\nspk_1: i need a plumber',
      { direction: 'inbound' },
      { spk_0: 'agent', spk_1: 'customer' },
    ],
    [
      'outbound: who says why',
      'Speaker 1: Hello?\nSpeaker 2: Hi, is this Karen? This is Joe calling from Peak Solar.\nSpeaker 1: Yes, speaking.',
      { direction: 'outbound' },
      { 'Speaker 1': 'customer', 'Speaker 2': 'agent' },
    ],
    [
      'outbound: the answering side gives a greeting',
      'A: Hello, who is this?\nB: I am calling about your quote request.\nA: Not interested.',
      { direction: 'outbound' },
      { A: 'customer', B: 'agent' },
    ],
    [
      'nothing to go by: who answers an inbound call',
      'Speaker A: hello\nSpeaker B: hello',
      { direction: 'inbound' },
      { 'Speaker A': 'agent', 'Speaker B': 'customer' },
    ],
    [
      'channels',
      'Channel 1: yes\nChannel 0: yes\nChannel 1: no',
      { agent_channel: 0, direction: null },
      { 'Channel 0': 'agent', 'Channel 1': 'customer' },
    ],
    [
      'a transfer has two agents',
      'Speaker 1: Thank you for calling, how can I help you?\nSpeaker 2: I have a problem with my bill.\nSpeaker 1: I can transfer you.\nSpeaker 3: Billing, this is Ron with Acme. How can I help you? Can I have your account number?\nSpeaker 2: Sure.',
      {},
      { 'Speaker 1': 'agent', 'Speaker 2': 'customer', 'Speaker 3': 'agent' },
    ],
  ]
  for (const [name, text, hints, roles] of cases) {
    test(name, () =>
      expect(rolesOf(text, hints)).toEqual(roles as Record<string, 'agent' | 'customer' | 'other'>),
    )
  }
  test('a single unlabelled speaker stays unknown', () => {
    expect(rolesOf('the weather is fine')).toEqual({ Speaker: 'other' })
  })
})
