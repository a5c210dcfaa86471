import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { textOf } from '../support/event-streams.ts'
import { type Operation, readOperations } from '../support/operations.ts'
import { closedUrl } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeTenants } from '../support/tenants.ts'
import { makeRandom } from '../support/wav.ts'

/** Bad input on every documented operation: an answer that says what is wrong, soon, and never a fault. */

const seed = Number(process.env.EARSHOT_TEST_SEED ?? Date.now() % 1_000_000)
const random = makeRandom(seed)
const MAX_BODY = 200_000
const SOON_MS = 5000
const MUTATIONS = 25

const appliance = await startAppliance({
  fixtures: ['good/words', 'good/waits'],
  max_body: MAX_BODY,
  max_upload: 400_000,
})
const operations = await readOperations(appliance.url)
let jobId = 0
let endpointId = ''
let tokenId = ''
afterAll(stopAppliances)
beforeAll(async () => {
  jobId = await appliance.api.submit(sampleCall({ algorithm_ids: ['words'] }))
  await appliance.api.ended(jobId)
  await appliance.api.put('/config/workspaces/default', { webhooks: { endpoints: [{ url: closedUrl() }] } })
  const { endpoints } = await appliance.api.get<{ endpoints: { endpoint_id: string }[] }>(
    '/webhooks/endpoints',
  )
  endpointId = endpoints[0]!.endpoint_id
  await makeTenants(appliance)
})
/** Replacing a token is allowed once. */
beforeEach(async () => {
  const request = { scope: 'workspace', for: 'default' }
  tokenId = (await appliance.api.post<{ token_id: string }>('/tokens', request)).token_id
})

const existing: Record<string, () => string> = {
  job_id: () => String(jobId),
  algorithm_run_id: () => '1',
  algorithm_id: () => 'waits',
  entity_type: () => 'workspaces',
  entity_id: () => 'default',
  section: () => 'processing',
  endpoint_id: () => endpointId,
  tenant_id: () => 'elsewhere',
  token_id: () => tokenId,
}
const fill = (template: string, value: (name: string) => string) =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => value(name))
const pathOf = ({ template }: Operation) => fill(template, (name) => existing[name]!())

async function ask(method: string, path: string, init: RequestInit = {}) {
  const began = performance.now()
  const response = await fetch(appliance.url + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(2 * SOON_MS),
    ...init,
    headers: { authorization: `Bearer ${appliance.token}`, ...init.headers },
  })
  const text = await textOf(response)
  return { status: response.status, headers: response.headers, text, ms: performance.now() - began }
}

type Answered = Awaited<ReturnType<typeof ask>>

/** What is wrong with an answer; undefined when all is as it must be. */
function faultOf(
  { status, headers, text, ms }: Answered,
  allowed: (status: number) => boolean,
): string | undefined {
  if (ms > SOON_MS) return `it took ${Math.round(ms)} ms`
  if (!allowed(status)) return `status ${status}: ${text.slice(0, 200)}`
  if (!/^[\w-]{8,64}$/.test(headers.get('x-request-id') ?? '')) return 'no x-request-id'
  if (status < 400) return undefined
  if (!headers.get('content-type')?.startsWith('application/json')) return 'an error that is no JSON'
  const body = JSON.parse(text) as { detail?: unknown; request_id?: unknown }
  if (typeof body.detail !== 'string' || body.detail === '') return `no detail: ${text.slice(0, 200)}`
  return body.request_id === headers.get('x-request-id') ? undefined : 'another request_id'
}

const refused = (status: number) => status >= 400 && status < 500
const noFault = (status: number) => status < 500
const only =
  (...statuses: number[]) =>
  (status: number) =>
    statuses.includes(status)

async function faults(
  chosen: Operation[],
  send: (operation: Operation) => Promise<Answered>,
  allowed: (status: number) => boolean,
) {
  const found: string[] = []
  for (const operation of chosen) {
    const fault = faultOf(await send(operation), allowed)
    if (fault) found.push(`${operation.method} ${operation.template}: ${fault}`)
  }
  return found
}

const withJson = operations.filter(({ takesJson }) => takesJson)
const withForm = operations.filter(({ takesForm }) => takesForm)
const withId = operations.filter(({ template }) => template.includes('{'))
const closed = operations.filter(({ template }) => template.startsWith('/api/v1/'))

