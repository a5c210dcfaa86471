import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { closedUrl, type Receiver, startReceiver, status as statusAnswer } from '../../support/receiver.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { isStandardSignatureRight, readTimedSignature } from '../../support/signatures.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Credential {
  auth_type: string
  credential_id?: string
  credential_hint?: string
  header_name?: string
  inherited_from?: string | null
}
interface Endpoint {
  endpoint_id: string
  url: string
  state: string
  level: string
  disabled_reason: string | null
  redelivered?: number
}

let appliance: TestAppliance
let call: Caller
let receiver: Receiver

beforeAll(async () => {
  receiver = startReceiver()
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const credential = (method: string, entity: string, as: keyof Tokens = 'workspace', body?: object) =>
  call<Credential>({ method, path: `/config/${entity}/webhook-credential`, as, body })

describe('a credential', () => {
  test('is none at first', async () => {
    const { status, body } = await credential('GET', 'workspace/default')
    expect({ status, body: body as Credential }).toEqual({ status: 200, body: { auth_type: 'none' } })
  })

  test('is shown by its hint alone, and keeps its id when it changes', async () => {
    const put = await credential('PUT', 'workspaces/default', 'workspace', {
      auth_type: 'bearer',
      token: 'a-very-secret-token',
    })
    expect(put.status).toBe(200)
    expect(put.body).toMatchObject({
      auth_type: 'bearer',
      credential_hint: '...oken',
      header_name: 'Authorization',
      inherited_from: null,
    })
    expect((await credential('GET', 'workspace/default')).body as Credential).toEqual(put.body)
    const changed = await credential('PUT', 'workspace/default', 'workspace', {
      auth_type: 'hmac',
      key_id: 'k1',
      secret: 'short',
    })
    expect(changed.body).toMatchObject({
      credential_id: put.body.credential_id,
      credential_hint: '...',
      header_name: 'X-Signature',
    })
    expect((await credential('DELETE', 'workspace/default')).status).toBe(204)
    expect((await credential('DELETE', 'workspace/default')).status).toBe(204)
    expect((await credential('GET', 'workspace/default')).body.auth_type).toBe('none')
  })

  test('of the nearest level counts', async () => {
    await credential('PUT', 'partner/default', 'partner', {
      auth_type: 'basic',
      username: 'u',
      password: 'partner-password',
    })
    expect((await credential('GET', 'workspace/default')).body).toMatchObject({
      auth_type: 'basic',
      inherited_from: 'partner',
    })
    await credential('PUT', 'organization/default', 'partner', { auth_type: 'none' })
    expect((await credential('GET', 'workspace/default')).body).toMatchObject({
      auth_type: 'none',
      inherited_from: 'organization',
    })
    await credential('DELETE', 'organization/default', 'partner')
    await credential('DELETE', 'partner/default', 'partner')
  })

  const put = (body: unknown, entity = 'workspace/default') => ({
    method: 'PUT',
    path: `/config/${entity}/webhook-credential`,
    body,
  })
  const bearer = { auth_type: 'bearer', token: 'a-token' }
  play(
    () => call,
    [
      { name: 'needs a type', ...put({}), status: 422, errors: { auth_type: /./ } },
      { name: 'needs a known type', ...put({ auth_type: 'magic' }), status: 422, errors: { auth_type: /./ } },
      {
        name: 'needs its secret',
        ...put({ auth_type: 'bearer' }),
        status: 422,
        errors: { token: 'Required' },
      },
      {
        name: 'needs the secret of its type',
        ...put({ ...bearer, password: 'x' }),
        status: 422,
        errors: { password: /Unknown/ },
      },
      {
        name: 'fits into a header',
        ...put({ auth_type: 'bearer', token: 'a\r\nX: y' }),
        status: 422,
        errors: { token: /visible/ },
      },
      {
        name: 'may name a header',
        ...put({ ...bearer, header_name: 'X-Api-Key' }),
        status: 200,
        answer: { header_name: 'X-Api-Key' },
      },
      {
        name: 'must not name a header with a meaning',
        ...put({ ...bearer, header_name: 'Content-Length' }),
        status: 422,
        errors: { header_name: /meaning/ },
      },
      {
        name: 'must not name what is no header',
        ...put({ ...bearer, header_name: 'a b' }),
        status: 422,
        errors: { header_name: /header/ },
      },
      {
        name: 'has a user without colon',
        ...put({ auth_type: 'basic', username: 'a:b', password: 'c' }),
        status: 422,
        errors: { username: /colon/ },
      },
      { name: 'of the level above is not to be had', ...put(bearer, 'organization/default'), status: 403 },
      { name: 'of nobody is not there', ...put(bearer, 'workspace/nobody'), status: 404 },
    ],
  )
})

describe('a test', () => {
  const send = (body: object, as: keyof Tokens = 'workspace') =>
    call<{ delivered: boolean; status_code: number | null; error_kind: string | null }>({
      method: 'POST',
      path: '/webhooks/test',
      body,
      as,
    })

  test('is signed like a real delivery', async () => {
    const secret = 'whsec_dGVzdCBzZWNyZXQgb2YgdGVzdHM='
    await credential('PUT', 'workspace/default', 'workspace', {
      auth_type: 'hmac',
      key_id: 'key-1',
      secret,
      header_name: 'X-Partner-Signature',
    })
    const { status, body } = await send({ url: `${receiver.url}/tested` })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { delivered: true, status_code: 204, error_kind: null },
    })
    const [got] = await receiver.until(1, ({ path }) => path === '/tested')
    expect(readTimedSignature(got!, secret, 'x-partner-signature')).toMatchObject({
      isRight: true,
      key: 'key-1',
    })
    expect(isStandardSignatureRight(got!, secret)).toBe(true)
    expect(JSON.parse(got!.bytes.toString())).toMatchObject({ test: true, data: [] })
  })

  test.each([
    ['in its own header, as it is', { header_name: 'X-Api-Key' }, 'x-api-key', 'a-secret-token'],
    ['as usual', {}, 'authorization', 'Bearer a-secret-token'],
  ])('carries a token %s', async (_name, more, header, value) => {
    await credential('PUT', 'workspace/default', 'workspace', {
      auth_type: 'bearer',
      token: 'a-secret-token',
      ...more,
    })
    await send({ url: `${receiver.url}/${header}` })
    const [got] = await receiver.until(1, ({ path }) => path === `/${header}`)
    expect(got!.headers.get(header)).toBe(value)
    expect(got!.headers.get('x-signature')).toBeNull()
    expect(got!.headers.get('webhook-id')).toStartWith('msg_')
  })

  test('says what went wrong', async () => {
    receiver.replyWith(() => statusAnswer(503))
    expect((await send({ url: receiver.url })).body).toMatchObject({
      delivered: false,
      status_code: 503,
      error_kind: 'http_5xx',
    })
    receiver.replyWith(() => statusAnswer(204))
    expect((await send({ url: closedUrl() })).body).toMatchObject({
      delivered: false,
      status_code: null,
      error_kind: 'refused',
    })
    expect((await send({ url: 'http://169.254.169.254/latest' })).body).toMatchObject({
      delivered: false,
      error_kind: 'blocked',
    })
  })

  const post = (body: unknown) => ({ method: 'POST', path: '/webhooks/test', body })
  play(
    () => call,
    [
      { name: 'needs a target', ...post({}), status: 422, errors: { endpoint_id: /either/ } },
      {
        name: 'needs one target',
        ...post({ endpoint_id: 'a', url: 'https://a.example' }),
        status: 422,
        errors: { endpoint_id: /either/ },
      },
      { name: 'needs an address', ...post({ url: 'a.example' }), status: 422, errors: { url: /http/ } },
      { name: 'needs an endpoint that is there', ...post({ endpoint_id: 'a' }), status: 404 },
    ],
  )
})

