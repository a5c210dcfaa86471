import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type Database from 'better-sqlite3'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { textOf } from '../../support/event-streams.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants } from '../../support/tenants.ts'

let appliance: TestAppliance
let call: Caller
let tokenId = ''

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
  await appliance.api.submit({ transcript: 'Agent: Hello', algorithm_ids: ['key_phrases_v1'] })
  const request = { scope: 'workspace', for: 'elsewhere' }
  tokenId = (await appliance.api.post<{ token_id: string }>('/tokens', request)).token_id
})
afterAll(stopAppliances)

interface Operation {
  requestBody?: { content: Record<string, unknown> }
}

/** Every operation of the served document, with ids that are there in its path. */
async function operations() {
  const document = (await (await fetch(`${appliance.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>
  }
  const ids: Record<string, string> = {
    '{job_id}': '1',
    '{algorithm_run_id}': '1',
    '{algorithm_id}': 'key_phrases_v1',
    '{entity_type}': 'workspaces',
    '{entity_id}': 'default',
    '{section}': 'processing',
    '{endpoint_id}': '01a200ec-af21-71d1-93c9-8b443c261778',
    '{tenant_id}': 'elsewhere',
    '{token_id}': tokenId,
  }
  const idOf = (name: string) => {
    if (ids[name] === undefined) throw new Error(`Nothing is known for ${name}`)
    return ids[name]
  }
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/v1'))
    .flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        template,
        path: template.replace(/\{\w+\}/g, (name) => idOf(name)).replace('/api/v1', ''),
        takesJson: operation.requestBody?.content['application/json'] !== undefined,
      })),
    )
}

const deep = `{"transcript": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`
const bodies: [string, string | Uint8Array][] = [
  ['broken JSON', '{"mode": '],
  ['a bare word', 'hello'],
  ['null', 'null'],
  ['a number', '5'],
  ['a list', '[[]]'],
  ['numbers for everything', JSON.stringify(Object.fromEntries(names().map((name) => [name, 1e308])))],
  ['lists for everything', JSON.stringify(Object.fromEntries(names().map((name) => [name, [[]]])))],
  ['objects for everything', JSON.stringify(Object.fromEntries(names().map((name) => [name, { a: null }])))],
  ['a prototype', '{"__proto__": {"mode": "requeue"}, "constructor": {"prototype": {}}}'],
  ['deep nesting', deep],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from('{"transcript": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
  ],
  ['nothing', ''],
]

function names() {
  return `transcript source_call_id source_company_id workspace_id started_at ended_at duration_seconds time_zone
    direction from_number to_number agent_name language metadata algorithm_ids analytics_only agent_channel audio_url
    mode status force_rerun variables processing webhooks auth_type token endpoint_id url redeliver`.split(
    /\s+/,
  )
}

test.each(bodies)(
  '%s is refused by every route that takes JSON, each time with the error of the dialect',
  async (_name, body) => {
    const writing = (await operations()).filter(({ takesJson }) => takesJson)
    expect(writing.length).toBeGreaterThan(10)
    for (const { method, path, template } of writing) {
      const response = await fetch(`${appliance.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${appliance.token}`, 'content-type': 'application/json' },
        body: body as string,
      })
      const answer = (await response.json()) as { detail?: unknown }
      const isFine = response.status < 300 || (response.status < 500 && typeof answer.detail === 'string')
      expect({ method, template, status: response.status, isFine }).toMatchObject({ isFine: true })
    }
  },
)

test('strange ids and queries are refused by every route that reads', async () => {
  const strange = [
    '%00',
    '%ff',
    '..%2f..%2fetc%2fpasswd',
    "1' OR '1'='1",
    '9'.repeat(400),
    '%F0%9F%92%A9',
    '1;DROP TABLE jobs',
    '-0',
  ]
  const queries = [
    '?limit=%00&cursor=%00',
    '?cursor=AAAA&since=%F0%9F%92%A9',
    '?limit=1e1&status[]=x',
    `?source_call_id=${'x'.repeat(300)}`,
  ]
  for (const { method, template } of (await operations()).filter(({ method }) => method === 'GET'))
    for (const id of strange)
      for (const query of queries) {
        const path = template.replace(/\{\w+\}/g, id)
        const response = await fetch(`${appliance.url}${path}${query}`, {
          method,
          headers: { authorization: `Bearer ${appliance.token}` },
        })
        expect({ template, id, query, isServerError: response.status >= 500 }).toMatchObject({
          isServerError: false,
        })
        await textOf(response)
      }
})

describe('a full disk', () => {
  const submit = () =>
    call({
      method: 'POST',
      path: '/calls/transcript',
      body: { transcript: `Agent: ${'long '.repeat(3000)}` },
    })

  test('is said plainly, and is over when it is', async () => {
    const { connection } = appliance.app.db as unknown as { connection: Database }
    const [{ page_count }] = connection.pragma('page_count') as [{ page_count: number }]
    connection.pragma(`max_page_count = ${page_count}`)
    let full = await submit()
    for (let tries = 0; full.status === 202 && tries < 200; tries++) full = await submit()
    expect({ status: full.status, detail: full.body.detail }).toEqual({
      status: 507,
      detail: 'The disk is full; nothing was stored',
    })
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await call({ method: 'GET', path: '/jobs' })).status).toBe(200)
    connection.pragma('max_page_count = 1073741823')
    expect((await submit()).status).toBe(202)
  })
})
