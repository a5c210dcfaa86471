import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Tenant {
  id: string
  slug: string
  name: string
  partner_id?: string
  organization_id?: string
  enabled: boolean
}

let appliance: TestAppliance
let call: Caller
let tokens: Tokens & Record<string, string>

beforeAll(async () => {
  appliance = await startAppliance()
  tokens = (await makeTenants(appliance)) as typeof tokens
  call = await callerOf(appliance.url, tokens)
})
afterAll(stopAppliances)

const post = (path: string, body: unknown, as: keyof Tokens = 'platform') => ({
  method: 'POST',
  path,
  body,
  as,
})
const patch = (path: string, body: unknown, as: keyof Tokens = 'platform') => ({
  method: 'PATCH',
  path,
  body,
  as,
})
const get = (path: string, as: keyof Tokens = 'platform') => ({ method: 'GET', path, as })

describe('creating', () => {
  test('goes from the partner down, and each level makes what lies below', async () => {
    const partner = await call<Tenant>(post('/partners', { name: 'North Wind', slug: 'north-wind' }))
    expect({ ...partner.body, status: partner.status }).toMatchObject({
      status: 201,
      slug: 'north-wind',
      name: 'North Wind',
      enabled: true,
    })
    const organization = await call<Tenant>(
      post('/organizations', { name: 'Été & Söhne!', partner_id: partner.body.id }),
    )
    expect(organization.body).toMatchObject({ slug: 'ete-sohne', partner_id: partner.body.id })
    const workspace = await call<Tenant>(
      post('/workspaces', { name: 'Sales', organization_id: 'ete-sohne', enabled: false }),
    )
    expect(workspace.body).toMatchObject({
      organization_id: organization.body.id,
      partner_id: partner.body.id,
      enabled: false,
    })
    const read = await call<Tenant>(get(`/workspaces/${workspace.body.id}`))
    expect(read.body).toEqual(workspace.body as never)
  })

  test('takes the token’s own tenant for the one above', async () => {
    const organization = await call<Tenant>(post('/organizations', { name: 'Own' }, 'partner'))
    const workspace = await call<Tenant>(post('/workspaces', { name: 'Mine' }, 'organization'))
    expect([organization.status, workspace.status]).toEqual([201, 201])
    const own = await call<Tenant>(get('/organizations/default', 'organization'))
    expect(workspace.body.organization_id).toBe(own.body.id)
    expect(organization.body.partner_id).toBe(own.body.partner_id!)
  })

  test('gives names that are taken a slug that counts nothing', async () => {
    const first = await call<Tenant>(post('/workspaces', { name: 'Twin' }, 'organization'))
    const second = await call<Tenant>(post('/workspaces', { name: 'Twin' }, 'organization'))
    expect(first.body.slug).toBe('twin')
    expect(second.body.slug).toMatch(/^twin-[a-z0-9]{6}$/)
  })

  play(
    () => call,
    [
      { name: 'no partner by a partner', ...post('/partners', { name: 'a' }, 'partner'), status: 403 },
      {
        name: 'no organization by an organization',
        ...post('/organizations', { name: 'a' }, 'organization'),
        status: 403,
      },
      {
        name: 'no workspace by a workspace',
        ...post('/workspaces', { name: 'a' }, 'workspace'),
        status: 403,
      },
      {
        name: 'a wide token names the parent',
        ...post('/workspaces', { name: 'a' }, 'partner'),
        status: 422,
        errors: { organization_id: /Required/ },
      },
      {
        name: 'none below another',
        ...post('/workspaces', { name: 'a', organization_id: 'elsewhere' }, 'partner'),
        status: 403,
      },
      {
        name: 'none below nobody',
        ...post('/workspaces', { name: 'a', organization_id: 'nobody' }, 'partner'),
        status: 404,
      },
      { name: 'a name is needed', ...post('/partners', { name: '  ' }), status: 422, errors: { name: /./ } },
      {
        name: 'a slug has its form',
        ...post('/partners', { name: 'a', slug: 'A b' }),
        status: 422,
        errors: { slug: /./ },
      },
      {
        name: 'a slug is no UUID',
        ...post('/partners', { name: 'a', slug: '019c2f60-1111-7000-8000-0123456789ab' }),
        status: 422,
        errors: { slug: /UUID/ },
      },
      { name: 'a slug is taken once', ...post('/partners', { name: 'a', slug: 'elsewhere' }), status: 409 },
      { name: 'a token is needed', ...post('/partners', { name: 'a' }), as: null, status: 401 },
    ],
  )
})