describe('an endpoint', () => {
  const list = (as: keyof Tokens = 'workspace') =>
    call<{ endpoints: Endpoint[] }>({ method: 'GET', path: '/webhooks/endpoints', as })
  const enable = (id: string, body?: object, as: keyof Tokens = 'workspace') =>
    call<Endpoint>({ method: 'POST', path: `/webhooks/endpoints/${id}/enable`, body, as })

  test('that is gone is disabled, shown so, and gets what it missed when it is back', async () => {
    const url = `${receiver.url}/gone`
    await appliance.api.put('/config/workspaces/default', {
      processing: { algorithms: ['key_phrases_v1'] },
      webhooks: { endpoints: [{ url, secret: 'the secret of the endpoint' }] },
    })
    receiver.replyWith(() => statusAnswer(410))
    const id = await appliance.api.submit({ transcript: 'Agent: Hello there' })
    await appliance.api.settled(id)
    expect((await appliance.api.runs(id))[0]!.webhook_status).toBe('exhausted')
    const [endpoint] = (await list()).body.endpoints
    expect(endpoint).toMatchObject({
      url,
      state: 'disabled',
      level: 'workspace',
      disabled_reason: expect.stringContaining('410'),
    })
    expect(JSON.stringify(endpoint)).not.toContain('secret')
    receiver.replyWith(() => statusAnswer(204))
    const { status, body } = await enable(endpoint!.endpoint_id, { redeliver: true })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { state: 'active', disabled_reason: null, redelivered: 1 },
    })
    await appliance.api.settled(id)
    expect((await appliance.api.runs(id))[0]!.webhook_status).toBe('delivered')
    expect((await enable(endpoint!.endpoint_id)).body.redelivered).toBe(0)
  })

  test('is seen by those it counts for, and changed from its own level or above', async () => {
    await appliance.api.put('/config/organizations/default', {
      webhooks: { endpoints: [{ url: `${receiver.url}/organization` }] },
    })
    const inherited = (await list('sibling')).body.endpoints
    expect(inherited.map(({ level }) => level)).toEqual(['organization'])
    expect((await list('stranger')).body.endpoints).toEqual([])
    expect((await list('partner')).body.endpoints).toHaveLength(2)
    const id = inherited[0]!.endpoint_id
    expect((await enable(id, {}, 'sibling')).status).toBe(403)
    expect((await enable(id, {}, 'stranger')).status).toBe(403)
    expect((await enable(id, {}, 'partner')).status).toBe(200)
    expect((await enable('01a200ec-af21-71d1-93c9-8b443c261778')).status).toBe(404)
    expect((await enable(id, { redeliver: 'yes' }, 'partner')).status).toBe(422)
  })
})
