import { expect, test } from 'bun:test'
import { createAnswers, isAnswer } from '../../src/plugin-host/answers.ts'
import { z } from '../../src/plugin-host/contract.ts'
import { describePlugin } from '../../src/plugin-host/describe.ts'

const entryOf = (result: z.ZodType, variables: z.ZodType = z.object({})) =>
  describePlugin({ name: 'made.ts', shipped: false }, null, {
    plugin: 'algorithm',
    id: 'made',
    version: '1',
    name: 'Made',
    variables,
    result,
    analyze: () => null,
  }).entry

const read = (result: z.ZodType, answer: unknown) =>
  createAnswers().read(entryOf(result), 'analyze', JSON.stringify(answer))

test('an answer that does not fit is refused by the name of the field', () => {
  const schema = z.object({ scores: z.array(z.object({ value: z.number().max(1) })) })
  expect(read(schema, { scores: [{ value: 1 }] })).toEqual({ result: { scores: [{ value: 1 }] } })
  const { failure } = read(schema, { scores: [{ value: 1 }, { value: 2 }] })
  expect(failure).toMatchObject({
    code: 'plugin_bad_result',
    message: expect.stringContaining('scores.1.value'),
  })
  expect(read(schema, { scores: [], more: 1 }).failure).toBeDefined()
  expect(createAnswers().read(entryOf(schema), 'analyze', '{"scores": [').failure?.message).toContain(
    'not JSON',
  )
})

test('a regular expression of a plugin never runs in this process', () => {
  const schema = z.object({ text: z.string().regex(/^(.*)(.*)(.*)(.*)x$/) })
  const started = performance.now()
  expect(read(schema, { text: 'a'.repeat(5000) }).failure).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(200)
})

test('alternatives, records and properties with the names of keywords are understood', () => {
  const schema = z.object({
    pattern: z.string(),
    properties: z.record(z.string().regex(/^a/), z.number()),
    either: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a') }),
      z.object({ kind: z.literal('b'), oneOf: z.string() }),
    ]),
  })
  const answer = { pattern: 'x', properties: { a: 1 }, either: { kind: 'b', oneOf: 'y' } }
  expect(read(schema, answer)).toEqual({ result: answer })
  expect(read(schema, { ...answer, properties: { a: 'one' } }).failure).toBeDefined()
  expect(read(schema, { ...answer, either: { kind: 'b' } }).failure).toBeDefined()
})

test('unknown variables are found at any depth, but not where the schema allows them', () => {
  const variables = z.object({
    list: z.array(z.object({ name: z.string() })).default([]),
    free: z.record(z.string(), z.string()).default({}),
    loose: z.looseObject({ a: z.number().optional() }).default({}),
    both: z
      .object({ a: z.number().optional() })
      .and(z.object({ b: z.number().optional() }))
      .default({}),
  })
  const given = {
    list: [{ name: 'x', nmae: 'y' }],
    free: { any: 'z' },
    loose: { b: 1 },
    both: { a: 1, b: 2 },
    typo: 1,
  }
  const problems = createAnswers().findProblems(entryOf(z.object({}), variables), given)
  expect(problems.map((problem) => problem.field).sort()).toEqual(['list.0.nmae', 'typo'])
})

test('what is no answer at all is told apart', () => {
  expect(isAnswer({ run: 1, ms: 1, at: 1, result: '{}' })).toBe(true)
  expect(isAnswer({ run: 1, ms: 1, at: 1, failure: { code: 'plugin_error', message: 'x' } })).toBe(true)
  const bad = [null, 1, {}, { run: '1', ms: 1, at: 1, result: '' }, { run: 1, ms: null, at: 1, result: '' }]
  for (const value of [...bad, { run: 1, ms: 1, at: 1 }]) expect(isAnswer(value)).toBe(false)
})
