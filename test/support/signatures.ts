import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Received } from './receiver.ts'

/**
 * What a partner writes from the documentation alone, independent of our own signing: `t=…,v1=…[,key=…]` is
 * HMAC-SHA256 over `<t>.<body>` in hex.
 */
export function readTimedSignature(received: Received, secret: string, header = 'x-signature') {
  const value = received.headers.get(header) ?? ''
  const match = /^t=(\d{10}),v1=([0-9a-f]{64})(?:,key=(.+))?$/.exec(value)
  if (!match) return undefined
  const [, time, given, key] = match
  const expected = createHmac('sha256', Buffer.from(secret, 'utf8'))
    .update(Buffer.concat([Buffer.from(`${time}.`), received.bytes]))
    .digest('hex')
  return { isRight: equal(given!, expected), time: Number(time), key }
}

/** The Standard Webhooks specification: base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`, the key behind `whsec_`. */
export function isStandardSignatureRight(received: Received, secret: string): boolean {
  const id = received.headers.get('webhook-id')
  const time = received.headers.get('webhook-timestamp')
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8')
  const expected = createHmac('sha256', key)
    .update(Buffer.concat([Buffer.from(`${id}.${time}.`), received.bytes]))
    .digest('base64')
  const given = (received.headers.get('webhook-signature') ?? '').split(' ')
  return given.some((each) => equal(each, `v1,${expected}`))
}

const equal = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
