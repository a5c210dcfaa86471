import { describe, expect, test } from 'bun:test'
import { findField, valueAt } from '../../../src/core/algorithms/result-fields.ts'

const schema = {
  type: 'object',
  properties: {
    status: { enum: ['booked', 'none'] },
    patient: {
      type: 'object',
      properties: {
        name: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        born: { type: 'string', format: 'date' },
      },
      additionalProperties: false,
    },
    turns: {
      type: 'array',
      items: { type: 'object', properties: { score: { type: 'number' } }, additionalProperties: false },
    },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
    shares: { type: 'object', additionalProperties: { type: 'number' } },
    free: {},
    either: {
      oneOf: [
        { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
        { type: 'object', properties: { b: { type: 'integer' } }, additionalProperties: false },
      ],
    },
    tree: { $ref: '#/$defs/node' },
    'a/b~c': { type: 'boolean' },
    coded: { type: 'string', pattern: '^(a+)+$' },
  },
  additionalProperties: false,
  $defs: {
    node: {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      additionalProperties: false,
    },
  },
}

describe('a field', () => {
  test.each<[string, string, unknown, unknown]>([
    ['status', 'status', 'booked', 'later'],
    ['patient.name', 'patient.name', null, 3],
    ['patient.born', 'patient.born', '1980-02-29', 'in spring'],
    ['patient', 'patient', { name: 'A' }, { shoe: 1 }],
    ['turns.12.score', 'turns.*.score', 0.5, 'high'],
    ['turns.0', 'turns.*', { score: 1 }, { other: 1 }],
    ['turns', 'turns', [], {}],
    ['pair.1', 'pair.*', 4, 'four'],
    ['shares.joy', 'shares.joy', 0.25, 'much'],
    ['either.a', 'either.a', 'x', 1],
    ['either.b', 'either.b', 1, 'x'],
    ['tree.children.0.children.7.name', 'tree.children.*.children.*.name', 'x', 1],
    ['a/b~c', 'a/b~c', true, 'yes'],
  ])('%s is found, and takes what fits', (field, group, fine, wrong) => {
    const found = findField(schema, field)!
    expect(found.group).toBe(group)
    expect(found.problemOf(fine)).toBeUndefined()
    expect(found.problemOf(wrong)).toMatch(/Does not fit/)
  })

  test.each(['free.anything.0.at.all', 'free'])('%s takes anything', (field) => {
    expect(findField(schema, field)!.problemOf({ any: [1] })).toBeUndefined()
  })

  test.each([
    'unknown',
    'patient.unknown',
    'patient.name.first',
    'turns.first.score',
    'turns.-1.score',
    'turns.01.score',
    'turns.1e3.score',
    'pair.2',
    'either.c',
    '__proto__',
    'constructor',
    'patient.toString',
    'patient.',
    '.patient',
    '',
  ])('«%s» is none', (field) => {
    expect(findField(schema, field)).toBeUndefined()
  })

  test('is not checked with a foreign regular expression, which may take for ever', () => {
    const since = performance.now()
    expect(findField(schema, 'coded')!.problemOf(`${'a'.repeat(40)}!`)).toBeUndefined()
    expect(performance.now() - since).toBeLessThan(1000)
  })
})

test('the value at a path is that of the result itself, never of its prototype', () => {
  const result = { patient: { name: 'A' }, turns: [{ score: 1 }] }
  expect(valueAt(result, 'patient.name')).toBe('A')
  expect(valueAt(result, 'turns.0.score')).toBe(1)
  for (const field of ['turns.1.score', 'turns.length.x', 'patient.constructor', 'patient.name.length'])
    expect(valueAt(result, field)).toBeUndefined()
})
