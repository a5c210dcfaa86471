import { afterAll, expect, test } from 'bun:test'
import { startDemo } from './demo.ts'

const demo = startDemo()
afterAll(() => demo.server.stop({ graceMs: 100 }))

type Operation = {
  tags: string[]
  security: object[]
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object; example?: object }> }
  >
}
type Document = {
  openapi: string
  servers: object[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: object }
}

const anonymously = (path: string) => fetch(demo.server.url + path)
const read = async () => (await (await anonymously('/openapi.json')).json()) as Document

test('the document has every route with its body, answers and refusals', async () => {
  const { openapi, servers, paths, components } = await read()
  expect(openapi).toStartWith('3.1')
  expect(servers).toEqual([{ url: '/' }])
  expect(Object.keys(components.securitySchemes)).toEqual(['bearer', 'apiKey'])
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  const mounted = demo.surface.routes.map(({ route }) => `${route.method} /api/v1${route.path}`)
  expect(documented.toSorted()).toEqual(mounted.toSorted())

  const write = paths['/api/v1/notes']!.post!
  expect(Object.keys(write.responses)).toEqual([
    '200',
    '202',
    '400',
    '401',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
  ])
  expect(write.requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { required: ['title'] } } },
  })
  expect(write.responses['202']).toMatchObject({
    description: 'A note',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/DemoNote' } } },
  })
  expect(write.responses['422']!.content!['application/json']!.example).toMatchObject({
    detail: 'name: Required',
  })
})

test('parameters, optional bodies, uploads and open routes are told as they are', async () => {
  const { paths } = await read()
  expect(paths['/api/v1/notes']!.get!.parameters).toMatchObject([
    { name: 'limit', in: 'query', required: false },
  ])
  expect(paths['/api/v1/notes/{id}']!.get!.parameters).toMatchObject([
    { name: 'id', in: 'path', required: true },
  ])
  expect(paths['/api/v1/notes/{id}/retry']!.post!.requestBody!.required).toBe(false)
  expect(Object.keys(paths['/api/v1/files']!.post!.requestBody!.content)).toEqual(['multipart/form-data'])
  expect(paths['/api/v1/health']!.get!.security).toEqual([])
  expect(paths['/api/v1/notes']!.get!.security).toEqual([{ bearer: [] }, { apiKey: [] }])
})

test('every reference in the document leads somewhere', async () => {
  const document = await read()
  const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
  expect(references.length).toBeGreaterThan(5)
  for (const reference of new Set(references)) {
    const name = /#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1]
    expect(Object.keys(document.components.schemas)).toContain(name!)
  }
})

test('the viewers may reach nothing but this server and find everything there', async () => {
  for (const path of ['/docs', '/redoc']) {
    const page = await anonymously(path)
    const html = await page.text()
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';")
    expect(page.headers.get('content-security-policy')).not.toContain('http')
    const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, asset]) => asset!)
    expect(assets.length).toBeGreaterThanOrEqual(2)
    for (const asset of assets) {
      const answer = await anonymously(asset)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toEndWith('; charset=utf-8')
    }
    expect(html).not.toMatch(/(?:src|href)="https?:/)
  }
})

test('Redoc does not ask for the logo of its makers, and Swagger UI for no validator', async () => {
  expect(await (await anonymously('/docs/redoc.js')).text()).not.toContain('cdn.redoc.ly')
  expect(await (await anonymously('/docs/swagger-start.js')).text()).toContain('validatorUrl: null')
})

test('only known assets are served', async () => {
  for (const name of ['nothing.js', '__proto__', '..%2f..%2fpackage.json', 'constructor'])
    expect((await anonymously(`/docs/${name}`)).status).toBe(404)
})
