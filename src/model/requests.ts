import type { Context } from '../plugin-host/contract.ts'
import { type Completion, complete, type Params, type Refused } from './client.ts'
import { modelError, tooLong } from './errors.ts'
import { allowsStrict } from './strictness.ts'

export interface Wanted {
  model: string
  messages: Params['messages']
  schema: Record<string, unknown>
  temperature: number | null
  maxTokens: number
}

type Form = (schema: Record<string, unknown>) => Params['response_format']

/** The surest first; a server that refuses one is asked for the next. */
const FORMS: Form[] = [
  (schema) => ({ type: 'json_schema', json_schema: { name: 'result', schema, strict: true } }),
  (schema) => ({ type: 'json_schema', json_schema: { name: 'result', schema, strict: false } }),
  () => ({ type: 'json_object' }),
  () => undefined,
]
const FIRST_LOOSE = 1
const MAX_REMEMBERED = 500
const TOO_LONG =
  /context.?(length|window|size)|maximum context|too (long|many tokens)|exceeds? the (available )?context/i

/** How a server wants to be asked, as it turned out. */
interface Habits {
  form: number
  maxTokensName: 'max_tokens' | 'max_completion_tokens'
  withTemperature: boolean
}

const remembered = new Map<string, Habits>()

/** Asks in the way that the server is known to take, and finds that way out when it is not. */
export async function request(wanted: Wanted, context: Context): Promise<Completion> {
  const key = JSON.stringify([context.model.url, wanted.model, wanted.schema])
  let habits = remembered.get(key) ?? firstHabits(wanted.schema)
  for (;;) {
    const answer = await complete(paramsFor(wanted, habits), context)
    if ('choices' in answer) {
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      remembered.set(key, habits)
      return answer
    }
    habits = adapt(habits, answer)
    context.log.debug('the model endpoint refused this way of asking', { status: answer.status })
  }
}

const firstHabits = (schema: Record<string, unknown>): Habits => ({
  form: allowsStrict(schema) ? 0 : FIRST_LOOSE,
  maxTokensName: 'max_tokens',
  withTemperature: true,
})

function paramsFor({ model, messages, schema, temperature, maxTokens }: Wanted, habits: Habits): Params {
  const response_format = FORMS[habits.form]!(schema)
  return {
    model,
    messages,
    stream: false,
    [habits.maxTokensName]: maxTokens,
    ...(habits.withTemperature && temperature !== null && { temperature }),
    ...(response_format && { response_format }),
  }
}

/** The next way to try. Throws when there is none. */
function adapt(habits: Habits, { status, message }: Refused): Habits {
  if (status === 413 || TOO_LONG.test(message))
    throw tooLong(`The call is too long for the model: ${message || status}`)
  if (habits.maxTokensName === 'max_tokens' && message.includes('max_completion_tokens'))
    return { ...habits, maxTokensName: 'max_completion_tokens' }
  if (habits.withTemperature && /temperature/i.test(message)) return { ...habits, withTemperature: false }
  if (habits.form + 1 < FORMS.length) return { ...habits, form: habits.form + 1 }
  const detail = message ? ` It said: ${message}` : ''
  throw modelError('model_unavailable', `The model endpoint refused the request with ${status}.${detail}`)
}
