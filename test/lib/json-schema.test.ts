import { expect, test } from 'bun:test'
import { schemaProblem, withoutPatterns } from '../../src/lib/json-schema.ts'

const withField = (field: unknown, more: object = {}) => ({
  type: 'object',
  properties: { a: field },
  ...more,
})

const nested = (depth: number): object =>
  depth === 0 ? { type: 'string' } : { type: 'array', items: nested(depth - 1) }

/** Each level is four times the work of the one below. */
function growing(levels: number) {
  const $defs: Record<string, object> = { d0: { type: 'string' } }
  for (let at = 1; at <= levels; at++)
    $defs[`d${at}`] = { anyOf: Array(4).fill({ $ref: `#/$defs/d${at - 1}` }) }
  return withField({ $ref: `#/$defs/d${levels}` }, { $defs })
}

test.each<[string, unknown]>([
  ['an object', withField({ type: 'string', enum: ['x'], minLength: 1 })],
  ['an object without fields', { type: 'object' }],
  [
    'definitions used twice',
    withField(
      { anyOf: [{ $ref: '#/$defs/b' }, { $ref: '#/$defs/b' }] },
      { $defs: { b: { type: 'string' } } },
    ),
  ],
  [
    'fields named like keywords',
    withField({}, { properties: { $id: { type: 'string' }, $ref: { type: 'string' }, pattern: {} } }),
  ],
  ['data that looks like keywords', withField({ const: { $id: 'x', $ref: 'y' } })],
])('%s can be taken', (_name, schema) => {
  expect(schemaProblem(schema)).toBeUndefined()
})

test.each<[string, unknown, RegExp]>([
  ['a text', 'object', /must be a JSON Schema/],
  ['a list', [], /must be a JSON Schema/],
  ['no object', { type: 'array' }, /describe an object/],
  ['a remote reference', withField({ $ref: 'https://example.com/x.json' }), /\$ref/],
  ['a reference into itself', withField({ $ref: '#' }), /\$ref/],
  ['a reference to nothing', withField({ $ref: '#/$defs/none' }), /\$ref/],
  [
    'a circle',
    withField({ $ref: '#/$defs/b' }, { $defs: { b: { items: { $ref: '#/$defs/b' } } } }),
    /itself/,
  ],
  ['endless work', growing(9), /too large/],
  ['a name of its own', withField({ $id: 'x' }), /\$id/],
  ['promises', { ...withField({}), $async: true }, /\$async/],
  ['great depth', withField(nested(40)), /deeper/],
  ['great size', withField({ description: 'x'.repeat(70_000) }), /64 KB/],
  ['fields that are none', { type: 'object', properties: [] }, /properties/],
])('%s cannot', (_name, schema, problem) => {
  expect(schemaProblem(schema)).toMatch(problem)
})

test('endless work is noticed at once', () => {
  const from = performance.now()
  schemaProblem(growing(9))
  expect(performance.now() - from).toBeLessThan(200)
})

test('patterns go, and fields that are called so stay', () => {
  const schema = {
    type: 'object',
    properties: { pattern: { type: 'string', pattern: '(a+)+$' } },
    propertyNames: { pattern: 'x' },
  }
  expect(withoutPatterns(schema)).toEqual({ type: 'object', properties: { pattern: { type: 'string' } } })
})
