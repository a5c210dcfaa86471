import { describe, expect, test } from 'bun:test'
import sentiment from '../../plugins/sentiment_v1.ts'
import { callOf, context } from '../support/calls.ts'

const read = async (text: string, overrides = {}) =>
  sentiment.result.parse(
    await sentiment.analyze(callOf(text, overrides), sentiment.variables.parse({}), context),
  )

type Case = [name: string, sentiment: 'positive' | 'neutral' | 'negative', text: string]

const calls: Case[] = [
  [
    'plain booking with polite thanks',
    'neutral',
    `
Agent: Northside Family Dental, this is Kim.
Customer: Hello, I need to book a cleaning for my son.
Agent: Wednesday at four?
Customer: Yes, that works.
Agent: You're booked.
Customer: Great, thank you. Bye.`,
  ],
  [
    'a problem told calmly',
    'neutral',
    `
Agent: Valley Plumbing, how can I help?
Customer: Hi, our kitchen sink is leaking and there's water damage on the floor. It's an emergency.
Agent: We can send somebody at two.
Customer: Okay, two is fine. The address is 12 Elm Street.
Agent: He will be there.
Customer: Okay, thanks.`,
  ],
  [
    'repeated failures and no call back',
    'negative',
    `
Agent: Citywide Internet.
Customer: This is the fourth time I've called about the same outage and nobody ever calls me back.
Agent: I apologize. Let me check.
Customer: I've been waiting for two weeks. It's really not acceptable.
Agent: A technician can come on Friday.
Customer: Fine. Bye.`,
  ],
  [
    'a complaint that is put right',
    'positive',
    `
Agent: Harvest Meals support.
Customer: My box arrived with broken jars and I'm pretty upset, it was meant for my mother's birthday.
Agent: I'm so sorry. I'm sending a new one by courier today, free of charge.
Customer: Oh, that's wonderful. Thank you so much, I really appreciate it.
Agent: My pleasure.
Customer: You've been very helpful. Have a lovely day.`,
  ],
  [
    'a complaint that ends even',
    'neutral',
    `
Agent: Metro Gas.
Customer: I was charged twice this month and I'm a little annoyed.
Agent: I see that. I have refunded the second charge, it will arrive tomorrow.
Customer: Okay, that's good to know. Thanks for fixing it.
Agent: Anything else?
Customer: No, that's all.`,
  ],
  [
    'courtesy does not undo anger',
    'negative',
    `
Agent: Skyline Travel.
Customer: Your website lost my reservation and the agent before you was extremely rude.
Agent: I'm sorry.
Customer: I've wasted my whole morning on this. It's ridiculous.
Agent: I can't change it.
Customer: Unbelievable. Okay, thank you, goodbye.`,
  ],
  [
    'praise',
    'positive',
    `
Agent: How was everything with the installation?
Customer: Honestly, it was great. The crew was so friendly and they cleaned up everything.
Agent: Glad to hear it.
Customer: We'll definitely recommend you.`,
  ],
  [
    'negated praise',
    'negative',
    `
Agent: Hello, Bluebird Hotel.
Customer: I'm not happy with the room at all. It wasn't clean and the staff wasn't helpful.
Agent: I can offer another room.
Customer: No, it's not good enough.`,
  ],
  [
    'negated complaint',
    'neutral',
    `
Agent: Is anything the matter with your order?
Customer: No, I'm not upset or anything. I just wanted to know when it arrives.
Agent: On Monday.
Customer: Okay.`,
  ],
  [
    'mockery',
    'negative',
    `
Agent: The part is out of stock again.
Customer: Oh great, another two weeks. Just wonderful.
Agent: I'm sorry.
Customer: Thanks for nothing.`,
  ],
  [
    'praise, but',
    'negative',
    `
Agent: How do you like the product?
Customer: It looks nice, but it's absolutely useless, it broke on the second day.
Agent: Oh.
Customer: Your driver was friendly, but I'm really disappointed.`,
  ],
  [
    'raw recogniser output, unhappy',
    'negative',
    `
Agent: acme insurance how can i help
Customer: yeah im really frustrated i filed my claim in march and i still havent heard anything
Agent: let me look
Customer: every time i call i get a different answer and i am sick of it
Agent: it is in review
Customer: thats what they told me last month whatever ill find another insurer`,
  ],
  [
    'raw recogniser output, happy',
    'positive',
    `
Agent: acme insurance how can i help
Customer: hi i just wanted to say the guy you sent was amazing he fixed everything in an hour
Agent: oh thats great
Customer: yeah i was so impressed tell him thank you so much`,
  ],
  [
    'a short answer that only the question explains',
    'negative',
    `
Agent: On a scale of one to ten, how would you rate your visit?
Customer: Two.
Agent: Oh. Were you happy with the technician?
Customer: No.`,
  ],
  [
    'severe symptoms are no verdict on the practice',
    'neutral',
    `
Agent: Lakeview Animal Hospital.
Customer: My dog is very sick, he's been vomiting since last night and I'm afraid it's poison.
Agent: Bring him in right away.
Customer: Okay. I'm ten minutes away.`,
  ],
  [
    'cancelling politely',
    'neutral',
    `
Agent: Studio Nine Fitness.
Customer: Hi, I'd like to cancel my class tomorrow, I have a terrible cold.
Agent: No problem, it's cancelled.
Customer: Thanks. I'll book again next week.`,
  ],
  [
    'threats to leave and a supervisor',
    'negative',
    `
Agent: Can I help you?
Customer: You overcharged me again. I want to speak to a manager right now.
Agent: My manager is out.
Customer: Then cancel my contract, I'm going to take my business elsewhere.`,
  ],
  [
    'relief at the end',
    'positive',
    `
Agent: Bridge Bank.
Customer: I'm worried, my card was stolen and there are charges I don't recognize.
Agent: I've blocked the card and reversed the charges.
Customer: Oh, what a relief. Thank you so much, that was really quick.`,
  ],
]

