export interface Asked {
  path: string
  headers: Headers
  body: {
    model: string
    stream?: boolean
    temperature?: number
    max_tokens?: number
    max_completion_tokens?: number
    messages: { role: string; content: string }[]
    response_format?: { type: string; json_schema?: { schema: object; strict?: boolean } }
  }
}

type Reply = (asked: Asked, count: number) => Response | Promise<Response>

export interface ChatEndpoint {
  url: string
  asked: Asked[]
  /** From now on; the next request counts as 0. */
  answer(reply: Reply): void
  stop(): void
}

/** A server that speaks the protocol of chat completions on loopback, and answers as it is told. */
export function startChatEndpoint(): ChatEndpoint {
  let asked: Asked[] = []
  let reply: Reply = () => says({})
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const { pathname: path } = new URL(request.url)
      const one = { path, headers: request.headers, body: (await request.json()) as Asked['body'] }
      asked.push(one)
      return reply(one, asked.length - 1)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    get asked() {
      return asked
    },
    answer(next) {
      asked = []
      reply = next
    },
    stop: () => void server.stop(true),
  }
}

/** A completion: an object goes as JSON, a text as it stands. */
export function says(
  content: unknown,
  more: { finish?: string; usage?: object | null; refusal?: string } = {},
) {
  const { finish = 'stop', usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } } = more
  const text = typeof content === 'string' || Array.isArray(content) ? content : JSON.stringify(content)
  return Response.json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'served-model',
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: { role: 'assistant', content: text, ...(more.refusal && { refusal: more.refusal }) },
      },
    ],
    ...(usage && { usage }),
  })
}

export const refuses = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { message, type: 'invalid_request_error', code: null } }, { status, headers })
