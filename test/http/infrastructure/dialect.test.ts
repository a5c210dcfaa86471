import { afterAll, expect, test } from 'bun:test'
import { z } from 'zod'
import { dialect } from '../../../src/http/dialect.ts'
import { routes } from '../../../src/http/routes.ts'
import { startDemo, TOKEN } from './demo.ts'

const demo = startDemo()
afterAll(() => demo.server.stop({ graceMs: 100 }))

const json = (body: unknown) => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
const anonymous = { headers: { authorization: '' } }

const scenarios: [name: string, path: string, init: RequestInit, status: number, body: object][] = [
  ['a plain value goes out with the lowest status', '/notes/7', {}, 200, { id: '7', by: 'demo' }],
  ['reply picks another status', '/notes', json({ title: 'a' }), 202, { title: 'a', kind: 'call' }],
  [
    'unknown fields are dropped',
    '/notes',
    json({ title: 'a', role: 'admin' }),
    202,
    { title: 'a', kind: 'call' },
  ],
  ['a query is parsed', '/notes?limit=7', {}, 200, { notes: [], limit: 7 }],
  ['a query has defaults', '/notes', {}, 200, { notes: [], limit: 50 }],
  ['a query is checked', '/notes?limit=x', {}, 422, { errors: [{ field: 'limit' }] }],
  ['a repeated query value is a list', '/notes?limit=1&limit=2', {}, 422, { errors: [{ field: 'limit' }] }],
  ['no token, no answer', '/notes/7', anonymous, 401, { detail: 'The token is missing or not valid' }],
  ['an unknown route hides behind the token', '/nothing', anonymous, 401, {}],
  ['an unknown route', '/nothing', {}, 404, { detail: 'Path not found' }],
  ['an open route', '/health', anonymous, 200, { ok: true }],
  ['an open pattern', '/open/door', anonymous, 200, { name: 'door' }],
  ['a closed route that an open pattern fits', '/open/secret', anonymous, 401, {}],
  ['the same with a token', '/open/secret', {}, 200, { by: 'demo' }],
  ['a wrong method on an open route', '/health', { ...anonymous, method: 'POST' }, 401, {}],
  ['a wrong method', '/notes/7', { method: 'PUT' }, 405, { detail: 'Method not allowed' }],
  ['the id comes before the body', '/notes/2/retry', json('{broken'), 404, { detail: 'Note not found' }],
  ['then the body', '/notes/1/retry', json('{broken'), 400, { detail: 'The body is not valid JSON' }],
  ['an optional body may be missing', '/notes/1/retry', { method: 'POST' }, 202, { id: '1', body: null }],
  ['a required body may not', '/notes', { method: 'POST' }, 400, { detail: 'The body is not valid JSON' }],
  ['a dialect has its own statuses', '/notes/7/hidden', {}, 404, { detail: 'No access' }],
  ['a trailing slash', '/notes/7/', {}, 200, { id: '7' }],
  ['another content type', '/notes', { method: 'POST', body: 'title=a' }, 415, {}],
  [
    'a problem deep in a union',
    '/notes',
    json({ title: 'a', transcript: [{ speaker: 'a', text: 5 }] }),
    422,
    {
      detail: 'transcript.0.text: Expected string, received number',
    },
  ],
  [
    'a missing field',
    '/notes',
    json({}),
    422,
    { detail: 'title: Required', errors: [{ field: 'title', message: 'Required' }] },
  ],
  ['the body as a whole', '/notes', json([]), 422, { errors: [{ field: 'body' }] }],
  ['the wrong credential twice', '/notes/7', { headers: { 'x-api-key': 'esk_other' } }, 400, {}],
  ['the same credential twice', '/notes/7', { headers: { 'x-api-key': TOKEN } }, 200, {}],
  ['the key header alone', '/notes/7', { headers: { authorization: '', 'x-api-key': TOKEN } }, 200, {}],
]

for (const [name, path, init, status, body] of scenarios)
  test(name, async () => {
    const answer = await demo.send(`/api/v1${path}`, init)
    expect(answer.status).toBe(status)
    const sent = (await answer.json()) as { request_id?: string }
    expect(sent).toMatchObject(body)
    if (status >= 400) expect(sent.request_id).toBe(answer.headers.get('x-request-id')!)
  })

test('405 and OPTIONS name the methods that work', async () => {
  const refused = await demo.send('/api/v1/notes/7', { method: 'PATCH' })
  const asked = await demo.send('/api/v1/notes/7', { method: 'OPTIONS' })
  expect(refused.headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS')
  expect(asked.status).toBe(204)
  expect(asked.headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS')
})

test('HEAD answers like GET without the body', async () => {
  const answer = await demo.send('/api/v1/notes/7', { method: 'HEAD' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-length')).toBe('22')
  expect(await answer.text()).toBe('')
})

test('204 has no body', async () => {
  const answer = await demo.send('/api/v1/notes/7', { method: 'DELETE' })
  expect(answer.status).toBe(204)
  expect(await answer.text()).toBe('')
})

test("the limit's headers are on every answer, and 429 says when to come back", async () => {
  for (const path of ['/notes/7', '/nothing', '/notes/7/break'])
    expect((await demo.send(`/api/v1${path}`)).headers.get('x-ratelimit-limit')).toBe('50')
  const limited = await demo.send('/api/v1/nothing', { headers: { 'x-test-left': '0' } })
  expect(limited.status).toBe(429)
  expect(limited.headers.get('retry-after')).toBe('8')
  expect(limited.headers.get('x-ratelimit-limit')).toBe('50')
})

test('a server that is busy says when to come back, and nothing private is kept by caches', async () => {
  const busy = await demo.send('/api/v1/notes/7/busy')
  expect(busy.status).toBe(503)
  expect(busy.headers.get('retry-after')).toBe('5')
  expect((await demo.send('/api/v1/notes/7')).headers.get('cache-control')).toBe('no-store')
})

test('an unexpected error is logged once with its cause and hidden from the client', async () => {
  demo.complaints.length = 0
  const answer = await demo.send('/api/v1/notes/7/break')
  const body = (await answer.json()) as { detail: string; request_id: string }
  expect(answer.status).toBe(500)
  expect(body).toEqual({ detail: 'Internal error', request_id: answer.headers.get('x-request-id')! })
  expect(demo.complaints).toHaveLength(1)
  expect(demo.complaints[0]!.fields).toMatchObject({
    request_id: body.request_id,
    err: { message: 'secret of 7' },
  })
})

test('no refusal repeats what was sent', async () => {
  const secret = 'KEEP-THIS-TO-YOURSELF'
  const bodies = [
    { title: secret.repeat(9) },
    { title: 'a', kind: secret },
    { title: [secret] },
    { title: 'a', transcript: { text: secret } },
    { title: 'a', metadata: secret },
  ]
  for (const body of bodies) {
    const answer = await demo.send('/api/v1/notes', json(body))
    expect(answer.status).toBe(422)
    expect(await answer.text()).not.toContain(secret)
  }
})

test('routes that need a token cannot be mounted without a way to check it', () => {
  const closed = routes<object>('Closed', '/closed').get(
    '',
    { summary: '', answers: { 200: z.object({}) } },
    () => ({}),
  )
  const { document } = demo.surface
  const options = { prefix: '/x', document, routes: [closed], envelope: () => ({}), maxBody: 1 }
  expect(() => dialect({ ...options, log: { error() {}, warn() {} } })).toThrow('no authentication')
})
