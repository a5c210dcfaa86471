import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Run } from '../support/api.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../support/appliance.ts'
import { type Asked, refuses, says, startChatEndpoint } from '../support/chat-endpoint.ts'
import { sampleCall } from '../support/sample-call.ts'

interface PromptRun extends Run {
  degraded: boolean
  usage: Record<string, unknown> | null
}

const endpoint = startChatEndpoint()
let appliance: TestAppliance

beforeAll(async () => {
  appliance = await startAppliance({
    model_url: endpoint.url,
    model: 'house-model',
    model_timeout: 3,
    secrets: { MODEL_API_KEY: 'sk-house' },
  })
})
afterAll(async () => {
  await stopAppliances()
  endpoint.stop()
})

const SCHEMA = {
  type: 'object',
  properties: { refund: { type: 'boolean' }, amount: { type: ['number', 'null'] } },
  required: ['refund', 'amount'],
  additionalProperties: false,
}

const patch = (id: string, variables: object) =>
  appliance.api.send('PATCH', `/algorithms/${id}/variables?workspace_id=default`, { variables })

async function runOf(ids: string[] | undefined, on = appliance): Promise<PromptRun[]> {
  const id = await on.api.submit(sampleCall({ algorithm_ids: ids }))
  await on.api.ended(id)
  return (await on.api.runs(id)) as PromptRun[]
}

const schemaAsked = ({ body }: Asked) => body.response_format?.json_schema?.schema

describe('an algorithm without code', () => {
  test('is made by copying the prompt, and answers in the form of its schema', async () => {
    const variables = {
      prompt: 'Was a refund promised, and how much?',
      schema: SCHEMA,
      input_price: 1,
      output_price: 5,
    }
    const body = { algorithm_id: 'refunds', name: 'Refunds', variables }
    const made = await appliance.api.send('POST', '/algorithms/prompt_v1/copy', body)
    expect(made).toMatchObject({
      status: 201,
      body: { kind: 'prompt', scope: 'global', result_schema: SCHEMA },
    })
    endpoint.answer(() => says({ refund: true, amount: 40 }))
    const [run] = await runOf(['refunds'])
    expect(run).toMatchObject({
      algorithm_id: 'refunds',
      status: 'completed',
      degraded: false,
      revision: 1,
      result: { refund: true, amount: 40 },
      usage: {
        model: 'served-model',
        calls: 1,
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        cost: 0.0002,
      },
    })
    const [{ headers, body: asked }] = endpoint.asked as [Asked]
    expect(headers.get('authorization')).toBe('Bearer sk-house')
    expect(asked.model).toBe('house-model')
    expect(asked.messages[0]!.content).toContain('Was a refund promised, and how much?')
    expect(asked.messages[1]!.content).toContain('[1] Customer: Hi, my name is Anna Keller.')
  })

  test('fails with the reason when the model does not answer as it should', async () => {
    endpoint.answer(() => says({ refund: 'perhaps', amount: 40 }))
    const [run] = await runOf(['refunds'])
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'model_bad_answer', message: expect.stringContaining('refund must be boolean') },
      usage: { calls: 2, total_tokens: 240 },
    })
  })

  test('ends with the time limit of a slow server, and harms nothing after it', async () => {
    endpoint.answer(() => Bun.sleep(10_000).then(() => says({ refund: true, amount: null })))
    const [slow] = await runOf(['refunds'])
    expect(slow).toMatchObject({ status: 'failed', error: { code: 'plugin_timeout' } })
    endpoint.answer(() => says({ refund: false, amount: null }))
    const [next, beside] = await runOf(['refunds', 'sentiment_v1'])
    expect([next, beside]).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  }, 15_000)

  test('names the model of the workspace, but never its server', async () => {
    await patch('refunds', { model: 'our-model' })
    endpoint.answer(() => says({ refund: false, amount: null }))
    await runOf(['refunds'])
    expect(endpoint.asked[0]!.body.model).toBe('our-model')
    expect((await patch('refunds', { base_url: 'http://127.0.0.1:1' })).status).toBe(422)
  })

  test.each<[string, object, string]>([
    ['no schema', { schema: { type: 'array' } }, 'variables.schema'],
    [
      'a schema that refers elsewhere',
      { schema: { type: 'object', properties: { a: { $ref: 'http://x/y' } } } },
      'variables.schema',
    ],
    [
      'a schema without end',
      {
        schema: {
          type: 'object',
          properties: { a: { $ref: '#/$defs/a' } },
          $defs: { a: { items: { $ref: '#/$defs/a' } } },
        },
      },
      'variables.schema',
    ],
    [
      'a schema of nonsense',
      { schema: { type: 'object', properties: { a: { type: 'colour' } } } },
      'variables.schema',
    ],
    ['an unknown placeholder', { prompt: 'Hello {{nobody}}' }, 'variables.prompt'],
    ['a wrong temperature', { temperature: 9 }, 'variables.temperature'],
  ])('is refused %s', async (_name, variables, field) => {
    const { status, body } = await patch('refunds', variables)
    expect({ status, field: (body as { errors: { field: string }[] }).errors?.[0]?.field }).toEqual({
      status: 422,
      field,
    })
  })

  test('is none of those that run by default', async () => {
    endpoint.answer(() => says({}))
    expect((await runOf(undefined)).map(({ algorithm_id }) => algorithm_id)).not.toContain('prompt_v1')
    expect(endpoint.asked).toEqual([])
  })

  test('says what to set where no model is configured', async () => {
    const bare = await startAppliance()
    const [run] = await runOf(['prompt_v1'], bare)
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'model_not_configured', message: expect.stringContaining('EARSHOT_MODEL_URL') },
    })
    await bare.stop()
  })
})