test('the document names what there is to attack', () => {
  expect(withJson.length).toBeGreaterThan(8)
  expect(withForm.length).toBeGreaterThan(0)
  expect(withId.length).toBeGreaterThan(10)
  expect(operations.length).toBeGreaterThan(closed.length)
  const named = withId.flatMap(({ template }) =>
    [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  )
  expect([...new Set(named)].filter((name) => existing[name] === undefined)).toEqual([])
})

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream

const bodies: [name: string, body: Body, allowed: (status: number) => boolean][] = [
  ['broken JSON', '{"algorithm_ids": ["a"', only(400)],
  ['two values', '{}{}', only(400)],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), only(400)],
  ['arrays 100,000 deep', '['.repeat(100_000), only(400)],
  ['objects 20,000 deep', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000), only(400)],
  ['an oversize body', JSON.stringify({ metadata: 'x'.repeat(MAX_BODY) }), only(413)],
  ['an oversize body in chunks', 'endless', only(413)],
  ['a list', '[]', refused],
  ['a text', '"text"', refused],
  ['a number', '17', refused],
  ['null', 'null', noFault],
]

const bodyOf = (body: Body): Body => (body === 'endless' ? endless() : body)
function endless() {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(50_000).fill(0x20)) })
}
const JSON_TYPE = { 'content-type': 'application/json' }

describe('every operation that takes JSON', () => {
  for (const [name, body, allowed] of bodies)
    test(`refuses ${name}`, async () => {
      const send = (operation: Operation) =>
        ask(operation.method, pathOf(operation), { body: bodyOf(body), headers: JSON_TYPE })
      expect(await faults(withJson, send, allowed)).toEqual([])
    })

  test('refuses other types of content', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
    ]) {
      const send = (operation: Operation) =>
        ask(operation.method, pathOf(operation), { body: '{}', headers: { 'content-type': type } })
      expect(await faults(withJson, send, only(415))).toEqual([])
    }
  })

  test(`survives what is nearly right (EARSHOT_TEST_SEED=${seed})`, async () => {
    const found: string[] = []
    for (let round = 0; round < MUTATIONS; round++)
      found.push(
        ...(await faults(
          withJson,
          (operation) =>
            ask(operation.method, pathOf(operation), {
              body: JSON.stringify(mutate(operation.example)),
              headers: JSON_TYPE,
            }),
          noFault,
        )),
      )
    expect(found).toEqual([])
  }, 60_000)
})

const STRANGE: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.1,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\0',
  '\ud800',
  'x'.repeat(5000),
  '🙂'.repeat(300),
  '1 OR 1=1; --',
  '../../etc/passwd',
  '2026-02-30T25:61:61Z',
  '+99999-01-01T00:00:00Z',
  [],
  [[]],
  [null],
  Array(2000).fill('a'),
  {},
  { toString: 1 },
  { a: { b: { c: {} } } },
]
const pick = <Value>(all: Value[]) => all[Math.floor(random() * all.length)]!

/** Changes one thing somewhere in a good example. */
function mutate(value: unknown): unknown {
  if (random() < 0.2 || typeof value !== 'object' || value === null) return pick(STRANGE)
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length)
    return random() < 0.2
      ? [...value, ...value]
      : value.map((each, index) => (index === at ? mutate(each) : each))
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || random() < 0.1)
    return { ...value, [pick(['__proto__', 'constructor', 'x', ''])]: pick(STRANGE) }
  const [chosen] = pick(entries)
  return Object.fromEntries(entries.map(([name, each]) => [name, name === chosen ? mutate(each) : each]))
}

const ids = [
  '0',
  '-1',
  '1.5',
  'abc',
  '9'.repeat(30),
  '1e3',
  '%00',
  '%2e%2e',
  '%F0%9F%92%A9',
  "1'--",
  '01',
  'null',
  '00000000-0000-0000-0000-000000000000',
]

test('every operation with an id refuses what is none', async () => {
  for (const id of ids) {
    const send = (operation: Operation) =>
      ask(
        operation.method,
        fill(operation.template, () => id),
        {
          ...(operation.takesJson && { body: JSON.stringify(operation.example), headers: JSON_TYPE }),
        },
      )
    expect({ id, faults: await faults(withId, send, refused) }).toEqual({ id, faults: [] })
  }
})

const queries = [
  'cursor=made-up',
  'limit=0',
  'limit=101',
  'limit=1&limit=2',
  'limit=abc',
  'since=yesterday',
  'status=done',
  'cursor=a&cursor=b',
]

for (const query of queries)
  test(`a list refuses ?${query}`, async () => {
    const name = query.split('=')[0]!
    const lists = operations.filter(
      (operation) => operation.method === 'GET' && operation.query.includes(name),
    )
    const send = (operation: Operation) => ask('GET', `${pathOf(operation)}?${query}`)
    expect(lists.length).toBeGreaterThan(0)
    expect(await faults(lists, send, only(422))).toEqual([])
  })

