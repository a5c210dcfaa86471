import { describe, expect, test } from 'bun:test'
import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { signWebhook, verifySignature } from '../../src/lib/signature.ts'

const NOW = 1_735_689_600
const BODY = '{"status":"completed","name":"Zoë 👋"}'
const RAW_KEY = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
const STANDARD_SECRET = `whsec_${RAW_KEY.toString('base64')}`
const message = { id: 'msg_1', body: BODY, timestampSeconds: NOW }

const hmac = (key: string | Uint8Array, text: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(text).digest(encoding)

/** As a receiver's library would: parses the header, computes anew, compares. */
function stripeStyle(header: string, body: string, secret: string) {
  const parts = Object.fromEntries(header.split(',').map((part) => part.split('=')))
  return parts.v1 === hmac(secret, `${parts.t}.${body}`, 'hex')
}

describe('signWebhook', () => {
  test.each(['plain secret', STANDARD_SECRET, 'sécret-ключ'])('%s signs by its UTF-8 bytes', (secret) => {
    const header = signWebhook({ ...message, secret })['x-signature']!
    expect(header).toBe(`t=${NOW},v1=${hmac(Buffer.from(secret), `${NOW}.${BODY}`, 'hex')}`)
    expect(stripeStyle(header, BODY, secret)).toBe(true)
  })

  test.each([
    ['decoded bytes of a whsec_ secret', STANDARD_SECRET, RAW_KEY],
    ['the bytes of any other secret', 'plain secret', Buffer.from('plain secret')],
    ['the bytes of what only looks like one', 'whsec_not base64!', Buffer.from('whsec_not base64!')],
    ['the bytes of an empty one', 'whsec_', Buffer.from('whsec_')],
  ])('Standard Webhooks uses %s', (_, secret, key) => {
    const headers = signWebhook({ ...message, secret })
    expect(headers['webhook-id']).toBe('msg_1')
    expect(headers['webhook-timestamp']).toBe(String(NOW))
    expect(headers['webhook-signature']).toBe(`v1,${hmac(key, `msg_1.${NOW}.${BODY}`, 'base64')}`)
  })

  test('the published example of Standard Webhooks', () => {
    const headers = signWebhook({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1_614_265_330,
      body: '{"test": 2432232314}',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    })
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  test('names the key when it has one', () => {
    expect(signWebhook({ ...message, secret: 's', keyId: 'k-1' })['x-signature']).toEndWith(',key=k-1')
  })

  test('uses the header that a credential names', () => {
    const headers = signWebhook({ ...message, secret: 's', headerName: 'X-Partner-Signature' })
    expect(Object.keys(headers)).toEqual([
      'X-Partner-Signature',
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ])
  })

  test.each([undefined, ''])('without a secret (%p) only id and time', (secret) => {
    const headers = signWebhook({ ...message, secret })
    expect(headers).toEqual({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(NOW) })
  })

  test('signed bytes are the sent bytes, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (body, secret) => {
        const bytes = new TextEncoder().encode(body)
        const signed = signWebhook({ ...message, body: bytes, secret })
        expect(signWebhook({ ...message, body, secret })).toEqual(signed)
        expect(verifySignature({ headers: signed, body: bytes, secret, nowSeconds: NOW })).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})

describe('verifySignature', () => {
  const secret = STANDARD_SECRET
  const headers = signWebhook({ ...message, secret, keyId: 'k-1' })
  const received = { headers, body: BODY, secret, nowSeconds: NOW }

  test('accepts both signatures, or one of them', () => {
    expect(verifySignature(received)).toBeUndefined()
    for (const name of ['x-signature', 'webhook-signature']) {
      const { [name]: _, ...rest } = headers
      expect(verifySignature({ ...received, headers: rest })).toBeUndefined()
      expect(verifySignature({ ...received, headers: new Headers(rest) })).toBeUndefined()
    }
  })

  test.each([
    ['another body', { body: BODY + ' ' }],
    ['another secret', { secret: `whsec_${randomBytes(24).toString('base64')}` }],
    ['too old', { nowSeconds: NOW + 301 }],
    ['from the future', { nowSeconds: NOW - 301 }],
    ['a tighter tolerance', { nowSeconds: NOW + 11, toleranceSeconds: 10 }],
    ['no signature', { headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': String(NOW) } }],
    ['another id', { headers: { ...headers, 'webhook-id': 'msg_2' } }],
    ['another time', { headers: { ...headers, 'webhook-timestamp': String(NOW + 1) } }],
    ['no time', { headers: { 'webhook-id': 'msg_1', 'webhook-signature': headers['webhook-signature']! } }],
    ['one wrong of two', { headers: { ...headers, 'webhook-signature': 'v1,AAAA' } }],
    ['the first one empty', { headers: { ...headers, 'x-signature': '' } }],
    ['junk', { headers: { 'x-signature': 't=,v1=,=,,' } }],
    [
      'a signature without time',
      { headers: { 'x-signature': headers['x-signature']!.replace(/t=\d+,/, '') } },
    ],
  ])('refuses %s', (_, change) => {
    expect(verifySignature({ ...received, ...change })).toBeString()
  })

  test('within the tolerance it is accepted', () => {
    expect(verifySignature({ ...received, nowSeconds: NOW + 300 })).toBeUndefined()
    expect(verifySignature({ ...received, nowSeconds: NOW - 300 })).toBeUndefined()
  })

  test('while a secret is changed, one right signature of several is enough', () => {
    const older = signWebhook({ ...message, secret: 'whsec_b2xkZXI=' })
    const both = {
      ...headers,
      'webhook-signature': `${older['webhook-signature']} ${headers['webhook-signature']}`,
      'x-signature': `${older['x-signature']},${headers['x-signature']!.split(',')[1]}`,
    }
    expect(verifySignature({ ...received, headers: both })).toBeUndefined()
  })
})
