import { expect, test } from 'bun:test'
import { languageTag } from '../../src/pipeline/languages.ts'

const cases: [given: string | undefined, tag: string | null][] = [
  ['en', 'en'],
  ['pt-BR', 'pt-BR'],
  ['yue', 'yue'],
  ['english', 'en'],
  ['Spanish', 'es'],
  ['German', 'de'],
  ['haitian creole', 'ht'],
  ['', null],
  [undefined, null],
  ['klingon of the north', null],
]

for (const [given, tag] of cases)
  test(`${given} is ${tag}`, () => {
    expect(languageTag(given)).toBe(tag)
  })
