export interface Received {
  method: string
  path: string
  headers: Headers
  /** The very bytes. */
  bytes: Buffer
  at: number
}

export interface Payload {
  status: string
  timestamp: string
  call: Record<string, unknown> & { algorithm_run_id: number; algorithm_id: string; job_id: number }
  data: Record<string, unknown>[]
  error?: { code: string; message: string }
}

type Reply = (received: Received, count: number) => Response | Promise<Response>

const WAIT_MS = 10_000

/** A server on loopback that keeps what it gets; `reply` says what it answers, the first request being 0. */
export function startReceiver(reply: Reply = () => new Response(null, { status: 204 })) {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let answer = reply
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const bytes = Buffer.from(await request.arrayBuffer())
      const { method, headers, url } = request
      const one = { method, path: new URL(url).pathname, headers, bytes, at: Date.now() }
      received.push(one)
      const response = await answer(one, received.length - 1)
      for (const look of waiting) look()
      return response
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port!,
    received,
    replyWith: (other: Reply) => {
      answer = other
    },
    /** Resolves when at least `count` of what was received is wanted. */
    async until(count: number, isWanted: (one: Received) => boolean = () => true, timeoutMs = WAIT_MS) {
      const end = Date.now() + timeoutMs
      for (;;) {
        const found = received.filter(isWanted)
        if (found.length >= count) return found
        if (Date.now() > end) throw new Error(`${found.length} of ${count} awaited requests came`)
        await Promise.race([new Promise<void>((resolve) => waiting.add(resolve)), Bun.sleep(50)])
      }
    },
    stop: () => server.stop(true),
  }
}

export type Receiver = ReturnType<typeof startReceiver>

export const payloadOf = ({ bytes }: Received) => JSON.parse(bytes.toString('utf8')) as Payload
export const status = (code: number, body: string | null = null, headers: Record<string, string> = {}) =>
  new Response(body, { status: code, headers })

/** An address that nothing listens at. */
export function closedUrl(): string {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const url = `http://127.0.0.1:${server.port}/closed`
  server.stop(true)
  return url
}
