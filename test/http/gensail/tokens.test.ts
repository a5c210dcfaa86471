import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Token {
  token_id: string
  token?: string
  hint: string
  name: string | null
  scope: string
  for: string | null
  rate_limit: number | null
  may_read_originals: boolean
  expires_at: string | null
  revoked_at: string | null
  replaces?: string
}

let now = Date.parse('2026-03-01T12:00:00Z')
let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance({ clock: () => now })
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const make = (body: unknown, as: keyof Tokens = 'platform') => ({
  method: 'POST',
  path: '/tokens',
  body,
  as,
})
const list = async (as: keyof Tokens, query = '') =>
  (await call<{ tokens: Token[] }>({ method: 'GET', path: `/tokens${query}`, as })).body.tokens
const statusWith = async (token: string, path = '/jobs') =>
  (await fetch(`${appliance.url}/api/v1${path}`, { headers: { 'x-api-key': token } })).status

describe('creating', () => {
  test('gives the token this once, and it works at once', async () => {
    const { status, body } = await call<Token>(
      make({ scope: 'workspace', for: 'second', name: 'CRM' }, 'organization'),
    )
    expect({ ...body, status }).toMatchObject({
      status: 201,
      token: expect.stringMatching(/^esk_/),
      name: 'CRM',
      scope: 'workspace',
      for: expect.any(String),
      rate_limit: null,
    })
    expect(await statusWith(body.token!)).toBe(200)
    const listed = (await list('organization')).find(({ token_id }) => token_id === body.token_id)!
    expect(listed.hint).toBe(`esk_…${body.token!.slice(-4)}`)
    expect(JSON.stringify(await list('platform'))).not.toContain(body.token!)
  })

  test('ends when it says', async () => {
    const { body } = await call<Token>(
      make({ scope: 'partner', for: 'default', expires_at: '2026-03-01T13:00:00Z' }),
    )
    expect(await statusWith(body.token!)).toBe(200)
    now += 3_600_000
    expect(await statusWith(body.token!)).toBe(401)
  })

  const workspace = { scope: 'workspace', for: 'default' }
  play(
    () => call,
    [
      { name: 'needs to be below', ...make({ scope: 'partner', for: 'default' }, 'partner'), status: 403 },
      { name: 'is not for workspaces', ...make(workspace, 'workspace'), status: 403 },
      {
        name: 'no platform token comes from here',
        ...make({ scope: 'platform', for: 'default' }),
        status: 403,
      },
      {
        name: 'is only for own tenants',
        ...make({ scope: 'workspace', for: 'elsewhere' }, 'partner'),
        status: 403,
      },
      { name: 'is for tenants that are', ...make({ scope: 'workspace', for: 'nobody' }), status: 404 },
      { name: 'names its tenant', ...make({ scope: 'workspace' }), status: 422, errors: { for: 'Required' } },
      {
        name: 'knows its scopes',
        ...make({ scope: 'galaxy', for: 'default' }),
        status: 422,
        errors: { scope: /./ },
      },
      {
        name: 'cannot have ended',
        ...make({ ...workspace, expires_at: '2020-01-01T00:00:00Z' }),
        status: 422,
        errors: { expires_at: /future/ },
      },
      {
        name: 'gives no more requests than the giver has',
        ...make({ ...workspace, rate_limit: 121 }, 'organization'),
        status: 422,
        errors: { rate_limit: /1 to 120/ },
      },
      {
        name: 'nor any number of them',
        ...make({ ...workspace, rate_limit: 0 }, 'organization'),
        status: 422,
        errors: { rate_limit: /./ },
      },
      {
        name: 'gives as many',
        ...make({ ...workspace, rate_limit: 120 }, 'organization'),
        status: 201,
        answer: { rate_limit: 120 },
      },
      {
        name: 'gives no right that the giver lacks',
        ...make({ ...workspace, may_read_originals: true }, 'organization'),
        status: 403,
      },
      {
        name: 'gives every right from the platform',
        ...make({ ...workspace, may_read_originals: true, rate_limit: 0 }),
        status: 201,
        answer: { may_read_originals: true, rate_limit: 0 },
      },
      { name: 'needs a token', ...make(workspace), as: null, status: 401 },
    ],
  )
})

