import type {
  ChatCompletion,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions'
import type { Context } from '../plugin-host/contract.ts'
import { modelError } from './errors.ts'

export type Params = ChatCompletionCreateParamsNonStreaming
export type Completion = ChatCompletion

/** An answer that says no, as far as it concerns what was asked for. */
export interface Refused {
  status: number
  message: string
}

const KEY = 'MODEL_API_KEY'
const MAX_RETRIES = 3
/** The run's own limit ends a request; the client's would only come before it. */
const TIMEOUT_MS = 24 * 3_600_000
/** Longer waits than this are not worth holding a run for. */
const LONGEST_WAIT_SECONDS = 60
const RETRIED = new Set([408, 409, 429])
const EXCERPT = 300

/** One request. What the server refuses for its content is an answer; a server that fails for good is an error. */
export async function complete(params: Params, context: Context): Promise<Completion | Refused> {
  const { APIError, APIUserAbortError, APIConnectionError, OpenAI } = await import('openai')
  const { url, name: _ } = context.model
  const key = context.secrets[KEY]
  const client = new OpenAI({
    baseURL: url,
    apiKey: key ?? 'none',
    defaultHeaders: key ? {} : { authorization: null },
    maxRetries: MAX_RETRIES,
    timeout: TIMEOUT_MS,
    fetch: watchedFetch(context),
  })
  try {
    return asCompletion(await client.chat.completions.create(params, { signal: context.signal }))
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof APIUserAbortError) throw error
    if (error instanceof APIConnectionError)
      throw modelError(
        'model_unavailable',
        `The model endpoint at ${url} cannot be reached: ${causeOf(error)}`,
      )
    if (!(error instanceof APIError) || error.status === undefined) throw error
    return judge({ status: error.status, message: detailOf(error) }, params.model, context)
  }
}

/** Says in the job's log that it waits, and does not wait for hours. */
function watchedFetch({ fetch, log }: Context) {
  return async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url as string, init)
    if (response.ok || !(RETRIED.has(response.status) || response.status >= 500)) return response
    const after = secondsOf(response.headers.get('retry-after'))
    log.warn('the model endpoint could not answer', { status: response.status, retry_after_seconds: after })
    if (after === null || after <= LONGEST_WAIT_SECONDS) return response
    const headers = new Headers(response.headers)
    headers.set('x-should-retry', 'false')
    return new Response(response.body, { status: response.status, headers })
  }
}

function secondsOf(header: string | null): number | null {
  if (!header) return null
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : null
}

/** Some servers answer 200 with an error, or with a page of something else. */
function asCompletion(answer: Completion): Completion {
  if (typeof answer === 'object' && answer !== null && Array.isArray(answer.choices)) return answer
  const detail = (answer as { error?: { message?: unknown } } | null)?.error?.message
  const said = typeof detail === 'string' ? `: ${detail.slice(0, EXCERPT)}` : ''
  throw modelError('model_bad_answer', `The model endpoint answered with no chat completion${said}`)
}

const SENTENCES: Record<number, (model: string) => string> = {
  401: () => `The model endpoint refused the key: check EARSHOT_SECRET_${KEY}.`,
  403: (model) => `The model endpoint does not allow this key to use ${model}.`,
  404: (model) => `The model endpoint knows no model «${model}», or EARSHOT_MODEL_URL is wrong.`,
  429: () => 'The model endpoint keeps refusing because of too many requests or a used-up quota.',
}

/** What asking differently cannot change ends here. */
function judge(refused: Refused, model: string, { model: { url } }: Context): Refused {
  const { status, message } = refused
  const sentence = SENTENCES[status]?.(model)
  const isServers = status >= 500 && !/grammar|schema|response_format/i.test(message)
  if (!sentence && !isServers && !RETRIED.has(status)) return refused
  const shown = sentence ?? `The model endpoint at ${url} answered ${status}.`
  throw modelError('model_unavailable', message ? `${shown} It said: ${message}` : shown)
}

/** Servers put the reason into `error.message`, `error`, `detail` or `message`; the client keeps only the first. */
function detailOf(error: { error?: unknown; message: string }): string {
  const body = error.error as { message?: unknown; detail?: unknown } | string | undefined
  const text = typeof body === 'string' ? body : (body?.message ?? body?.detail ?? error.message)
  const said = typeof text === 'string' ? text : JSON.stringify(text)
  return /^\s*</.test(said) ? '' : said.replace(/\s+/g, ' ').trim().slice(0, EXCERPT)
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message)