describe('the whole call', () => {
  for (const [name, expected, text] of calls) {
    test(name, async () => {
      const result = await read(text)
      expect(result.sentiment).toBe(expected)
    })
  }
})

test('what the agent says never counts for the customer', async () => {
  const bare = await read('Agent: Hello.\nCustomer: I need two tires.\nAgent: Okay.\nCustomer: Bye.')
  const loud = await read(
    'Agent: Terrible, awful, I hate this!\nCustomer: I need two tires.\nAgent: Ridiculous!\nCustomer: Bye.',
  )
  expect(loud.score).toBe(bare.score)
  expect(loud.by_speaker.agent.sentiment).toBe('negative')
  expect(loud.by_speaker.customer).toEqual(bare.by_speaker.customer)
})

test('the end weighs more than the beginning', async () => {
  const [good, bad] = ["You've been very helpful, I'm so happy.", "I'm very disappointed, this is awful."]
  const filler =
    'Agent: Okay.\nCustomer: It was on the tenth.\nAgent: Right.\nCustomer: In the blue folder.\nAgent: Yes.'
  const better = await read(`Customer: ${bad}\n${filler}\nCustomer: ${good}\nAgent: Bye.`)
  const worse = await read(`Customer: ${good}\n${filler}\nCustomer: ${bad}\nAgent: Bye.`)
  expect(better.score).toBeGreaterThan(worse.score + 0.3)
  expect(better.trend).toBe('improving')
  expect(worse.trend).toBe('declining')
})

test('intensifiers and exclamation raise, hedges lower', async () => {
  const scores = await Promise.all(
    ["I'm a bit disappointed.", "I'm disappointed.", "I'm extremely disappointed!"].map(
      async (text) => (await read(`Agent: Yes?\nCustomer: ${text}`)).score,
    ),
  )
  expect(scores[0]).toBeGreaterThan(scores[1] ?? 0)
  expect(scores[1]).toBeGreaterThan(scores[2] ?? 0)
})

test('the reason quotes the customer word for word', async () => {
  const result = await read(
    'Agent: I hate Mondays.\nCustomer: My package is late. I am furious about it.\nAgent: Sorry.',
  )
  expect(result.reason).toContain('«I am furious about it»')
  expect(result.reason).not.toContain('Mondays')
})

test('every turn is scored, in order', async () => {
  const result = await read(
    'Agent: Hi.\nCustomer: This is horrible.\nAgent: Oh.\nCustomer: Thank you so much, that is amazing.',
  )
  expect(result.turns.map(({ turn }) => turn)).toEqual([0, 1, 2, 3])
  expect(result.turns[1]?.score).toBeLessThan(-0.3)
  expect(result.turns[3]?.score).toBeGreaterThan(0.3)
})

test('another language is not guessed at', async () => {
  const result = await read('Agent: Buenos días.\nCustomer: Estoy muy enojado, qué horrible servicio.', {
    language: 'es-MX',
  })
  expect(result).toMatchObject({ sentiment: 'neutral', score: 0, language_supported: false })
})

test('an empty call is neutral', async () => {
  expect(await read('')).toMatchObject({ sentiment: 'neutral', score: 0, trend: 'steady', turns: [] })
})
