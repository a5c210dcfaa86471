import { describe, expect, test } from 'bun:test'
import competitors from '../../plugins/competitor_mentions_v1.ts'
import { callOf, context } from '../support/calls.ts'

const find = async (text: string, variables: unknown) =>
  competitors.result.parse(
    await competitors.analyze(callOf(text), competitors.variables.parse(variables), context),
  )

const BRANDS = {
  competitors: [
    { name: 'Target' },
    { name: 'Square' },
    { name: 'Apple' },
    { name: 'Sprint' },
    { name: 'Delta' },
    { name: 'Verizon' },
    { name: 'T-Mobile', aliases: ['Magenta'] },
    { name: 'AT&T' },
    { name: 'Best Buy' },
    { name: 'RingCentral' },
    { name: 'Delta Dental' },
    { name: 'Progressive' },
  ],
}

describe('names and everyday words', () => {
  const sentences: [string, string[]][] = [
    ['I saw it cheaper at Target last week.', ['Target']],
    ['We missed our target this month.', []],
    ['Target has it for less.', ['Target']],
    ['Targets like these are hard to meet.', []],
    ['The room is about ten square feet.', []],
    ['Square charges us two percent.', ['Square']],
    ['We moved from Square to you.', ['Square']],
    ['An apple a day keeps him away.', []],
    ["Apple's offer was better.", ['Apple']],
    ['They sprint every morning.', []],
    ['Sprint quoted me forty.', ['Sprint']],
    ['My delta flight, sorry, my connecting flight, was late.', []],
    ['I flew with Delta.', ['Delta']],
    ['Do you take Delta Dental?', ['Delta Dental']],
    ['verizon and VERIZON and Verizon’s shop', ['Verizon', 'Verizon', 'Verizon']],
    ['I got it at best buy, on sale.', ['Best Buy']],
    ['We use Ring Central now, Maria.', ['RingCentral']],
    ['He likes T Mobile, or TMobile, Anna says.', ['T-Mobile', 'T-Mobile']],
    ['The Verizons of this world.', ['Verizon']],
    ['The verizontal line.', []],
    ['It is a progressive disease, Doctor Lee said.', []],
    ['I have Progressive, and Geico too.', ['Progressive']],
    ['Magenta offered it to us.', ['T-Mobile']],
    ['We live near Times Square, Anna.', []],
    ['It is at 12 Apple Street.', []],
    ['Is Target cheaper, or Square?', ['Square', 'Target']],
    // Recogniser output without capitals: the words around decide.
    ['i can get it cheaper at target', ['Target']],
    ['we want to target new customers', []],
    ['our target date is june first', []],
    ['i might switch to sprint', ['Sprint']],
    ['we had to sprint to the gate', []],
    ['we are back to square one', []],
    ['how does it compare to square', []],
    ['compared to square you are expensive', ['Square']],
    ['square told me the fee is lower', ['Square']],
    ['the delta between the two is small', []],
    ['i would rather go with delta', ['Delta']],
    ['you are more expensive than apple', ['Apple']],
    ['i ate an apple', []],
    ['at and t gave me a better price', ['AT&T']],
    ['a t and t was first', ['AT&T']],
    ['we are at the top', []],
  ]
  for (const [sentence, names] of sentences) {
    test(sentence, async () => {
      const cased = /\p{Lu}/u.test(sentence)
      const answer = cased ? 'Agent: All right, Maria.' : 'Agent: all right maria'
      const result = await find(`Customer: ${sentence}\n${answer}`, BRANDS)
      const found = result.competitors.flatMap(({ name, count }) => Array.from({ length: count }, () => name))
      expect(found.sort()).toEqual(names.sort())
    })
  }
})

test('who said it, where, and the exact sentence', async () => {
  const call = `
Agent: Hello. Who is your provider now?
Customer: I'm with Verizon. I pay Verizon ninety dollars a month.
Agent: We are cheaper than Verizon!`
  const result = await find(call, BRANDS)
  expect(result).toEqual({
    total: 3,
    competitors: [
      {
        name: 'Verizon',
        count: 3,
        mentions: [
          { turn: 1, speaker: 'Customer', role: 'customer', quote: "I'm with Verizon." },
          { turn: 1, speaker: 'Customer', role: 'customer', quote: 'I pay Verizon ninety dollars a month.' },
          { turn: 2, speaker: 'Agent', role: 'agent', quote: 'We are cheaper than Verizon!' },
        ],
      },
    ],
  })
})

test('aliases count for their competitor, and overlapping names only once', async () => {
  const variables = { competitors: [{ name: 'Northgate Motors', aliases: ['Northgate', 'Northgate Auto'] }] }
  const result = await find('Customer: Northgate Motors and Northgate are the same.', variables)
  expect(result.competitors.map(({ name, count }) => [name, count])).toEqual([['Northgate Motors', 2]])
})

test('a name with characters that mean something in patterns', async () => {
  const variables = { competitors: [{ name: 'C++ Garage (West)' }, { name: '7-Eleven' }] }
  const result = await find('Customer: I went to 7-Eleven and then to 7 eleven again.', variables)
  expect(result.total).toBe(2)
})

test('without competitors there is nothing to find', async () => {
  expect(await find('Customer: Verizon is cheaper.', {})).toEqual({ total: 0, competitors: [] })
})