describe('a prompt that is preferred', () => {
  const VERDICT = { sentiment: 'negative', score: -0.5 }
  const MADE_BY_MODEL = {
    ...VERDICT,
    reason: 'The wait.',
    by_speaker: { agent: VERDICT, customer: VERDICT },
    trend: 'steady',
    turns: [],
  }
  const prefer = (preferred: Record<string, string | null>) =>
    appliance.api.send('PATCH', '/config/workspaces/default/processing', { prefer: preferred })

  beforeAll(async () => {
    await appliance.api.post('/algorithms/prompt_v1/copy', {
      algorithm_id: 'felt',
      variables: { prompt: 'How did the customer feel?' },
    })
    expect((await prefer({ sentiment_v1: 'felt' })).status).toBe(200)
  })

  test('answers in the form of the algorithm, under its id', async () => {
    endpoint.answer(() => says(MADE_BY_MODEL))
    const [run] = await runOf(['sentiment_v1'])
    expect(run).toMatchObject({
      algorithm_id: 'sentiment_v1',
      status: 'completed',
      degraded: false,
      result: MADE_BY_MODEL,
      usage: { algorithm_id: 'felt', calls: 1 },
    })
    const { result_schema } = await appliance.api.get<{ result_schema: object }>('/algorithms/sentiment_v1')
    expect(schemaAsked(endpoint.asked[0]!)).toEqual(result_schema)
  })

  test.each<[string, () => Response]>([
    ['refuses', () => refuses(401, 'no')],
    ['answers in another form', () => says({ summary: 'A call.' })],
  ])('gives way to the algorithm itself when the model %s', async (_name, answer) => {
    endpoint.answer(answer)
    const id = await appliance.api.submit(sampleCall({ algorithm_ids: ['summary_v1', 'sentiment_v1'] }))
    expect((await appliance.api.ended(id)).status).toBe('completed')
    const [beside, run] = (await appliance.api.runs(id)) as PromptRun[]
    expect(beside!.degraded).toBe(false)
    expect(run).toMatchObject({ algorithm_id: 'sentiment_v1', status: 'completed', degraded: true })
    expect(run!.result).toHaveProperty('by_speaker')
    const line = (await appliance.api.logs(id)).find(({ message }) =>
      message.startsWith('felt was tried first'),
    )
    expect(line).toMatchObject({ level: 'warn', data: { algorithm_id: 'sentiment_v1', preferred: 'felt' } })
  })

  test('must be a prompt that is there', async () => {
    for (const preferred of ['summary_v1', 'nope']) {
      const { status, body } = await prefer({ sentiment_v1: preferred })
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'processing.prefer.sentiment_v1' }] },
      })
    }
    expect((await prefer({ nope: 'felt' })).status).toBe(422)
    expect((await prefer({ sentiment_v1: 'sentiment_v1' })).status).toBe(200)
    endpoint.answer(() => says(MADE_BY_MODEL))
    const [run] = await runOf(['sentiment_v1'])
    expect([run!.degraded, endpoint.asked.length]).toEqual([false, 0])
  })
})
