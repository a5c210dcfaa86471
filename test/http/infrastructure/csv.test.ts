import { expect, test } from 'bun:test'
import { csvLine } from '../../../src/http/csv.ts'

test.each<[string, unknown, string]>([
  ['a plain text', 'Anna', 'Anna'],
  ['nothing', null, ''],
  ['a number', -0.5, '-0.5'],
  ['a number as text', '-12', '-12'],
  ['an object', { a: 1 }, '"{""a"":1}"'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'say "x"', '"say ""x"""'],
  ['a line break', 'a\nb', '"a\nb"'],
  ['a formula', '=1+1', "'=1+1"],
  ['a formula behind a space', ' =1+1', "' =1+1"],
  ['a phone number', '+12025550142', "'+12025550142"],
  ['a sum that starts with a minus', '-1+1', "'-1+1"],
  ['a mention', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab before a formula', '\t=1', "'\t=1"],
  ['a wide equals sign', '\uff1dcmd', "'\uff1dcmd"],
])('%s becomes one harmless cell', (_, value, cell) => {
  expect(csvLine([value, 'x'])).toBe(`${cell},x\r\n`)
})
