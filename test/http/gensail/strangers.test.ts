import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Api, apiOf } from '../../support/api.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { textOf } from '../../support/event-streams.ts'
import { startReceiver } from '../../support/receiver.ts'

/** Said in, and named after, nothing but one house: whoever else sees it has seen too much. */
const marks = { north: 'zephyrine', south: 'ostrobothnia' } as const
type House = keyof typeof marks
const houses: House[] = ['north', 'south']
const scopes = ['partner', 'organization', 'workspace'] as const

interface Operation {
  parameters?: { name: string; in: string }[]
  requestBody?: unknown
}

/** What the parts of paths and queries are, by name: everything that a house has of it. */
type Things = Record<string, string[]>

let appliance: TestAppliance
const receiver = startReceiver()
const things: Record<House, Things> = { north: {}, south: {} }
const tokens: Record<House, Record<(typeof scopes)[number], string>> = { north: {}, south: {} } as never
let operations: { method: string; path: string; operation: Operation }[]

beforeAll(async () => {
  appliance = await startAppliance()
  for (const house of houses) await furnish(house)
  const document = (await (await fetch(`${appliance.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>
  }
  operations = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    )
}, 30_000)
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

async function furnish(house: House) {
  const mark = marks[house]
  const { api } = appliance
  const partner = await api.post<{ id: string }>('/partners', { name: `${mark} partner` })
  const organization = await api.post<{ id: string }>('/organizations', {
    name: `${mark} organization`,
    partner_id: partner.id,
  })
  const workspace = await api.post<{ id: string }>('/workspaces', {
    name: `${mark} workspace`,
    organization_id: organization.id,
  })
  const owners = { partner, organization, workspace }
  const token_ids: string[] = []
  for (const scope of scopes) {
    const made = await api.post<{ token: string; token_id: string }>('/tokens', {
      scope,
      for: owners[scope].id,
      name: `${mark} ${scope}`,
    })
    tokens[house][scope] = made.token
    token_ids.push(made.token_id)
  }
  await api.configure(
    {
      webhooks: { endpoints: [{ url: `${receiver.url}/${mark}` }] },
      processing: { filters: { min_duration_seconds: 0 }, algorithms: ['key_phrases_v1'] },
    },
    `workspaces/${workspace.id}`,
  )
  const own = apiOf(appliance.url, tokens[house].workspace)
  const id = await own.submit({
    workspace_id: workspace.id,
    source_call_id: `${mark}-call`,
    source_company_id: `${mark}-company`,
    transcript: `Agent: This is ${mark} speaking\nCustomer: Hello ${mark}`,
  })
  const job = await own.settled(id)
  const [run] = await own.runs(id)
  await own.post(`/algorithm-runs/${run!.algorithm_run_id}/feedback`, {
    corrections: [{ field: 'phrases', verdict: 'correct', comment: mark }],
  })
  const { endpoints } = await own.get<{ endpoints: { endpoint_id: string }[] }>('/webhooks/endpoints')
  await copyFor(own, house)
  things[house] = {
    job_id: [String(id), job.uuid],
    parent_job_id: [String(id), job.uuid],
    algorithm_run_id: [String(run!.algorithm_run_id)],
    id: [String(id)],
    endpoint_id: endpoints.map(({ endpoint_id }) => endpoint_id),
    token_id: token_ids,
    tenant_id: [partner.id, organization.id, workspace.id],
    entity_id: [partner.id, organization.id, workspace.id, `${mark}-workspace`],
    algorithm_id: [`${mark}_v1`],
    workspace_id: [workspace.id, `${mark}-workspace`],
    organization_id: [organization.id],
    partner_id: [partner.id],
    source_call_id: [`${mark}-call`],
    q: [mark],
    source_company_id: [`${mark}-company`],
  }
}

const copyFor = (own: Api, house: House) =>
  own.post('/algorithms/key_phrases_v1/copy', { algorithm_id: `${marks[house]}_v1`, name: marks[house] })

/** Every way to fill the parts of the path with what the other house has; the rest of the parts take any of theirs. */
function fillings(path: string, of: Things): string[] {
  const kinds: Record<string, string[]> = {
    entity_type: ['workspaces', 'organizations', 'partners'],
    section: ['processing'],
  }
  return [...path.matchAll(/\{(\w+)\}/g)].reduce(
    (paths, [part, name]) =>
      (kinds[name!] ?? of[name!] ?? []).flatMap((value) => paths.map((each) => each.replace(part, value))),
    [path],
  )
}

const bodies: Record<string, object> = {
  'POST /api/v1/calls/transcript': { transcript: 'Agent: Hi' },
  'POST /api/v1/calls/audio': { audio_url: 'https://recordings.example.com/1.wav' },
  'POST /api/v1/jobs/retry': { mode: 'rerun' },
  'POST /api/v1/webhooks/test': {},
  'POST /api/v1/tokens': { scope: 'workspace' },
  'POST /api/v1/organizations': { name: 'Intruder' },
  'POST /api/v1/workspaces': { name: 'Intruder' },
  'POST /api/v1/partners': { name: 'Intruder' },
}
/** Without these a route looks at nothing else of its query. */
const needed: Record<string, string> = { '/api/v1/jobs/lookup': 'source_call_id=mine&' }
/** Fields of those bodies that name something. */
const naming: Record<string, string[]> = {
  'POST /api/v1/calls/transcript': ['workspace_id'],
  'POST /api/v1/calls/audio': ['workspace_id'],
  'POST /api/v1/jobs/retry': ['source_call_id'],
  'POST /api/v1/webhooks/test': ['endpoint_id'],
  'POST /api/v1/tokens': ['for'],
  'POST /api/v1/organizations': ['partner_id'],
  'POST /api/v1/workspaces': ['organization_id'],
}

async function ask(token: string, method: string, path: string, body?: object) {
  const response = await fetch(`${appliance.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(3000),
  })
  return { status: response.status, text: await textOf(response) }
}

for (const house of houses)
  for (const scope of scopes)
    test(`the ${scope} token of ${house} finds nothing of the other house, on any route`, async () => {
      const other = house === 'north' ? 'south' : 'north'
      const theirs = things[other]
      const token = tokens[house][scope]
      const wrong: string[] = []
      const note = (said: string, { status, text }: { status: number; text: string }, isNamed: boolean) => {
        const seen = text.toLowerCase().includes(marks[other])
        if (seen || (isNamed && status !== 403 && status !== 404)) wrong.push(`${said} → ${status} ${text}`)
      }
      let asked = 0
      for (const { method, path, operation } of operations) {
        const key = `${method} ${path}`
        const body = operation.requestBody ? (bodies[key] ?? {}) : undefined
        const isNamed = path.includes('{') && !/^\/api\/v1\/config\/schema/.test(path)
        for (const each of isNamed ? fillings(path, theirs) : [path.replace('{section}', 'processing')]) {
          if (each.includes('{')) wrong.push(`${key} has a part that no house has`)
          note(`${method} ${each}`, await ask(token, method, each, body), isNamed)
          asked++
        }
        for (const { name } of (operation.parameters ?? []).filter((one) => one.in === 'query'))
          for (const value of theirs[name] ?? []) {
            if (isNamed) continue
            const answer = await ask(
              token,
              method,
              `${path}?${name === 'source_call_id' ? '' : (needed[path] ?? '')}${name}=${value}`,
              body,
            )
            const named = ['workspace_id', 'organization_id', 'partner_id'].includes(name)
            note(`${method} ${path}?${name}=${value}`, answer, named)
            if (/"total":[1-9]/.test(answer.text)) wrong.push(`${key}?${name} counts: ${answer.text}`)
          }
        for (const field of naming[key] ?? [])
          for (const value of theirs[field === 'for' ? 'workspace_id' : field] ?? []) {
            const answer = await ask(token, method, path, { ...bodies[key], [field]: value })
            note(`${key} ${field}`, answer, true)
          }
      }
      expect(wrong).toEqual([])
      expect(asked).toBeGreaterThan(100)
    }, 60_000)

test('and nothing of either house was changed or is counted elsewhere', async () => {
  for (const house of houses) {
    const own = apiOf(appliance.url, tokens[house].partner)
    const { jobs, total } = await own.get<{ jobs: { source_call_id: string | null }[]; total: number }>(
      '/jobs',
    )
    expect({ total, ids: jobs.map(({ source_call_id }) => source_call_id) }).toEqual({
      total: jobs.length,
      ids: jobs.map(({ source_call_id }) => (source_call_id === null ? null : `${marks[house]}-call`)),
    })
    const { tokens: left } = await own.get<{ tokens: unknown[] }>('/tokens')
    expect(left.length).toBeGreaterThanOrEqual(1)
    const other = apiOf(appliance.url, tokens[house].workspace)
    const stats = await other.send<{ total_jobs: number }>('GET', '/stats')
    if (stats.status === 200) expect(stats.body.total_jobs).toBe(jobs.length)
  }
})
