import { afterAll, beforeAll, expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import { openSecrets } from '../../../src/core/config/secrets.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface History {
  changes: {
    revision: number
    at: string
    actor: { scope: string; name: string | null }
    diff: { path: string; before: unknown; after: unknown }[]
  }[]
  next_cursor: string | null
}

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const history = (query = '', as: keyof Tokens = 'workspace', path = '/config/workspaces/default') =>
  call<History>({ method: 'GET', path: `${path}/history${query}`, as })
const patch = (body: object, as: keyof Tokens = 'workspace') =>
  call<Record<string, object>>({ method: 'PATCH', path: '/config/workspaces/default', body, as })

test('the history says who changed what, the newest first', async () => {
  expect((await history()).body.changes).toEqual([])
  await patch({ processing: { language: 'de' }, retention: { audio_days: 30 } })
  await patch({ processing: { language: 'fr' }, retention: null }, 'organization')
  const { changes } = (await history()).body
  expect(changes.map(({ revision, actor, diff }) => ({ revision, scope: actor.scope, diff }))).toEqual([
    {
      revision: 2,
      scope: 'organization',
      diff: [
        { path: 'processing.language', before: 'de', after: 'fr' },
        { path: 'retention.audio_days', before: 30, after: null },
      ],
    },
    {
      revision: 1,
      scope: 'workspace',
      diff: [
        { path: 'processing.language', before: null, after: 'de' },
        { path: 'retention.audio_days', before: null, after: 30 },
      ],
    },
  ])
  const first = await history('?limit=1')
  const second = await history(`?limit=1&cursor=${first.body.next_cursor}`)
  expect([first, second].map(({ body }) => body.changes[0]!.revision)).toEqual([2, 1])
})

test('what was tried out or refused is no change', async () => {
  const before = (await history()).body.changes.length
  await call({
    method: 'PATCH',
    path: '/config/workspaces/default?validate_only=true',
    body: { retention: {} },
  })
  expect((await patch({ retention: { audio_days: -1 } })).status).toBe(422)
  expect((await history()).body.changes.length).toBe(before)
})

test('the history is for the level and those above', async () => {
  expect((await history('', 'partner')).status).toBe(200)
  expect((await history('', 'sibling')).status).toBe(403)
  expect((await history('', 'workspace', '/config/partners/default')).status).toBe(403)
  expect((await history('', 'platform', '/config/workspaces/nobody')).status).toBe(404)
  expect((await history('?limit=0')).status).toBe(422)
})

test('secrets of free sections come out masked, are stored sealed, and a mask keeps them', async () => {
  const api_key = 'sk-very-secret-0042'
  const shown = await patch({ transcription: { settings: { api_key, model: 'large' } } })
  expect(shown.body.transcription).toEqual({ settings: { api_key: '***0042', model: 'large' } })
  await patch({ integrations: { desk: { kind: 'vapi', secret: 'another-secret-0815' } } })
  await call({ method: 'PUT', path: '/config/workspaces/default', body: (await patch({})).body })
  const row = await appliance.app.db.get<{ document: string }>(
    sql`SELECT document FROM configs WHERE entity_type = 'workspace' AND entity_id = 1`,
  )
  expect(row!.document).not.toContain('secret-0')
  expect(openSecrets(appliance.app.sealer, JSON.parse(row!.document))).toMatchObject({
    transcription: { settings: { api_key } },
    integrations: { desk: { secret: 'another-secret-0815' } },
  })
  const resolved = await call({ method: 'GET', path: '/config/workspaces/default/resolved' })
  for (const text of [JSON.stringify(resolved.body), JSON.stringify((await history()).body)]) {
    expect(text).not.toContain('secret-0')
    expect(text).not.toContain('sealed:')
    expect(text).toContain('***0042')
  }
})

test('the schema says what holds where nobody says anything', async () => {
  const { body } = await call<{ properties: Record<string, { default: unknown; description: string }> }>({
    method: 'GET',
    path: '/config/schema/redaction',
  })
  expect(body.properties.enabled).toMatchObject({ default: false, description: expect.any(String) })
  const resolved = await call<{ config: object }>({
    method: 'GET',
    path: '/config/workspaces/elsewhere/resolved',
    as: 'stranger',
  })
  expect(resolved.body.config).toMatchObject({
    redaction: { enabled: false, keep_original: false, analyze_original: false },
    retention: { audio_days: null, transcript_days: null, result_days: null, log_days: null },
    limits: { jobs_per_day: null, stored_minutes: null, upload_bytes: null },
  })
})