describe('lists', () => {
  const seen = async (path: string, as: keyof Tokens) =>
    Object.values((await call<Record<string, Tenant[]>>(get(path, as))).body)[0]!.map(({ slug }) => slug)

  test('show the own one and what is below', async () => {
    expect(await seen('/partners', 'platform')).toContain('elsewhere')
    expect(await seen('/partners', 'partner')).toEqual(['default'])
    expect(await seen('/partners', 'organization')).toEqual([])
    expect(await seen('/organizations', 'partner')).not.toContain('elsewhere')
    expect(await seen('/organizations', 'organization')).toEqual(['default'])
    expect(await seen('/workspaces', 'workspace')).toEqual(['default'])
    expect(await seen('/workspaces', 'partner')).not.toContain('elsewhere')
    expect(await seen('/workspaces?organization_id=default', 'partner')).toContain('second')
    expect(await seen('/workspaces?enabled=false', 'partner')).toEqual([])
  })

  test('come in pages', async () => {
    const first = await call<{ workspaces: Tenant[]; next_cursor: string }>(
      get('/workspaces?limit=2', 'partner'),
    )
    const second = await call<{ workspaces: Tenant[] }>(
      get(`/workspaces?limit=2&cursor=${first.body.next_cursor}`, 'partner'),
    )
    const ids = [...first.body.workspaces, ...second.body.workspaces].map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
  })

  play(
    () => call,
    [
      { name: 'no filter outside', ...get('/workspaces?partner_id=elsewhere', 'partner'), status: 403 },
      { name: 'no unknown filter', ...get('/workspaces?partner_id=nobody', 'partner'), status: 404 },
      { name: 'no other one', ...get('/workspaces/elsewhere', 'partner'), status: 403 },
      { name: 'none above', ...get('/partners/default', 'workspace'), status: 403 },
      { name: 'none that is not', ...get('/organizations/nobody'), status: 404 },
    ],
  )
})

describe('changing', () => {
  play(
    () => call,
    [
      {
        name: 'the own name',
        ...patch('/workspaces/default', { name: 'Front desk' }, 'workspace'),
        status: 200,
        answer: { name: 'Front desk', slug: 'default' },
      },
      {
        name: 'not the own slug',
        ...patch('/workspaces/default', { slug: 'mine' }, 'workspace'),
        status: 403,
      },
      {
        name: 'not whether it is enabled itself',
        ...patch('/workspaces/default', { enabled: false }, 'workspace'),
        status: 403,
      },
      {
        name: 'the slug from above',
        ...patch('/workspaces/second', { slug: 'second-desk' }, 'organization'),
        status: 200,
        answer: { slug: 'second-desk' },
      },
      {
        name: 'and back',
        ...patch('/workspaces/second-desk', { slug: 'second' }, 'organization'),
        status: 200,
      },
      {
        name: 'no taken slug',
        ...patch('/workspaces/second', { slug: 'elsewhere' }, 'organization'),
        status: 409,
      },
      { name: 'nothing is fine', ...patch('/workspaces/second', {}, 'organization'), status: 200 },
      { name: 'nobody else’s', ...patch('/workspaces/elsewhere', { name: 'x' }, 'partner'), status: 403 },
      { name: 'a wrong value', ...patch('/workspaces/second', { enabled: 'no' }, 'partner'), status: 422 },
    ],
  )
})

describe('disabling', () => {
  const submit = (as: keyof Tokens, workspace_id?: string) =>
    call({
      ...post('/calls/transcript', { transcript: 'Agent: Hello', duration_seconds: 60, workspace_id }, as),
    })

  for (const level of ['workspaces', 'organizations', 'partners'])
    test(`one of the ${level} shuts its tokens out and leaves its results to those above`, async () => {
      const before = await submit('stranger')
      expect(before.status).toBe(202)
      await call(patch(`/${level}/elsewhere`, { enabled: false }))
      const refused = await call(get('/jobs', 'stranger'))
      expect([refused.status, refused.body.detail]).toEqual([403, 'The tenant of this token is disabled'])
      const late = await submit('platform', 'elsewhere')
      expect(late.status).toBe(403)
      expect(late.body.detail).toMatch(/is disabled and takes no new calls$/)
      await appliance.api.ended(before.body.job_id)
      const again = await call(
        post(`/jobs/${before.body.job_id}/run-algorithms`, {
          algorithm_ids: ['summary_v1'],
          force_rerun: true,
        }),
      )
      expect(again.status).toBe(403)
      expect((await call(get(`/jobs/${before.body.job_id}/runs`))).status).toBe(200)
      await call(patch(`/${level}/elsewhere`, { enabled: true }))
      expect((await submit('stranger')).status).toBe(202)
    })
})
