import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Config {
  processing?: { filters?: { min_duration_seconds?: number }; algorithms?: string[]; language?: string }
  webhooks?: { endpoints: { id: string; url: string; secret?: string }[] }
}
interface Resolved {
  config: Config
  provenance: Record<string, string>
}

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const at = (path: string, as: keyof Tokens = 'workspace') => ({ method: 'GET', path: `/config${path}`, as })
const put = (path: string, body: unknown, headers = {}, as: keyof Tokens = 'workspace') => ({
  method: 'PUT',
  path: `/config${path}`,
  body,
  headers,
  as,
})
const patch = (path: string, body: unknown, headers = {}, as: keyof Tokens = 'workspace') => ({
  ...put(path, body, headers, as),
  method: 'PATCH',
})

describe('the schema', () => {
  play(
    () => call,
    [
      {
        name: 'is JSON Schema',
        ...at('/schema'),
        status: 200,
        answer: { type: 'object', properties: { processing: { type: 'object' } } },
      },
      {
        name: 'has sections',
        ...at('/schema/webhooks'),
        status: 200,
        answer: { properties: { endpoints: { type: 'array' } } },
      },
      { name: 'has no other sections', ...at('/schema/constructor'), status: 404 },
    ],
  )
})

describe('a level', () => {
  test('starts empty, and is named by slug and UUID, singular and plural', async () => {
    const { workspace_id } = (await appliance.api.post('/calls/transcript', {
      workspace_id: 'second',
      transcript: 'a',
    })) as { workspace_id: string }
    for (const path of ['/workspaces/second', '/workspace/second', `/workspaces/${workspace_id}`]) {
      const { status, body, headers } = await call(at(path, 'sibling'))
      expect({ status, body: body as object, etag: headers.get('etag') }).toEqual({
        status: 200,
        body: {},
        etag: '"0"',
      })
    }
  })

  test('inherits from those above, and says from which', async () => {
    await call(
      put(
        '/partners/default',
        { processing: { filters: { min_duration_seconds: 20 }, language: 'de' } },
        {},
        'partner',
      ),
    )
    await call(put('/organizations/default', { processing: { language: 'fr' } }, {}, 'organization'))
    await call(put('/workspaces/second', { processing: { algorithms: ['sentiment_v1'] } }, {}, 'sibling'))
    const { body } = await call<Resolved>(at('/workspaces/second/resolved', 'sibling'))
    expect(body.config.processing).toMatchObject({
      filters: { min_duration_seconds: 20 },
      language: 'fr',
      algorithms: ['sentiment_v1'],
    })
    expect(body.provenance).toMatchObject({
      'processing.filters.min_duration_seconds': 'partner',
      'processing.language': 'organization',
      'processing.algorithms': 'workspace',
      'transcription.fallbacks': 'default',
    })
    const organization = await call<Resolved>(at('/organizations/default/resolved', 'organization'))
    expect(organization.body.config.processing?.algorithms).toContain('summary_v1')
    expect(organization.body.provenance['processing.algorithms']).toBe('default')
    await call(put('/partners/default', {}, {}, 'partner'))
    await call(put('/organizations/default', {}, {}, 'organization'))
  })

  test('changes by section, where null removes', async () => {
    await call(
      put(
        '/workspaces/second',
        { processing: { language: 'de', filters: { min_duration_seconds: 3 } } },
        {},
        'sibling',
      ),
    )
    const { body } = await call<Config>(
      patch('/workspaces/second/processing', { language: null, agent_channel: 1 }, {}, 'sibling'),
    )
    expect(body).toMatchObject({ processing: { filters: { min_duration_seconds: 3 }, agent_channel: 1 } })
    expect(body.processing).not.toHaveProperty('language')
    await call(patch('/workspaces/second/processing', null, {}, 'sibling'))
    expect((await call(at('/workspaces/second', 'sibling'))).body as object).toEqual({})
  })

  test('changes only as it was read', async () => {
    const { headers } = await call(at('/workspaces/default'))
    const tag = { 'if-match': headers.get('etag')! }
    const first = await call(put('/workspaces/default', { processing: { language: 'en' } }, tag))
    expect([first.status, first.headers.get('etag')]).not.toEqual([200, headers.get('etag')])
    expect((await call(put('/workspaces/default', {}, tag))).status).toBe(412)
    expect(
      (await call(patch('/workspaces/default/processing', {}, { 'if-match': '"made up"' }))).status,
    ).toBe(412)
    expect((await call(put('/workspaces/default', {}, { 'if-match': '*' }))).status).toBe(200)
  })

  test('is tried out without being changed', async () => {
    const { headers } = await call(at('/workspaces/default'))
    const endpoints = [{ url: 'https://hooks.example.com/', secret: 'a long enough secret' }]
    const { status, body } = await call<{ valid: boolean; resolved: Resolved }>(
      put('/workspaces/default?validate_only=true', {
        processing: { language: 'nl' },
        webhooks: { endpoints },
      }),
    )
    expect(status).toBe(200)
    expect(body.valid).toBe(true)
    expect(body.resolved.config.processing?.language).toBe('nl')
    expect(JSON.stringify(body)).not.toContain('a long enough secret')
    expect((await call(at('/workspaces/default'))).headers.get('etag')).toBe(headers.get('etag'))
    expect((await call(put('/workspaces/default?validate_only=true', { nonsense: 1 }))).status).toBe(422)
    expect(
      (await call(patch('/workspaces/default/processing?validate_only=true', { language: 5 }))).status,
    ).toBe(422)
  })

  test('counts for the next call', async () => {
    await call(
      patch('/workspaces/default/processing', {
        filters: { min_duration_seconds: 5 },
        algorithms: ['key_phrases_v1'],
      }),
    )
    const id = await appliance.api.submit({ transcript: 'Agent: Hello there', duration_seconds: 5 })
    expect((await appliance.api.ended(id)).status).toBe('completed')
    expect((await appliance.api.runs(id)).map(({ algorithm_id }) => algorithm_id)).toEqual(['key_phrases_v1'])
    await call(put('/workspaces/default', {}))
  })

  const refused = (name: string, body: unknown, field: string) => ({
    name,
    ...put('/workspaces/default', body),
    status: 422,
    errors: { [field]: /./ },
  })
  play(
    () => call,
    [
      refused('knows its sections', { colour: 'red' }, 'colour'),
      refused('knows its settings', { processing: { colour: 'red' } }, 'processing.colour'),
      refused(
        'knows what they may be',
        { processing: { filters: { min_duration_seconds: -1 } } },
        'processing.filters.min_duration_seconds',
      ),
      refused('knows the algorithms', { processing: { algorithms: ['nope'] } }, 'processing.algorithms'),
      refused(
        'knows addresses',
        { webhooks: { endpoints: [{ url: 'ftp://a' }] } },
        'webhooks.endpoints.0.url',
      ),
      refused(
        'knows its endpoints',
        {
          webhooks: { endpoints: [{ id: '01a200ec-af21-71d1-93c9-8b443c261778', url: 'https://a.example' }] },
        },
        'webhooks.endpoints.0.id',
      ),
      { name: 'is an object', ...put('/workspaces/default', []), status: 422 },
      { name: 'has no other section to change', ...patch('/workspaces/default/colour', {}), status: 404 },
      { name: 'above is not readable', ...at('/organizations/default'), status: 403 },
      { name: 'above is not writable', ...put('/partners/default', {}, {}, 'organization'), status: 403 },
      { name: 'beside is not readable', ...at('/workspaces/second'), status: 403 },
      {
        name: 'of a stranger is not readable',
        ...at('/workspaces/elsewhere/resolved', 'partner'),
        status: 403,
      },
      { name: 'below is', ...at('/workspaces/second', 'partner'), status: 200 },
      { name: 'must exist', ...at('/workspaces/nowhere'), status: 404 },
      { name: 'is one of three kinds', ...at('/planets/default', 'platform'), status: 404 },
      { name: 'is no property of an object', ...at('/constructor/default', 'platform'), status: 404 },
    ],
  )
})

describe('the secret of an endpoint', () => {
  const path = '/workspaces/elsewhere'
  const url = 'https://hooks.example.com/one'

  test('comes out masked, and the mask keeps it', async () => {
    const secret = 'whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ='
    const { body } = await call<Config>(
      put(path, { webhooks: { endpoints: [{ url, secret }] } }, {}, 'stranger'),
    )
    const [endpoint] = body.webhooks!.endpoints
    expect(endpoint).toEqual({ id: expect.any(String), url, secret: '***ZXQ=' })
    const again = await call<Config>(put(path, body, {}, 'stranger'))
    expect(again.body.webhooks).toEqual(body.webhooks!)
    const [row] = await appliance.app.db.all<{ sealed_secret: string; uuid: string }>(stored)
    expect(appliance.app.sealer.open(row!.sealed_secret, `webhook_endpoints:${row!.uuid}`)).toBe(secret)
  })
})

const { default: sql } = await import('sql-template-tag')
const stored = sql`SELECT uuid, sealed_secret FROM webhook_endpoints WHERE removed_at IS NULL AND entity_id = 3`
