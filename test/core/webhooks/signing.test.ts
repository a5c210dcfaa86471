import { describe, expect, test } from 'bun:test'
import { createHmac, randomBytes } from 'node:crypto'
import type { Credential } from '../../../src/core/webhooks/credentials.sql.ts'
import type { Secret } from '../../../src/core/webhooks/credentials.ts'
import { headersFor, secretsSent } from '../../../src/core/webhooks/signing.ts'
import { createSealer } from '../../../src/lib/sealed.ts'

const sealer = createSealer(randomBytes(32))
const message = { messageId: 'msg_1', body: '{"a":1}', nowSeconds: 1_770_000_000 }
const uuid = '01a200ec-af21-71d1-93c9-8b443c261778'
const ownSecret = 'whsec_b3duIHNlY3JldCBvZiB0aGUgZW5kcG9pbnQ='

const endpoint = { uuid, sealedSecret: sealer.seal(ownSecret, `webhook_endpoints:${uuid}`) }
const plain = { uuid, sealedSecret: null }

const credential = (secret: Secret, headerName: string | null = null): Credential => ({
  uuid,
  entityType: 'workspace',
  entityId: 1,
  authType: secret.auth_type,
  headerName,
  hint: null,
  sealed: sealer.seal(JSON.stringify(secret), 'webhook_credentials:workspace:1'),
  createdAt: 0,
  updatedAt: 0,
})

const hmac = { auth_type: 'hmac', key_id: 'k1', secret: 'plain secret' } as const
const bearer = { auth_type: 'bearer', token: 'the-token' } as const
const basic = { auth_type: 'basic', username: 'ann', password: 'pässword' } as const

const timed = (secret: string) =>
  createHmac('sha256', secret).update(`${message.nowSeconds}.${message.body}`).digest('hex')
const standard = (key: string | Buffer) =>
  createHmac('sha256', key).update(`msg_1.${message.nowSeconds}.${message.body}`).digest('base64')

const always = {
  'content-type': 'application/json',
  'webhook-id': 'msg_1',
  'webhook-timestamp': '1770000000',
}
const ownSignatures = {
  'x-signature': `t=1770000000,v1=${timed(ownSecret)}`,
  'webhook-signature': `v1,${standard(Buffer.from('own secret of the endpoint'))}`,
}

describe('the headers of a delivery', () => {
  test.each<
    [string, typeof endpoint | typeof plain | undefined, Credential | undefined, Record<string, string>]
  >([
    ['without any secret', plain, undefined, {}],
    ['to an address that is no endpoint', undefined, undefined, {}],
    ['with the own secret of the endpoint', endpoint, undefined, ownSignatures],
    ['with a credential that is none', endpoint, credential({ auth_type: 'none' }), ownSignatures],
    [
      'with an HMAC credential, which goes before the own secret',
      endpoint,
      credential(hmac),
      {
        'x-signature': `t=1770000000,v1=${timed('plain secret')},key=k1`,
        'webhook-signature': `v1,${standard('plain secret')}`,
      },
    ],
    [
      'with an HMAC credential in a header of its own',
      plain,
      credential(hmac, 'X-Partner'),
      {
        'X-Partner': `t=1770000000,v1=${timed('plain secret')},key=k1`,
        'webhook-signature': `v1,${standard('plain secret')}`,
      },
    ],
    [
      'with a token beside the signature',
      endpoint,
      credential(bearer),
      { ...ownSignatures, authorization: 'Bearer the-token' },
    ],
    [
      'with a token in a header of its own',
      plain,
      credential(bearer, 'X-Api-Key'),
      { 'x-api-key': 'the-token' },
    ],
    [
      'with a token where it belongs, by name',
      plain,
      credential(bearer, 'Authorization'),
      { authorization: 'Bearer the-token' },
    ],
    [
      'with user and password',
      plain,
      credential(basic),
      { authorization: `Basic ${Buffer.from('ann:pässword').toString('base64')}` },
    ],
  ])('%s', (_name, to, by, headers) => {
    expect(headersFor(sealer, to, by, message)).toEqual({ ...always, ...headers })
  })

  test('follow a secret that changes', () => {
    const changed = { uuid, sealedSecret: sealer.seal('another secret', `webhook_endpoints:${uuid}`) }
    expect(headersFor(sealer, endpoint, undefined, message)).toMatchObject(ownSignatures)
    expect(headersFor(sealer, changed, undefined, message)['x-signature']).toEndWith(timed('another secret'))
  })
})

test('what was sent as proof is to be concealed, a signing secret was never sent', () => {
  expect(secretsSent(sealer, credential(bearer))).toEqual(['the-token'])
  expect(secretsSent(sealer, credential(basic))).toContain('pässword')
  expect(secretsSent(sealer, credential(hmac))).toEqual([])
  expect(secretsSent(sealer, undefined)).toEqual([])
})
