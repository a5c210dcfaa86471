import { describe, expect, test } from 'bun:test'
import {
  clauses,
  compilePatterns,
  countQuestions,
  findParaphrase,
  findPatterns,
  isEnglish,
  isNegated,
  isQuestion,
  quoteAround,
  sentences,
  shorten,
  stem,
  tokenize,
  wordsOf,
} from '../../src/text/index.ts'

describe('tokens', () => {
  test('words with their places, apostrophes and hyphens inside', () => {
    const text = "It's AT&T's well-known «offer», 3.5 percent."
    expect(wordsOf(text)).toEqual(["it's", "at&t's", 'well-known', 'offer', '3.5', 'percent'])
    for (const token of tokenize(text)) expect(text.slice(token.start, token.end)).toBe(token.text)
  })
  test('apostrophes that a recogniser dropped come back', () => {
    expect(wordsOf('dont im well ill its')).toEqual(["don't", "i'm", 'well', 'ill', 'its'])
  })
  const families = [
    ['resolve', 'resolved', 'resolves', 'resolving'],
    ['party', 'parties'],
    ['box', 'boxes'],
    ['stop', 'stopped', 'stopping'],
    ['apologize', 'apologise', 'apology'],
    ['book', 'books', 'booking', 'booked'],
  ]
  for (const family of families) {
    test(`${family.join(', ')} share a stem`, () => expect(new Set(family.map(stem)).size).toBe(1))
  }
  test('different words keep different stems', () => {
    expect(new Set(['bill', 'ball', 'bus', 'business', 'date', 'data'].map(stem)).size).toBe(6)
  })
})

describe('sentences', () => {
  const cases: [string, string[]][] = [
    ['Hello. How are you? Fine!', ['Hello.', 'How are you?', 'Fine!']],
    ['Dr. Smith is in at 9 a.m. on Monday. Okay.', ['Dr. Smith is in at 9 a.m. on Monday.', 'Okay.']],
    ['It costs 3.50 with tax. Right.', ['It costs 3.50 with tax.', 'Right.']],
    ['no punctuation here', ['no punctuation here']],
    ['', []],
    ['...', []],
  ]
  for (const [text, expected] of cases) {
    test(text || 'empty', () => expect(sentences(text).map((span) => span.text)).toEqual(expected))
  }
  test('spans are places in the text', () => {
    const text = ' One.  Two three? Four'
    for (const span of sentences(text)) expect(text.slice(span.start, span.end)).toBe(span.text)
  })
  test('recogniser output is cut where a new thought begins', () => {
    const text =
      'hi my name is rosa and i need to change my flight to boston okay so i was looking at the one on friday evening because i have a meeting'
    const parts = sentences(text)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.map((span) => span.text).join(' ')).toBe(text)
  })
  test('clauses know the word that joins them', () => {
    expect(
      clauses('The room was nice, but the shower leaked').map(({ text, joint }) => [text, joint]),
    ).toEqual([
      ['The room was nice,', null],
      ['but the shower leaked', 'but'],
    ])
  })
})

describe('negation', () => {
  const cases: [string, string, boolean][] = [
    ["i'm not happy", 'happy', true],
    ["it isn't really very good", 'good', true],
    ['nobody was helpful', 'helpful', true],
    ['not only helpful but fast', 'helpful', false],
    ['no thanks i am happy', 'happy', false],
    ["i didn't like it but it was good", 'good', false],
    ['i am happy', 'happy', false],
    ["i can't say i'm not happy", 'happy', false],
    ["why don't you try the good one", 'good', false],
  ]
  for (const [text, word, negated] of cases) {
    test(text, () => {
      const words = wordsOf(text)
      expect(isNegated(words, words.indexOf(word))).toBe(negated)
    })
  }
})

describe('questions', () => {
  const asked = [
    'Is it open?',
    'how much is it',
    'do you take cards',
    'okay so what is your name',
    'can i come in tomorrow',
    'um where are you located',
  ]
  for (const text of asked) test(`asks: ${text}`, () => expect(isQuestion(text)).toBe(true))
  const told = [
    'It is open.',
    'i know what you mean',
    'what a day',
    'when i called nobody was there',
    'have a nice day',
    'I can do that.',
    'do that please',
  ]
  for (const text of told) test(`tells: ${text}`, () => expect(isQuestion(text)).toBe(false))
  test('counting', () => expect(countQuestions('Hi. Who is this? And where are you? I see.')).toBe(2))
})

describe('patterns', () => {
  const table = compilePatterns([
    ['(very|so) [much] (good|well done)', 'praise'],
    ['call ... back', 'callback'],
    ['number _ please', 'number'],
    ['good', 'good'],
  ])
  const find = (text: string) =>
    findPatterns(table, text.split(' ')).map(({ from, to, value }) => [from, to, value])
  test('alternatives and optional words, the longest first', () => {
    expect(find('it is so much good')).toEqual([[2, 5, 'praise']])
    expect(find('very well done')).toEqual([[0, 3, 'praise']])
    expect(find('good')).toEqual([[0, 1, 'good']])
  })
  test('gaps', () => {
    expect(find('call back')).toEqual([[0, 2, 'callback']])
    expect(find('call me right back')).toEqual([[0, 4, 'callback']])
    expect(find('call me some other day back')).toEqual([])
    expect(find('number two please')).toEqual([[0, 3, 'number']])
    expect(find('number please')).toEqual([])
  })
})

test('a quote is the sentence around the place, verbatim', () => {
  const text = 'First one. The second is longer. Third.'
  expect(quoteAround(text, text.indexOf('longer'))).toBe('The second is longer.')
  const long = Array.from({ length: 100 }, (_, index) => `word${index}`).join(' ')
  const quote = quoteAround(long, long.indexOf('word50'))
  expect(long).toContain(quote)
  expect(quote).toContain('word50')
  expect(quote.length).toBeLessThan(200)
})

test('shortening cuts between words', () => {
  expect(shorten('a short text', 40)).toBe('a short text')
  expect(shorten('one two three four', 10)).toBe('one two…')
})

test('a paraphrase keeps its place in the text', () => {
  const text = 'Well, I am going to transfer you to a specialist.'
  const found = findParaphrase('transfer to a specialist', text)
  expect(text.slice(found?.start, found?.end)).toBe('transfer you to a specialist')
})

test('languages', () => {
  expect(['en', 'en-GB', 'EN_us', '', null, 'und'].map(isEnglish)).toEqual([
    true,
    true,
    true,
    true,
    true,
    true,
  ])
  expect(['es', 'de-DE', 'eng-x', 'fr'].map(isEnglish)).toEqual([false, false, false, false])
})
