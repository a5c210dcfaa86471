import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

type As = keyof Tokens
type Variables = Record<string, unknown>

interface Change {
  revision: number
  level: string
  changed_at: string
  changed_by: string | null
  diff: { field: string; before: unknown; after: unknown }[]
}

const SECRET = 'sk-very-secret-key-1234'
const OTHER = 'sk-another-secret-5678'

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance({ fixtures: ['good/keeps'] })
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const path = (id: string) => `/algorithms/${id}/variables`
const change = (variables: Variables, as: As = 'workspace', id = 'keeps') =>
  call<{ variables: Variables; revision: number; provenance: Record<string, string> }>({
    method: 'PATCH',
    path: path(id),
    body: { variables },
    as,
  })
const read = async (as: As = 'workspace', id = 'keeps') =>
  (
    await call<{ variables: Variables; provenance: Record<string, string> }>({
      method: 'GET',
      path: path(id),
      as,
    })
  ).body
const history = async (as: As = 'workspace', query = '', id = 'keeps') =>
  (
    await call<{ changes: Change[]; next_cursor: string | null }>({
      method: 'GET',
      path: `${path(id)}/history${query}`,
      as,
    })
  ).body

async function used(as: As = 'workspace', id = 'keeps') {
  const { body } = await call({
    method: 'POST',
    path: '/calls/transcript',
    as,
    body: sampleCall({ algorithm_ids: [id] }),
  })
  await appliance.api.ended(body.job_id)
  const [run] = await appliance.api.runs(body.job_id)
  return run!
}

const stored = () => {
  const database = new Database(join(appliance.data, 'earshot.db'), { readonly: true })
  const tables = ['algorithm_variables', 'algorithm_variable_changes', 'audit', 'algorithm_copies']
  const present = tables.filter((table) =>
    database.query('SELECT 1 FROM sqlite_master WHERE name = ?').get(table),
  )
  const text = JSON.stringify(present.map((table) => database.query(`SELECT * FROM ${table}`).all()))
  database.close()
  return text
}

describe('a secret among the variables', () => {
  test('is masked on the way out, used by runs, and sealed at rest', async () => {
    const { body } = await change({ key: SECRET, logins: [{ user: 'ann', password: OTHER }] })
    expect(body.variables).toEqual({
      key: '***1234',
      greeting: 'hello',
      logins: [{ user: 'ann', password: '***5678' }],
    })
    expect((await used()).result).toEqual({ key: SECRET, passwords: [OTHER] })
    expect(stored()).toContain('$sealed')
    expect(stored()).not.toContain(SECRET)
    expect(stored()).not.toContain(OTHER)
  })

  test('stays when its mask comes back, also at another place of a list', async () => {
    const { variables } = await read()
    const logins = variables.logins as object[]
    const { body } = await change({
      ...variables,
      greeting: 'good day',
      logins: [{ user: 'bob', password: 'new-password-90' }, ...logins],
    })
    expect(body.variables.logins).toEqual([
      { user: 'bob', password: '***d-90' },
      { user: 'ann', password: '***5678' },
    ])
    expect((await used()).result).toEqual({ key: SECRET, passwords: ['new-password-90', OTHER] })
  })

  test('cannot be set to a mask that is nothing’s', async () => {
    const { status, body } = await change({ key: '***9999' })
    expect({ status, field: body.errors[0]!.field }).toEqual({ status: 422, field: 'variables' })
    expect((await change({ greeting: { $sealed: 'v1.x.y' } })).status).toBe(422)
  })

  test('stays inherited when what was inherited comes back', async () => {
    await change({ key: 'partner-secret-0001' }, 'partner')
    const before = await read('sibling')
    expect(before).toMatchObject({ variables: { key: '***0001' }, provenance: { key: 'partner' } })
    const { body } = await change({ ...before.variables, greeting: 'hi' }, 'sibling')
    expect(body.provenance).toMatchObject({ key: 'partner', greeting: 'workspace' })
    await change({ key: 'partner-secret-0002' }, 'partner')
    expect((await used('sibling')).result).toMatchObject({ key: 'partner-secret-0002' })
  })

  test('goes along into a copy', async () => {
    await call({ method: 'POST', path: '/algorithms/keeps/copy', body: { algorithm_id: 'keeps_2' } })
    expect((await used('workspace', 'keeps_2')).result).toMatchObject({ key: SECRET })
    expect((await read('workspace', 'keeps_2')).variables.key).toBe('***1234')
    expect(stored()).not.toContain(SECRET)
  })

  test('is nowhere in the history', async () => {
    const { changes } = await history()
    expect(JSON.stringify(changes)).not.toContain(SECRET)
    expect(changes.at(-1)!.diff).toContainEqual({ field: 'key', before: null, after: '***1234' })
  })
})

describe('the history', () => {
  test('tells each change that reached the level, with the revision that runs name', async () => {
    const id = 'key_phrases_v1'
    await change({ limit: 9 }, 'partner', id)
    await change({ limit: 7, exclude: ['a'] }, 'workspace', id)
    await change({ limit: 3 }, 'sibling', id)
    const last = await change({ limit: null }, 'workspace', id)
    const { changes } = await history('workspace', '', id)
    expect(changes).toMatchObject([
      { revision: 3, level: 'workspace', diff: [{ field: 'limit', before: 7, after: null }] },
      {
        revision: 2,
        level: 'workspace',
        diff: [
          { field: 'limit', before: null, after: 7 },
          { field: 'exclude', before: null, after: ['a'] },
        ],
      },
      { revision: 1, level: 'partner', diff: [{ field: 'limit', before: null, after: 9 }], changed_by: null },
    ])
    expect(last.body.revision).toBe(3)
    expect((await used('workspace', id)).revision).toBe(3)
    const revisions: number[] = []
    for (let cursor = ''; ; ) {
      const page = await history(
        'workspace',
        `?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        id,
      )
      revisions.push(...page.changes.map(({ revision }) => revision))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    expect(revisions).toEqual([3, 2, 1])
  })

  test('knows nothing of a change that changed nothing', async () => {
    const before = (await history()).changes.length
    await change({ greeting: 'same' })
    await change({ greeting: 'same' })
    expect((await history()).changes.length).toBe(before + 1)
  })

  test('is there for those who may read the variables', async () => {
    const asked = (as: As, query = '') =>
      call({ method: 'GET', path: `${path('keeps')}/history${query}`, as }).then(({ status }) => status)
    expect(await asked('stranger')).toBe(200)
    expect((await history('stranger')).changes).toEqual([])
    expect(await asked('stranger', '?workspace_id=default')).toBe(403)
    expect(await asked('organization', '?workspace_id=default')).toBe(200)
    expect(
      (await call({ method: 'GET', path: '/algorithms/keeps_2/variables/history', as: 'stranger' })).status,
    ).toBe(403)
    expect((await call({ method: 'GET', path: '/algorithms/nope/variables/history' })).status).toBe(404)
  })
})

test('the platform sets what holds for the whole installation', async () => {
  const { body } = await change({ limit: 11 }, 'platform', 'key_phrases_v1')
  expect(body.provenance.limit).toBe('platform')
  expect(await read('stranger', 'key_phrases_v1')).toMatchObject({
    variables: { limit: 11 },
    provenance: { limit: 'platform' },
  })
  expect((await read('workspace', 'key_phrases_v1')).provenance.limit).toBe('partner')
})

test('variables have a size', async () => {
  const { status, body } = await change({ greeting: 'x'.repeat(300_000) })
  expect({ status, field: body.errors[0]!.field }).toEqual({ status: 422, field: 'variables' })
})
