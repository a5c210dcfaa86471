import { startDeadline } from './deadline.ts'
import { excerptOf } from './excerpt.ts'
import type { Exchange } from './outbound.ts'
import { classify, type ErrorKind } from './outbound-errors.ts'

export interface PostOptions {
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer>
  /** For the whole exchange. */
  timeoutMs?: number
  /** How much of the answer becomes the excerpt. */
  maxBytes?: number
  /** Values that the excerpt must not show should the receiver echo them, besides `authorization`. */
  conceal?: string[]
}

export interface Posted {
  status: number
  headers: Headers
  excerpt: string
  durationMs: number
}

export interface Unposted {
  errorKind: ErrorKind
  message: string
  durationMs: number
}

const TIMEOUT_MS = 15_000
const EXCERPT_BYTES = 1024
/** Read beyond the excerpt, so that a secret on its edge is whole and can be found. */
const MARGIN_BYTES = 512
/** An answer up to this size is read to its end, so that the connection can be used again. */
const DRAIN_BYTES = 64 * 1024

export function postBy(exchange: Exchange) {
  return async (url: string, options: PostOptions): Promise<Posted | Unposted> => {
    const started = performance.now()
    const deadline = startDeadline(options.timeoutMs ?? TIMEOUT_MS)
    try {
      const response = await exchange(url, requestOf(options, deadline.signal))
      const excerpt = await readExcerpt(response, options)
      return { status: response.status, headers: response.headers, excerpt, durationMs: since(started) }
    } catch (error) {
      return { ...failureOf(error, url), durationMs: since(started) }
    } finally {
      deadline.end()
    }
  }
}

function requestOf({ headers, body }: PostOptions, signal: AbortSignal) {
  return {
    method: 'POST',
    headers: { 'accept-encoding': 'identity', ...headers },
    body,
    signal,
    decompress: false,
  }
}

async function readExcerpt(response: Response, { headers, conceal = [], maxBytes }: PostOptions) {
  const limit = maxBytes ?? EXCERPT_BYTES
  const start = await startOf(response.body, limit + MARGIN_BYTES)
  const authorization = headers.authorization ?? headers.Authorization ?? ''
  const credential = authorization.split(' ').at(-1) ?? ''
  return excerptOf(start, response.headers, { limit, conceal: [...conceal, credential] })
}

/** The status has decided the delivery: what goes wrong from here on only shortens the excerpt. */
async function startOf(body: ReadableStream<Uint8Array> | null, limit: number) {
  if (!body) return new Uint8Array()
  const kept: Uint8Array[] = []
  const reader = body.getReader()
  try {
    for (let total = 0; total < DRAIN_BYTES; ) {
      const { done, value } = await reader.read()
      if (done) break
      if (total < limit) kept.push(value.slice(0, limit - total))
      total += value.length
    }
  } catch {
    // Cut off: what came so far is the excerpt.
  }
  reader.cancel().catch(() => {})
  return Buffer.concat(kept)
}

function failureOf(error: unknown, url: string) {
  const { kind, message } = classify(error, URL.parse(url)?.hostname ?? '')
  return { errorKind: kind as ErrorKind, message }
}

function since(started: number) {
  return Math.round(performance.now() - started)
}
