import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants } from '../../support/tenants.ts'

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
  await appliance.app.plugins.ready()
})
afterAll(stopAppliances)

test.each<[string, object]>([
  [
    '/health',
    {
      success: true,
      status: 'healthy',
      version: expect.any(String),
      timestamp: expect.stringMatching(/Z$/),
      data: { status: 'healthy', version: expect.any(String), timestamp: expect.stringMatching(/Z$/) },
    },
  ],
  ['/readiness', { status: 'ready', checks: { database: true, plugins: true } }],
  ['/liveness', { status: 'alive' }],
  ['/version', { name: 'earshot', version: expect.any(String) }],
])('%s answers without a token', async (path, body) => {
  const answer = await fetch(appliance.url + path)
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body })
})

test.each(['/nothing', '/health/nothing'])('%s is not there', async (path) => {
  const answer = await fetch(appliance.url + path)
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 404,
    body: { detail: expect.any(String), request_id: expect.any(String) },
  })
})

test('the documents of both surfaces are served', async () => {
  const document = (await (await fetch(`${appliance.url}/openapi.json`)).json()) as {
    paths: Record<string, object>
  }
  const paths = Object.keys(document.paths)
  expect(paths).toContain('/health')
  expect(paths).toContain('/api/v1/jobs/{job_id}/run-algorithms')
  for (const page of ['/docs', '/redoc']) expect((await fetch(appliance.url + page)).status).toBe(200)
})

test('every route of the API explains itself', async () => {
  const document = (await (await fetch(`${appliance.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>
  }
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { summary, responses }] of Object.entries(operations)) {
      const isOpen = !path.startsWith('/api/v1')
      expect({ path, method, summary }).toEqual({ path, method, summary: expect.stringMatching(/./) })
      expect({ path, method, refuses: isOpen || '401' in responses }).toEqual({ path, method, refuses: true })
    }
})

test('the health of the parts needs a token, and only the platform sees the figures', async () => {
  expect((await call({ method: 'GET', path: '/health', as: null })).status).toBe(401)
  interface Health {
    status: string
    checks: Record<string, Record<string, unknown>>
  }
  const partner = (await call<Health>({ method: 'GET', path: '/health', as: 'partner' })).body
  const platform = (await call<Health>({ method: 'GET', path: '/health', as: 'platform' })).body
  expect(Object.keys(platform.checks)).toEqual(['database', 'queue', 'disk', 'memory', 'plugins'])
  expect(platform.checks.disk).toHaveProperty('free_mb')
  expect(platform.checks.queue).toHaveProperty('tasks')
  expect(Object.keys(partner.checks.disk!)).toEqual(['status'])
  expect(Object.keys(partner.checks.queue!)).toEqual(['status'])
})