describe('the list', () => {
  test('has the tokens of the own tenant and below, and no others', async () => {
    const scopes = async (as: keyof Tokens) => new Set((await list(as)).map(({ scope }) => scope))
    expect(await scopes('workspace')).toEqual(new Set(['workspace']))
    expect(await scopes('organization')).toEqual(new Set(['workspace', 'organization']))
    const strangers = (await list('stranger')).map(({ for: owner }) => owner)
    expect(new Set(strangers).size).toBe(1)
    const others = await list('partner')
    expect(others.some(({ for: owner }) => owner === strangers[0])).toBe(false)
    expect((await list('partner', '?scope=organization')).length).toBe(1)
  })

  test('comes in pages', async () => {
    const page = await call<{ tokens: Token[]; next_cursor: string }>({
      method: 'GET',
      path: '/tokens?limit=1',
      as: 'organization',
    })
    const [second] = await list('organization', `?limit=1&cursor=${page.body.next_cursor}`)
    expect(second!.token_id).not.toBe(page.body.tokens[0]!.token_id)
  })
})

describe('revoking', () => {
  test('counts from the next request, and twice is once', async () => {
    const { body } = await call<Token>(make({ scope: 'workspace', for: 'second' }, 'organization'))
    const drop = { method: 'DELETE', path: `/tokens/${body.token_id}`, as: 'organization' as const }
    expect((await call(drop)).status).toBe(204)
    expect(await statusWith(body.token!)).toBe(401)
    expect((await call(drop)).status).toBe(204)
    expect((await list('organization')).some(({ token_id }) => token_id === body.token_id)).toBe(false)
    const all = await list('organization', '?all=true')
    expect(all.find(({ token_id }) => token_id === body.token_id)!.revoked_at).not.toBeNull()
  })

  test('is for itself and those below', async () => {
    const [own] = await list('organization', '?scope=organization')
    const refused = await call({ method: 'DELETE', path: `/tokens/${own!.token_id}`, as: 'workspace' })
    expect(refused.status).toBe(403)
    const made = await call<Token>(make({ scope: 'workspace', for: 'default' }, 'partner'))
    const beside = await call({ method: 'DELETE', path: `/tokens/${made.body.token_id}`, as: 'workspace' })
    expect(beside.status).toBe(403)
    const response = await fetch(`${appliance.url}/api/v1/tokens/${made.body.token_id}`, {
      method: 'DELETE',
      headers: { 'x-api-key': made.body.token! },
    })
    expect(response.status).toBe(204)
  })

  test('knows what there is', async () => {
    const path = '/tokens/01a200d4-b055-7533-b30e-03140a40986f'
    expect((await call({ method: 'DELETE', path, as: 'platform' })).status).toBe(404)
    expect((await call({ method: 'DELETE', path: '/tokens/abc', as: 'platform' })).status).toBe(404)
    const [foreign] = await list('stranger')
    const other = { method: 'DELETE', path: `/tokens/${foreign!.token_id}`, as: 'partner' as const }
    expect((await call(other)).status).toBe(403)
  })
})

describe('rotating', () => {
  const rotate = (id: string, body: unknown, as: keyof Tokens = 'platform') =>
    call<Token>({ method: 'POST', path: `/tokens/${id}/rotate`, body, as })

  test('gives a new one with the same rights, beside the old one for a while', async () => {
    const old = await call<Token>(
      make({ scope: 'workspace', for: 'default', name: 'CRM', rate_limit: 70, may_read_originals: true }),
    )
    const { status, body } = await rotate(old.body.token_id, { overlap_seconds: 60 })
    expect({ ...body, status }).toMatchObject({
      status: 201,
      name: 'CRM',
      rate_limit: 70,
      may_read_originals: true,
      replaces: old.body.token_id,
      replaced_until: new Date(now + 60_000).toISOString(),
    })
    expect([await statusWith(old.body.token!), await statusWith(body.token!)]).toEqual([200, 200])
    now += 60_000
    expect([await statusWith(old.body.token!), await statusWith(body.token!)]).toEqual([401, 200])
    expect((await rotate(old.body.token_id, {})).status).toBe(409)
  })

  test('ends the old one at once without an overlap', async () => {
    const old = await call<Token>(make({ scope: 'workspace', for: 'default' }))
    expect((await rotate(old.body.token_id, undefined)).status).toBe(201)
    expect(await statusWith(old.body.token!)).toBe(401)
  })

  test('never makes the old one last longer', async () => {
    const expires_at = new Date(now + 1000).toISOString()
    const old = await call<Token>(make({ scope: 'workspace', for: 'default', expires_at }))
    const { body } = await rotate(old.body.token_id, { overlap_seconds: 3600 })
    expect(body).toMatchObject({ replaced_until: expires_at })
  })

  test('has its limits', async () => {
    const old = await call<Token>(make({ scope: 'workspace', for: 'default' }))
    expect((await rotate(old.body.token_id, { overlap_seconds: -1 })).status).toBe(422)
    expect((await rotate(old.body.token_id, {}, 'stranger')).status).toBe(403)
  })
})

