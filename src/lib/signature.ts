import { timingSafeEqual } from 'node:crypto'

type Body = string | Uint8Array

interface Message {
  /** Stays the same over all attempts, so that receivers can drop repeats. */
  id: string
  /** Signed as these bytes: send exactly them. */
  body: Body
  timestampSeconds: number
  secret?: string
  /** Names the secret for the receiver, as HMAC credentials do. */
  keyId?: string
  /** The header of the first signature. */
  headerName?: string
}

interface Received {
  headers: Headers | Record<string, string>
  body: Body
  secret: string
  nowSeconds: number
  toleranceSeconds?: number
  headerName?: string
}

const HEADER = 'x-signature'
const SECRET_PREFIX = 'whsec_'
const TOLERANCE_SECONDS = 300
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Headers of a webhook. The first signature is hex over `<time>.<body>` with the secret's UTF-8 bytes,
 * `webhook-signature` follows Standard Webhooks. Without a secret only id and time remain.
 */
export function signWebhook(message: Message): Record<string, string> {
  const { id, body, timestampSeconds, secret, keyId, headerName = HEADER } = message
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestampSeconds) }
  if (!secret) return headers
  const hex = timedSignature(secret, timestampSeconds, body)
  return {
    [headerName]: `t=${timestampSeconds},v1=${hex}${keyId ? `,key=${keyId}` : ''}`,
    ...headers,
    'webhook-signature': `v1,${standardSignature(secret, id, timestampSeconds, body)}`,
  }
}

/** Says why a webhook must not be believed, or undefined when every signature it carries is right. */
export function verifySignature(received: Received): string | undefined {
  const headers = new Headers(received.headers)
  const timed = headers.get(received.headerName ?? HEADER)
  const standard = headers.get('webhook-signature')
  if (timed === null && standard === null) return 'there is no signature'
  const wrongTimed = timed === null ? undefined : refuseTimed(timed, received)
  return wrongTimed ?? (standard === null ? undefined : refuseStandard(standard, headers, received))
}

function refuseTimed(header: string, { secret, body, ...when }: Received) {
  const parts = header.split(',').map((part) => part.split('=', 2))
  const time = Number(parts.find(([name]) => name === 't')?.[1])
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '')
  return refuseTime(time, when) ?? refuseUnequal(given, timedSignature(secret, time, body))
}

function refuseStandard(header: string, headers: Headers, { secret, body, ...when }: Received) {
  const id = headers.get('webhook-id') ?? ''
  const time = Number(headers.get('webhook-timestamp') ?? Number.NaN)
  const given = header.split(' ').filter((each) => each.startsWith('v1,'))
  const expected = `v1,${standardSignature(secret, id, time, body)}`
  return refuseTime(time, when) ?? refuseUnequal(given, expected)
}

function refuseTime(
  time: number,
  { nowSeconds, toleranceSeconds = TOLERANCE_SECONDS }: Omit<Received, 'secret' | 'body'>,
) {
  if (!Number.isSafeInteger(time)) return 'the time of the signature is missing'
  return Math.abs(nowSeconds - time) > toleranceSeconds ? 'the signature is too old or too new' : undefined
}

/** Several signatures are how a receiver lives through the change of a secret: one of them must be right. */
function refuseUnequal(given: string[], expected: string) {
  return given.some((each) => isEqual(each, expected)) ? undefined : 'the signature is wrong'
}

function isEqual(given: string, expected: string) {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}

function timedSignature(secret: string, seconds: number, body: Body) {
  return hmac(secret).update(`${seconds}.`).update(body).digest('hex')
}

function standardSignature(secret: string, id: string, seconds: number, body: Body) {
  return hmac(standardKey(secret)).update(`${id}.${seconds}.`).update(body).digest('base64')
}

function hmac(key: string | Uint8Array) {
  return new Bun.CryptoHasher('sha256', key)
}

function standardKey(secret: string) {
  if (!secret.startsWith(SECRET_PREFIX)) return secret
  const encoded = secret.slice(SECRET_PREFIX.length)
  return encoded !== '' && BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : secret
}
