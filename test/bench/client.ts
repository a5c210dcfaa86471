/**
 * HTTP/1.1 over kept connections, one request at a time on each, as cheap as a client can be: it shares the
 * processors with what it measures, so every microsecond of its own would be taken from there.
 */
const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = /\r\ncontent-length: *(\d+)/i

export interface Answer {
  status: number
  body: Buffer
  ms: number
}

export interface Connection {
  send(request: Buffer): Promise<Answer>
  close(): void
}

interface Waiting {
  since: number
  resolve(answer: Answer): void
  reject(error: Error): void
}

interface State {
  waiting: Waiting | undefined
  /** Received and not yet a whole answer. */
  received: Buffer | undefined
  unsent: Buffer | undefined
}

export async function connect(address: string): Promise<Connection> {
  const { hostname, port } = new URL(address)
  const state: State = { waiting: undefined, received: undefined, unsent: undefined }
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_socket, chunk) => receive(state, chunk),
      drain: (open) => state.unsent && write(open, state, state.unsent),
      close: () => fail(state, new Error('The server closed the connection')),
      error: (_socket, error) => fail(state, error),
    },
  })
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        state.waiting = { since: performance.now(), resolve, reject }
        write(socket, state, request)
      }),
    close: () => socket.end(),
  }
}

export const connectAll = (address: string, count: number): Promise<Connection[]> =>
  Promise.all(Array.from({ length: count }, () => connect(address)))

/** Sends the requests numbered `from` to `to` over all connections, each as soon as its last one is answered. */
export async function volley(
  connections: Connection[],
  from: number,
  to: number,
  requestOf: (index: number) => Buffer,
): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = from
  await Promise.all(
    connections.map(async (connection) => {
      while (next < to) answers.push(await connection.send(requestOf(next++)))
    }),
  )
  return answers
}

interface RequestParts {
  method?: string
  path: string
  token?: string
  body?: string
}

export function request(address: string, { method = 'GET', path, token, body }: RequestParts): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(address).host}`]
  if (token) lines.push(`Authorization: Bearer ${token}`)
  if (body !== undefined)
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

function write(socket: { write(data: Buffer): number }, state: State, data: Buffer) {
  const written = socket.write(data)
  state.unsent = written < data.length ? data.subarray(Math.max(0, written)) : undefined
}

function receive(state: State, chunk: Buffer) {
  const data = state.received ? Buffer.concat([state.received, chunk]) : chunk
  const answer = parse(data)
  state.received = answer ? undefined : data
  const { waiting } = state
  if (!answer || !waiting) return
  state.waiting = undefined
  waiting.resolve({ ...answer, ms: performance.now() - waiting.since })
}

function parse(data: Buffer): Omit<Answer, 'ms'> | undefined {
  const headEnd = data.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = data.toString('latin1', 0, headEnd)
  const from = headEnd + HEAD_END.length
  const to = from + Number(LENGTH.exec(head)?.[1] ?? 0)
  return data.length < to ? undefined : { status: Number(head.slice(9, 12)), body: data.subarray(from, to) }
}

function fail(state: State, error: Error) {
  state.waiting?.reject(error)
  state.waiting = undefined
}