describe('the audit log', () => {
  interface Entry {
    action: string
    at: string
    address: string
    actor: { token_id: string | null; name: string | null; scope: string }
    object: { type: string; id: string }
    details: Record<string, unknown>
  }
  const read = (query = '', as: keyof Tokens = 'platform') =>
    call<{ audit: Entry[]; next_cursor: string | null }>({ method: 'GET', path: `/audit${query}`, as })

  test('says who did what to what, and from where', async () => {
    const { body: made } = await call<Token>(make({ scope: 'workspace', for: 'default' }, 'partner'))
    const [entry] = (await read('?action=token.created')).body.audit
    const by = entry!.actor.token_id
    expect(entry).toMatchObject({
      at: new Date(now).toISOString(),
      address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      actor: { token_id: expect.any(String), scope: 'partner' },
      object: { type: 'token', id: made.token_id },
    })
    const own = await read(`?token_id=${by}`)
    expect(own.body.audit.every(({ actor }) => actor.token_id === by)).toBe(true)
    expect((await read(`?object_id=${made.token_id}`)).body.audit).toHaveLength(1)
    expect(JSON.stringify(own.body)).not.toContain(made.token!)
  })

  test('has changes of configuration, credentials and jobs', async () => {
    await appliance.api.configure({ processing: { filters: { min_duration_seconds: 0 } } })
    await call({
      method: 'PUT',
      path: '/config/workspaces/default/webhook-credential',
      body: { auth_type: 'bearer', token: 'a-secret-bearer-token' },
    })
    const id = await appliance.api.submit({ transcript: 'Agent: Hello', algorithm_ids: ['key_phrases_v1'] })
    await appliance.api.ended(id)
    await appliance.api.post(`/jobs/${id}/retry`, { mode: 'rerun' })
    const { body } = await read('?limit=3')
    expect(body.audit.map(({ action }) => action)).toEqual(['job.rerun', 'credential.set', 'config.changed'])
    expect(body.audit[0]).toMatchObject({ object: { id: String(id) }, details: { was: 'completed' } })
    expect(JSON.stringify(body)).not.toContain('a-secret-bearer-token')
    const more = await read(`?limit=3&cursor=${body.next_cursor}`)
    expect(more.body.audit).toHaveLength(3)
  })

  test('has nothing of what was refused or undone', async () => {
    const [before] = (await read('?limit=1')).body.audit
    await call({ method: 'PUT', path: '/config/workspaces/default?validate_only=true', body: {} })
    await call(make({ scope: 'partner', for: 'default' }, 'partner'))
    expect((await read('?limit=1')).body.audit[0]).toEqual(before!)
  })

  test('is for platform tokens, and is never changed', async () => {
    for (const as of ['partner', 'organization', 'workspace'] as const)
      expect((await read('', as)).status).toBe(403)
    expect((await read('?action=nonsense')).status).toBe(422)
    const { default: sql } = await import('sql-template-tag')
    for (const statement of [sql`DELETE FROM audit`, sql`UPDATE audit SET action = 'x'`])
      await expect(appliance.app.db.tx((tx) => tx.run(statement))).rejects.toThrow('append-only')
  })
})
