import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Context, Usage } from 'earshot/plugin'
import { type ChatRequest, chat, isTooLong } from '../../src/model/index.ts'
import { refuses, says, startChatEndpoint } from '../support/chat-endpoint.ts'

const endpoint = startChatEndpoint()
afterAll(endpoint.stop)

const SCHEMA = {
  type: 'object',
  properties: { score: { type: 'integer', minimum: 0, maximum: 10 } },
  required: ['score'],
  additionalProperties: false,
}

let spent: Usage[] = []
let logged: string[] = []
let models = 0
beforeEach(() => {
  spent = []
  logged = []
})

function contextWith(given: Partial<Context> = {}): Context {
  const log = (message: string) => void logged.push(message)
  return {
    log: { debug: log, info: log, warn: log },
    signal: new AbortController().signal,
    secrets: { MODEL_API_KEY: 'sk-test' },
    fetch: (url, init) => fetch(url, init),
    model: { url: endpoint.url, name: 'small' },
    spend: (usage) => void spent.push(usage),
    ...given,
  }
}

/** A model of its own for each request, so that nothing learnt about one tells on another. */
const ask = (given: Partial<ChatRequest> = {}, context = contextWith()) =>
  chat({ system: 'Rate it.', user: 'data', schema: SCHEMA, model: `model-${++models}`, ...given }, context)

const failure = (given: Partial<ChatRequest> = {}, context = contextWith()) =>
  ask(given, context).then(
    () => ({ code: 'none', message: 'no error' }),
    (error: Error & { failure?: { code: string; message: string } }) =>
      error.failure ?? { code: error.name, message: error.message },
  )