test('a cursor of one list is refused by another, and one that was changed by its own', async () => {
  for (let count = 0; count < 3; count++) await appliance.api.submit(sampleCall({ algorithm_ids: ['words'] }))
  const { next_cursor } = await appliance.api.get<{ next_cursor: string }>('/jobs?limit=1')
  const changed = next_cursor.slice(0, -2) + (next_cursor.endsWith('AA') ? 'BB' : 'AA')
  const others = ['/jobs?limit=1&status=completed', `/jobs/${jobId}/logs?limit=1`]
  for (const path of [...others, `/jobs?limit=1&cursor=${changed}`].map(
    (each) => `${each}&cursor=${next_cursor}`,
  ))
    expect(faultOf(await ask('GET', `/api/v1${path}`), only(422))).toBeUndefined()
})

test('every closed operation needs a token, whatever else is wrong', async () => {
  const tokens: Record<string, string>[] = [
    { authorization: '' },
    { authorization: 'Bearer esk_unknown' },
    { authorization: `Basic ${appliance.token}` },
    { authorization: `bearer ${'x'.repeat(5000)}` },
  ]
  for (const headers of tokens) {
    const send = (operation: Operation) =>
      ask(operation.method, pathOf(operation), {
        headers: { ...headers, ...JSON_TYPE },
        ...(operation.takesJson && { body: '{"broken' }),
      })
    expect(await faults(closed, send, only(401))).toEqual([])
  }
})

test('methods that are not there get 405 and are told which are', async () => {
  for (const path of new Set(operations.map(pathOf))) {
    const there = operations.filter(({ template }) => fits(template, path)).map(({ method }) => method)
    const absent = ['PUT', 'PATCH', 'DELETE', 'POST', 'PROPFIND'].filter((each) => !there.includes(each))
    for (const method of absent) {
      const answer = await ask(method, path)
      const fault = faultOf(answer, only(405))
      expect({ path, method, fault }).toEqual({ path, method, fault: undefined })
      for (const known of there) expect(answer.headers.get('allow')).toContain(known)
    }
  }
})

const fits = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

test('paths that are not there get 404', async () => {
  for (const path of [
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/jobs/1/nothing',
    '/nothing',
    '/api/v1/jobs//1',
    '/api/v1/%ff',
  ])
    expect({ path, fault: faultOf(await ask('GET', path), only(404)) }).toEqual({ path, fault: undefined })
})

describe('an upload', () => {
  const boundary = 'X-BOUNDARY'
  const part = (head: string, body: string) => `--${boundary}\r\n${head}\r\n\r\n${body}\r\n`
  const file = part('Content-Disposition: form-data; name="file"; filename="a.wav"', 'RIFF')
  const end = `--${boundary}--\r\n`
  const uploads: [name: string, body: string, type: string, allowed: (status: number) => boolean][] = [
    ['without a boundary', 'x', 'multipart/form-data', refused],
    ['of nothing', '', `multipart/form-data; boundary=${boundary}`, refused],
    ['that ends in the middle', file, `multipart/form-data; boundary=${boundary}`, refused],
    ['without a file', end, `multipart/form-data; boundary=${boundary}`, refused],
    [
      'with broken fields',
      part('Content-Disposition: form-data; name="payload"', '{"a') + file + end,
      `multipart/form-data; boundary=${boundary}`,
      refused,
    ],
    ['with two files', file + file + end, `multipart/form-data; boundary=${boundary}`, refused],
    [
      'with a thousand parts',
      part('Content-Disposition: form-data; name="a"', 'b').repeat(1000) + file + end,
      `multipart/form-data; boundary=${boundary}`,
      refused,
    ],
    [
      'with an endless head',
      `--${boundary}\r\nX: ${'x'.repeat(100_000)}`,
      `multipart/form-data; boundary=${boundary}`,
      refused,
    ],
    [
      'that is too large',
      part('Content-Disposition: form-data; name="file"; filename="a.wav"', 'x'.repeat(500_000)) + end,
      `multipart/form-data; boundary=${boundary}`,
      only(413),
    ],
    ['as JSON', '{}', 'application/json', only(415)],
  ]
  for (const [name, body, type, allowed] of uploads)
    test(`${name} is refused`, async () => {
      const send = (operation: Operation) =>
        ask(operation.method, pathOf(operation), { body, headers: { 'content-type': type } })
      expect(await faults(withForm, send, allowed)).toEqual([])
    })
})

test('after all this it works as before', async () => {
  await appliance.api.put('/config/workspaces/default', {})
  const job = await appliance.api.ended(await appliance.api.submit(sampleCall({ algorithm_ids: ['words'] })))
  expect(job.status).toBe('completed')
})
