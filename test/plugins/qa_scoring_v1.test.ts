import { describe, expect, test } from 'bun:test'
import qa from '../../plugins/qa_scoring_v1.ts'
import { callOf, context } from '../support/calls.ts'

const score = async (text: string, variables: unknown = {}, overrides = {}) =>
  qa.result.parse(await qa.analyze(callOf(text, overrides), qa.variables.parse(variables), context))

const passedIds = async (text: string) =>
  (await score(text)).checks.filter(({ passed }) => passed).map(({ id }) => id)

const GOOD = `
Agent: Good afternoon, Pinewood Hotel, this is Andre speaking. How may I help you?
Customer: Hello. The heating in our room doesn't work and my wife is sick.
Agent: I'm so sorry about that, that must be very uncomfortable.
Customer: It is.
Agent: I've moved you to room 412, the key is ready at the desk.
Customer: Thank you so much.
Agent: You're welcome. Is there anything else I can do for you?
Customer: No, thanks.
Agent: Have a pleasant evening.`

const POOR = `
Agent: yeah what
Customer: hi my order never arrived and i'm really annoyed
Agent: well that's not my problem you need to calm down
Customer: this is ridiculous
Agent: ok`

test('a good call passes everything', async () => {
  const result = await score(GOOD)
  expect(result.score).toBe(100)
  expect(result.passed).toBe(true)
  const empathy = result.checks.find(({ id }) => id === 'empathy')
  expect(empathy).toMatchObject({
    turn: 2,
    quote: "I'm so sorry about that, that must be very uncomfortable.",
  })
})

test('a poor call passes nothing', async () => {
  const result = await score(POOR)
  expect(result.score).toBe(0)
  expect(result.passed).toBe(false)
  const forbidden = result.checks.find(({ id }) => id === 'forbidden_phrases')
  expect(forbidden).toMatchObject({ passed: false, turn: 2 })
  expect(forbidden?.quote).toContain('not my problem')
})

test('empathy is not asked for when nothing is wrong', async () => {
  const result = await score(
    'Agent: Hi, this is Ann from Tidy Homes.\nCustomer: I want to book a cleaning.\nAgent: Friday?\nCustomer: Yes.',
  )
  const empathy = result.checks.find(({ id }) => id === 'empathy')
  expect(empathy).toMatchObject({ passed: true, turn: null })
  expect(empathy?.comment).toContain('no problem')
})

test('empathy before the problem is told does not count', async () => {
  const ids = await passedIds(
    "Agent: I'm sorry to hear you had to wait.\nCustomer: My car broke down.\nAgent: Where?\nCustomer: On Route 9.",
  )
  expect(ids).not.toContain('empathy')
})

test('«sorry, could you repeat that» is no empathy', async () => {
  const ids = await passedIds(
    'Agent: Hello.\nCustomer: My roof is leaking.\nAgent: Sorry, could you repeat that?\nCustomer: My roof.',
  )
  expect(ids).not.toContain('empathy')
})

test('«no problem» is not «not my problem»', async () => {
  expect(await passedIds('Agent: Hello.\nCustomer: One ticket.\nAgent: No problem.')).toContain(
    'forbidden_phrases',
  )
})

test('an offer the customer rejects in anger is no resolution', async () => {
  const ids = await passedIds(
    "Agent: Hello.\nCustomer: I was overcharged.\nAgent: I've issued a credit of two dollars.\nCustomer: Two dollars? That's an insult, this is ridiculous. I want my money back.",
  )
  expect(ids).not.toContain('resolution')
})

describe('an own scorecard', () => {
  const check = (fields: object) => ({ scorecard: [{ id: 'x', name: 'X', ...fields }] })
  const cases: [string, object, string, boolean][] = [
    [
      'same words',
      { phrases: ['verify your date of birth'] },
      'Agent: Can you verify your date of birth?',
      true,
    ],
    [
      'other words',
      { phrases: ['I apologize for the inconvenience'] },
      'Agent: We really apologise for all this inconvenience.',
      true,
    ],
    [
      'inflected and with gaps',
      { phrases: ['this call is recorded'] },
      'Agent: Please note that this call may be monitored and recorded.',
      true,
    ],
    ['something else', { phrases: ['verify your date of birth'] }, 'Agent: What date works for you?', false],
    ['a denial', { phrases: ['I can offer a discount'] }, "Agent: I can't offer any discount.", false],
    [
      'the wrong side',
      { phrases: ['verify your address'] },
      'Customer: Should I verify my address?\nAgent: No.',
      false,
    ],
    [
      'the customer asked for',
      { phrases: ['sounds good'], who: 'customer' },
      'Agent: Ten?\nCustomer: That sounds good.',
      true,
    ],
    [
      'anyone',
      { phrases: ['purple elephant'], who: 'anyone' },
      'Agent: Hi.\nCustomer: A purple elephant!',
      true,
    ],
    [
      'too late for the start',
      { phrases: ['how can I help'], where: 'start' },
      'Agent: Hi.\nAgent: One.\nAgent: Two.\nAgent: How can I help?',
      false,
    ],
    [
      'at the end',
      { phrases: ['survey'], where: 'end' },
      'Agent: Hi.\nCustomer: Hi.\nAgent: There will be a short survey.',
      true,
    ],
    [
      'forbidden and said',
      { phrases: ['our systems are slow'], must_not: true },
      'Agent: Sorry, our systems are so slow today.',
      false,
    ],
    [
      'forbidden and not said',
      { phrases: ['our systems are slow'], must_not: true },
      'Agent: One moment.',
      true,
    ],
    ['few words stay literal', { phrases: ['how can I help'] }, 'Agent: I need help.', false],
  ]
  for (const [name, fields, text, passed] of cases) {
    test(name, async () => expect((await score(text, check(fields))).checks[0]?.passed).toBe(passed))
  }

  test('weights make the score, the pass mark decides', async () => {
    const scorecard = [
      { id: 'a', name: 'A', weight: 3, phrases: ['alpha'] },
      { id: 'b', name: 'B', weight: 1, phrases: ['beta'] },
    ]
    const text = 'Agent: Alpha.'
    expect(await score(text, { scorecard, pass_mark: 75 })).toMatchObject({ score: 75, passed: true })
    expect(await score(text, { scorecard, pass_mark: 76 })).toMatchObject({ score: 75, passed: false })
  })

  test('a phrase check without phrases is refused', () => {
    expect(qa.variables.safeParse(check({ kind: 'phrases' })).success).toBe(false)
    expect(qa.variables.safeParse(check({ kind: 'greeting' })).success).toBe(true)
  })
})

test('recogniser output without punctuation', async () => {
  const ids = await passedIds(`
Agent: thanks for calling summit heating this is bo how can i help
Customer: hi our furnace stopped working last night
Agent: oh i'm sorry to hear that let me see i can send a technician at noon
Customer: okay great
Agent: all right anything else
Customer: no thanks`)
  expect(ids).toEqual(['greeting', 'identification', 'empathy', 'resolution', 'closing', 'forbidden_phrases'])
})

test('in another language the English checks say that they cannot judge', async () => {
  const result = await score('Agent: Guten Tag.\nCustomer: Hallo.', {}, { language: 'de' })
  expect(result.language_supported).toBe(false)
  expect(result.checks[0]?.comment).toContain('English only')
})
