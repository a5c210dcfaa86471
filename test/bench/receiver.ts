import { createHmac } from 'node:crypto'

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = /\r\ncontent-length: *(\d+)/i
const SIGNATURE = /\r\nx-signature: *t=(\d+),v1=([0-9a-f]{64})/i
const OK = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')

export interface Received {
  at: number
  head: string
  body: Buffer
}

export interface Receiver {
  url: string
  received: Received[]
  /** Resolves when at least this many have come. */
  count(wanted: number, limitMs: number): Promise<void>
  stop(): void
}

/** Takes webhooks in and keeps them as they came: whatever costs time is done after the clock has stopped. */
export function startReceiver(): Receiver {
  const received: Received[] = []
  let wanted = Number.POSITIVE_INFINITY
  let reached: () => void = () => undefined
  const listener = Bun.listen<{ rest: Buffer | undefined }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: (socket) => {
        socket.data = { rest: undefined }
      },
      data: (socket, chunk) => {
        const before = received.length
        const data = socket.data.rest ? Buffer.concat([socket.data.rest, chunk]) : chunk
        socket.data.rest = takeAll(data, received)
        for (let at = before; at < received.length; at++) socket.write(OK)
        if (received.length >= wanted) reached()
      },
    },
  })
  return {
    url: `http://127.0.0.1:${listener.port}/hook`,
    received,
    count: (count, limitMs) =>
      new Promise((resolve, reject) => {
        if (received.length >= count) return resolve()
        wanted = count
        const tooLate = () => reject(new Error(`${received.length} of ${count} webhooks came in time`))
        const timer = setTimeout(tooLate, limitMs)
        reached = () => {
          wanted = Number.POSITIVE_INFINITY
          clearTimeout(timer)
          resolve()
        }
      }),
    stop: () => listener.stop(true),
  }
}

/** Returns what is left of a request that has not come whole. */
function takeAll(data: Buffer, received: Received[]): Buffer | undefined {
  let from = 0
  while (from < data.length) {
    const headEnd = data.indexOf(HEAD_END, from)
    if (headEnd < 0) break
    const head = data.toString('latin1', from, headEnd)
    const bodyFrom = headEnd + HEAD_END.length
    const bodyTo = bodyFrom + Number(LENGTH.exec(head)?.[1] ?? 0)
    if (bodyTo > data.length) break
    received.push({ at: performance.now(), head, body: data.subarray(bodyFrom, bodyTo) })
    from = bodyTo
  }
  return from < data.length ? data.subarray(from) : undefined
}

/** Throws unless each of the jobs has had each of the algorithms' webhooks, every one rightly signed. */
export function requireDelivered(
  received: Received[],
  jobIds: Set<number>,
  perJob: number,
  secret: string,
): void {
  const distinct = new Set<string>()
  for (const { head, body } of received) {
    requireSigned(head, body, secret)
    const { call } = JSON.parse(body.toString()) as { call: { job_id: number; algorithm_id: string } }
    if (jobIds.has(call.job_id)) distinct.add(`${call.job_id} ${call.algorithm_id}`)
  }
  const wanted = jobIds.size * perJob
  if (distinct.size !== wanted) throw new Error(`${distinct.size} of ${wanted} distinct webhooks came`)
}

function requireSigned(head: string, body: Buffer, secret: string) {
  const [, time, given] = SIGNATURE.exec(head) ?? []
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')
  if (given !== expected) throw new Error('A webhook came with a wrong signature or none')
}
