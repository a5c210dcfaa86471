import { describe, expect, test } from 'bun:test'
import { pieces, readDigits, readYear, spokenNumbers } from '../../src/text/index.ts'

describe('spoken numbers', () => {
  test.each([
    ['twenty three', [23]],
    ['twenty-third', [23]],
    ['nineteen eighty five', [1985]],
    ['nineteen oh five', [1905]],
    ['two thousand and three', [2003]],
    ['twenty twenty six', [2026]],
    ['five hundred and twelve', [512]],
    ['seven of the 14th', [7, 14]],
    ['nothing here', []],
  ])('%s', (text, values) => {
    expect(spokenNumbers(text).map((number) => number.value)).toEqual(values)
  })

  test('know their place in the text', () => {
    const text = 'it was about twenty three euros'
    const [number] = spokenNumbers(text)
    expect(text.slice(number!.start, number!.end)).toBe('twenty three')
  })
})

describe('dictated digits', () => {
  test.each([
    ['double seven', '77'],
    ['triple five', '555'],
    ['oh', '0'],
    ['fifteen', '15'],
    ['twenty three', '23'],
    ['eight hundred five five', '800'],
    ['0134', '0134'],
  ])('%s', (text, digits) => {
    expect(readDigits(pieces(text), 0)?.digits).toBe(digits)
  })

  test('a word that is no number adds nothing', () => {
    expect(readDigits(pieces('doubled'), 0)).toBeUndefined()
    expect(readDigits(pieces('double the price'), 0)).toBeUndefined()
  })
})

test.each([
  ['eighty five', 85],
  ['oh three', 3],
  ['76', 76],
])('a year of two digits where one is expected: %s', (text, value) => {
  expect(readYear(pieces(text), 0, true)?.value).toBe(value)
})