describe('the request', () => {
  test('asks for the schema, without a stream, with the key', async () => {
    endpoint.answer(() => says({ score: 7 }))
    expect(await ask({ model: undefined, temperature: 0.5, max_tokens: 99 })).toEqual({ score: 7 })
    const [{ path, headers, body }] = endpoint.asked as [(typeof endpoint.asked)[0]]
    expect(path).toBe('/v1/chat/completions')
    expect(headers.get('authorization')).toBe('Bearer sk-test')
    expect(body).toMatchObject({
      model: 'small',
      stream: false,
      temperature: 0.5,
      max_tokens: 99,
      response_format: { type: 'json_schema', json_schema: { strict: true, schema: SCHEMA } },
    })
    expect(body.messages.map(({ role }) => role)).toEqual(['system', 'user'])
  })

  test('goes without a key where there is none', async () => {
    endpoint.answer(() => says({ score: 1 }))
    await ask({}, contextWith({ secrets: {} }))
    expect(endpoint.asked[0]!.headers.has('authorization')).toBe(false)
  })

  test('is strict only with schemas that strictness allows', async () => {
    endpoint.answer(() => says({ score: 1 }))
    await ask({ schema: { type: 'object', properties: { score: { type: 'integer' } } } })
    expect(endpoint.asked[0]!.body.response_format!.json_schema!.strict).toBe(false)
  })

  test('takes simpler forms where the server refuses one, and remembers', async () => {
    const model = `model-${++models}`
    endpoint.answer(({ body }) =>
      body.response_format?.type === 'json_schema'
        ? refuses(400, "'response_format.type' must be 'json_object' or 'text'")
        : says({ score: 3 }),
    )
    expect(await ask({ model })).toEqual({ score: 3 })
    const forms = () => endpoint.asked.map(({ body }) => body.response_format?.type)
    expect(forms()).toEqual(['json_schema', 'json_schema', 'json_object'])
    await ask({ model })
    expect(forms().slice(3)).toEqual(['json_object'])
    expect(endpoint.asked[0]!.body.messages[0]!.content).toContain(JSON.stringify(SCHEMA))
  })

  test('does without what newer models refuse', async () => {
    endpoint.answer(({ body }) => {
      if (body.max_tokens)
        return refuses(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.")
      if (body.temperature !== undefined)
        return refuses(400, "'temperature' does not support 0 with this model.")
      return says({ score: 2 })
    })
    expect(await ask({ temperature: 0, max_tokens: 50 })).toEqual({ score: 2 })
    expect(endpoint.asked.at(-1)!.body).toMatchObject({ max_completion_tokens: 50 })
  })
})

describe('the answer', () => {
  test.each<[string, unknown]>([
    ['in a fence', 'Here you are:\n```json\n{"score": 4}\n```\nAnything else?'],
    ['in a fence without a name', '```\n{"score": 4}\n```'],
    ['behind its thoughts', '<think>maybe {"score": 9}?</think>{"score": 4}'],
    ['among other words', 'The result is {"score": 4}, I believe.'],
    ['with white space around', '\n\n {"score": 4}  '],
    [
      'in parts',
      [
        { type: 'text', text: '{"score"' },
        { type: 'text', text: ': 4}' },
      ],
    ],
  ])('is found %s', async (_name, content) => {
    endpoint.answer(() => says(content))
    expect(await ask()).toEqual({ score: 4 })
    expect(endpoint.asked).toHaveLength(1)
  })

  test.each<[string, unknown, string]>([
    ['of the wrong type', { score: 'high' }, 'score must be integer'],
    ['out of bounds', { score: 11 }, 'score must be <= 10'],
    ['with fields nobody asked for', { score: 1, mood: 'good' }, 'must not have "mood"'],
    ['without the field', {}, "must have required property 'score'"],
    ['that is a list', '[1, 2]', 'it is not a JSON object'],
    ['in prose', 'I would give it a seven.', 'it is not a JSON object'],
    ['that is empty', '', 'it is not a JSON object'],
  ])('%s may be put right once', async (_name, content, fault) => {
    endpoint.answer((_asked, count) => (count === 0 ? says(content) : says({ score: 5 })))
    expect(await ask()).toEqual({ score: 5 })
    const complaint = endpoint.asked[1]!.body.messages.at(-1)!
    expect(complaint).toMatchObject({ role: 'user', content: expect.stringContaining(fault) })
    endpoint.answer(() => says(content))
    expect(await failure()).toMatchObject({
      code: 'model_bad_answer',
      message: expect.stringContaining(fault),
    })
    expect(endpoint.asked).toHaveLength(2)
  })

  test('that was cut off gets more room', async () => {
    endpoint.answer((_asked, count) =>
      count === 0 ? says('{"score": ', { finish: 'length' }) : says({ score: 6 }),
    )
    expect(await ask({ max_tokens: 40 })).toEqual({ score: 6 })
    expect(endpoint.asked.map(({ body }) => body.max_tokens)).toEqual([40, 80])
    expect(JSON.stringify(endpoint.asked[1]!.body.messages)).not.toContain('{\\"score\\": "')
  })

  test('may be a refusal, or no completion at all', async () => {
    endpoint.answer(() => says('', { refusal: 'I cannot do that.' }))
    expect(await failure()).toMatchObject({
      code: 'model_bad_answer',
      message: 'The model declined: I cannot do that.',
    })
    endpoint.answer(() => Response.json({ error: { message: 'no model is loaded' } }))
    expect((await failure()).message).toContain('no model is loaded')
    endpoint.answer(() => new Response('<html>nginx</html>', { headers: { 'content-type': 'text/html' } }))
    expect((await failure()).code).toBe('model_bad_answer')
  })
})

describe('trouble', () => {
  test('that passes is waited for as long as the server asks', async () => {
    const times: number[] = []
    endpoint.answer((_asked, count) => {
      times.push(performance.now())
      return count === 0 ? refuses(429, 'slow down', { 'retry-after': '1' }) : says({ score: 8 })
    })
    expect(await ask()).toEqual({ score: 8 })
    expect(times[1]! - times[0]!).toBeGreaterThan(950)
    expect(logged).toContain('the model endpoint could not answer')
  })

  test.each([408, 409, 500, 502, 503])('%i is tried again', async (status) => {
    endpoint.answer((_asked, count) =>
      count === 0 ? refuses(status, 'later', { 'retry-after-ms': '5' }) : says({ score: 8 }),
    )
    expect(await ask()).toEqual({ score: 8 })
  })

  test('that lasts is told', async () => {
    endpoint.answer(() => refuses(503, 'loading the model', { 'retry-after-ms': '1' }))
    expect(await failure()).toEqual({
      code: 'model_unavailable',
      message: `The model endpoint at ${endpoint.url} answered 503. It said: loading the model`,
    })
    expect(endpoint.asked.length).toBeGreaterThan(3)
  })

  test('that will last for an hour is not waited for', async () => {
    endpoint.answer(() => refuses(429, 'quota used up', { 'retry-after': '3600' }))
    expect((await failure()).message).toContain('quota used up')
    expect(endpoint.asked).toHaveLength(1)
  })

  test.each<[number, string]>([
    [401, 'EARSHOT_SECRET_MODEL_API_KEY'],
    [403, 'does not allow'],
    [404, 'EARSHOT_MODEL_URL'],
  ])('%i says what to look at', async (status, text) => {
    endpoint.answer(() => refuses(status, 'no'))
    expect(await failure()).toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining(text),
    })
    expect(endpoint.asked).toHaveLength(1)
  })

  test('with everything that is asked ends with what the server said', async () => {
    endpoint.answer(() => refuses(400, 'model is not a chat model'))
    expect((await failure()).message).toContain('It said: model is not a chat model')
    expect(endpoint.asked).toHaveLength(4)
  })

  test('with the length is told apart, for it can be helped', async () => {
    endpoint.answer(() => refuses(400, "This model's maximum context length is 4096 tokens."))
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(isTooLong(error)).toBe(true)
    expect(endpoint.asked).toHaveLength(1)
  })

  test('of a dead server is named', async () => {
    const context = contextWith({ model: { url: 'http://127.0.0.1:9/v1', name: 'small' } })
    context.fetch = () => Promise.reject(new Error('connection refused'))
    const quick = failure({}, context)
    expect(await quick).toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining('127.0.0.1:9'),
    })
  })

  test('of a slow server ends with the run', async () => {
    const abort = new AbortController()
    endpoint.answer(() => Bun.sleep(5000).then(() => says({ score: 1 })))
    setTimeout(
      () => abort.abort(new DOMException('The time limit of the run is reached.', 'TimeoutError')),
      100,
    )
    const from = performance.now()
    expect((await failure({}, contextWith({ signal: abort.signal }))).message).toContain('time limit')
    expect(performance.now() - from).toBeLessThan(2000)
  })
})

describe('the bill', () => {
  test('counts every request, the repair too', async () => {
    endpoint.answer((_asked, count) => says(count === 0 ? 'what?' : { score: 5 }))
    await ask({ price: { input: 2, output: 10 } })
    const one = {
      model: 'served-model',
      input_tokens: 100,
      output_tokens: 20,
      cost: expect.closeTo(0.0004, 10),
    }
    expect(spent).toEqual([one, one])
  })

  test('has no cost without prices, and no tokens where the server tells none', async () => {
    endpoint.answer(() => says({ score: 5 }, { usage: null }))
    await ask({ price: { input: 2, output: null } })
    expect(spent).toEqual([{ model: 'served-model', input_tokens: 0, output_tokens: 0, cost: null }])
  })
})

test.each<[string, Context['model'], string]>([
  ['an endpoint', { name: 'small' }, 'EARSHOT_MODEL_URL'],
  ['a model', { url: 'http://127.0.0.1:1/v1' }, 'EARSHOT_MODEL'],
])('without %s it says what to set', async (_name, model, text) => {
  expect(await failure({ model: undefined }, contextWith({ model }))).toMatchObject({
    code: 'model_not_configured',
    message: expect.stringContaining(text),
  })
})
