import type { Context } from '../plugin-host/contract.ts'
import { findObject } from './answers.ts'
import type { Completion, Params } from './client.ts'
import { modelError } from './errors.ts'
import { request, type Wanted } from './requests.ts'
import { makeSlots } from './slots.ts'
import { type Validate, validatorOf } from './validators.ts'

const USUAL_CONCURRENCY = 16
const USUAL_MAX_TOKENS = 2048
const PER_PRICE = 1_000_000
/** Of a wrong answer, as the model gets it back to put it right. */
const MAX_ECHO = 8000

export interface ChatRequest {
  /** What is asked: instructions alone, never words of a call. */
  system: string
  /** The data that it is asked about. */
  user: string
  /** JSON Schema that the answer must fit. */
  schema: Record<string, unknown>
  /** Default the operator's. */
  model?: string
  temperature?: number | null
  max_tokens?: number
  /** For a million tokens each; the cost is unknown without. */
  price?: { input: number | null; output: number | null }
}

let slots: ReturnType<typeof makeSlots> | undefined

/**
 * Asks the operator's model for an object that fits a schema. The schema is asked for in the way that the server
 * takes and checked whatever it says; a wrong answer may be put right once. Notes the usage on the run.
 */
export async function chat(asked: ChatRequest, context: Context): Promise<Record<string, unknown>> {
  const wanted = wantedOf(asked, context)
  const validate = await validatorOf(asked.schema)
  slots ??= makeSlots(context.model.concurrency ?? USUAL_CONCURRENCY)
  return slots(context.signal, () => converse(wanted, asked, validate, context))
}

function wantedOf(asked: ChatRequest, { model: endpoint }: Context): Wanted {
  const model = asked.model || endpoint.name
  if (!endpoint.url)
    throw notConfigured('EARSHOT_MODEL_URL to an OpenAI-compatible server, as in http://127.0.0.1:8000/v1')
  if (!model) throw notConfigured('EARSHOT_MODEL, or the variable `model`, to the name of a model')
  return {
    model,
    schema: asked.schema,
    messages: [
      { role: 'system', content: `${asked.system}\n\n${answerRule(asked.schema)}` },
      { role: 'user', content: asked.user },
    ],
    temperature: asked.temperature ?? null,
    maxTokens: asked.max_tokens ?? USUAL_MAX_TOKENS,
  }
}

const notConfigured = (what: string) =>
  modelError('model_not_configured', `No language model is configured. Set ${what}, then run this again.`)

const answerRule = (schema: object) =>
  `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(schema)}`

async function converse(wanted: Wanted, asked: ChatRequest, validate: Validate, context: Context) {
  const first = await ask(wanted, asked, validate, context)
  if (first.value) return first.value
  context.log.warn('the model gave an answer that does not fit; asking once more', { faults: first.faults })
  const second = await ask(repairOf(wanted, first), asked, validate, context)
  if (second.value) return second.value
  throw modelError(
    'model_bad_answer',
    `The model's answer does not fit the schema: ${second.faults.join('; ')}`,
  )
}

interface Judged {
  value?: Record<string, unknown>
  text: string
  isCut: boolean
  faults: string[]
}

async function ask(
  wanted: Wanted,
  asked: ChatRequest,
  validate: Validate,
  context: Context,
): Promise<Judged> {
  const completion = await request(wanted, context)
  context.spend(usageOf(completion, wanted.model, asked.price))
  const [choice] = completion.choices
  const refusal = choice?.message?.refusal
  if (refusal) throw modelError('model_bad_answer', `The model declined: ${refusal.slice(0, 200)}`)
  return judge(textOf(choice), choice?.finish_reason === 'length', validate)
}

function judge(text: string, isCut: boolean, validate: Validate): Judged {
  const found = findObject(text)
  if (!found) return { text, isCut, faults: [isCut ? 'it was cut off' : 'it is not a JSON object'] }
  const faults = validate(found)
  return faults.length === 0 ? { value: found, text, isCut, faults } : { text, isCut, faults }
}

/** Some servers give the content in parts. */
function textOf(choice: Completion['choices'][number] | undefined): string {
  const content: unknown = choice?.message?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: { text?: unknown } | null) => (typeof part?.text === 'string' ? part.text : ''))
    .join('')
}

/** A cut answer needs more room, any other one to be told what is wrong with it. */
function repairOf(wanted: Wanted, { text, isCut, faults }: Judged): Wanted {
  if (isCut)
    return {
      ...wanted,
      maxTokens: wanted.maxTokens * 2,
      messages: [...wanted.messages, say('user', SHORTER)],
    }
  const complaint = `That answer does not fit the JSON Schema: ${faults.join('; ')}. Give the whole object again, put right, and nothing else.`
  return {
    ...wanted,
    messages: [...wanted.messages, say('assistant', text.slice(0, MAX_ECHO) || '{}'), say('user', complaint)],
  }
}

const SHORTER = 'Keep every text short, so that the whole JSON object fits into your answer.'

const say = (role: 'user' | 'assistant', content: string): Params['messages'][number] => ({ role, content })

function usageOf({ usage, model }: Completion, asked: string, price: ChatRequest['price']) {
  const input_tokens = usage?.prompt_tokens ?? 0
  const output_tokens = usage?.completion_tokens ?? 0
  const isPriced = usage && price && price.input !== null && price.output !== null
  const cost = isPriced ? (input_tokens * price.input! + output_tokens * price.output!) / PER_PRICE : null
  return { model: typeof model === 'string' && model ? model : asked, input_tokens, output_tokens, cost }
}
