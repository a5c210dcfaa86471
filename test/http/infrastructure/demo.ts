import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readToken } from '../../../src/http/credentials.ts'
import { dialect } from '../../../src/http/dialect.ts'
import { docsRoutes } from '../../../src/http/docs.ts'
import { readMultipart } from '../../../src/http/multipart.ts'
import { reply } from '../../../src/http/responses.ts'
import { routes } from '../../../src/http/routes.ts'
import { type ServeOptions, serve } from '../../../src/http/server.ts'
import { fileSink } from '../../../src/lib/file-sink.ts'
import { notFound, Refusal } from '../../../src/lib/refusal.ts'

export const TOKEN = 'esk_demo'
const MAX_BODY = 100_000
const MAX_UPLOAD = 400 * 1024 * 1024

interface Actor {
  name: string
}

const Turn = z.object({ speaker: z.string(), text: z.string() })
const Note = z.object({
  title: z.string().max(50),
  kind: z.enum(['call', 'chat']).default('call'),
  transcript: z.union([z.string(), z.array(Turn)]).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})
const Shown = z.object({ id: z.string() }).meta({ id: 'Note', description: 'A note' })
const Listing = z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) })

/** A small API with one route of each kind, and a log of what it complained about. */
export function startDemo(overrides: Partial<ServeOptions> = {}, folder = tmpdir()) {
  const complaints: { fields: object; message: string }[] = []
  const complain = (fields: object, message: string) => void complaints.push({ fields, message })
  const surface = demoDialect(folder, { error: complain, warn: complain })
  const rest = dialect({ ...open(), log: { error: complain, warn: complain }, open: [docs(() => [surface])] })
  const server = serve({
    host: '127.0.0.1',
    port: 0,
    surfaces: [rest, surface],
    maxBody: MAX_BODY,
    maxUpload: MAX_UPLOAD,
    log: { error: complain, warn: complain },
    ...overrides,
  })
  const send = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } })
  return { server, surface, complaints, send }
}

const docs = (dialects: Parameters<typeof docsRoutes>[1]) =>
  docsRoutes({ title: 'Demo', version: '1.0.0' }, dialects)

const open = () => ({
  prefix: '',
  document: { name: 'Rest', title: 'Rest', failure: z.object({ detail: z.string() }) },
  envelope: ({ message, requestId }: { message: string; requestId: string }) => ({
    detail: message,
    request_id: requestId,
  }),
  routes: [],
  maxBody: MAX_BODY,
})

function demoDialect(folder: string, log: ServeOptions['log']) {
  let left = Number.POSITIVE_INFINITY
  return dialect<Actor>({
    prefix: '/api/v1',
    document: {
      name: 'Demo',
      title: 'Demo',
      failure: z.object({ detail: z.string(), request_id: z.string() }).meta({ id: 'Failure' }),
    },
    authenticate: (request) => {
      if (readToken(request) !== TOKEN) throw new Refusal('unauthorized', 'The token is missing or not valid')
      return { name: 'demo' }
    },
    limit: (_, headers, request) => {
      const wanted = request.headers.get('x-test-left')
      left = wanted === null ? Number.POSITIVE_INFINITY : Number(wanted)
      headers['x-ratelimit-limit'] = '50'
      if (left <= 0) throw new Refusal('limited', 'Too many requests', { retryAfterSeconds: 7.2 })
    },
    envelope: ({ message, errors, requestId }) => ({
      detail: message,
      ...(errors ? { errors } : {}),
      request_id: requestId,
    }),
    statuses: { forbidden: 404 },
    routes: [notes, files(folder)],
    open: [health],
    maxBody: MAX_BODY,
    log,
  })
}

const health = routes<undefined>('Health', '')
  .get('/health', { summary: 'Is it up?', answers: { 200: z.object({ ok: z.boolean() }) } }, () => ({
    ok: true,
  }))
  .get('/open/:name', { summary: 'Anything', answers: { 200: z.object({}) } }, ({ params, actor }) => ({
    ...params,
    actor,
  }))

const notes = routes<Actor>('Notes', '/notes')
  .get(
    '',
    { summary: 'List', query: Listing, answers: { 200: z.object({ notes: z.array(Shown) }) } },
    ({ query }) => ({
      notes: [],
      limit: query().limit,
    }),
  )
  .post(
    '',
    { summary: 'Write', body: Note, answers: { 200: Shown, 202: Shown }, refusals: [409] },
    async ({ body }) => reply(202, await body()),
  )
  .get('/:id', { summary: 'Read', answers: { 200: Shown } }, ({ params, actor }) => ({
    id: params.id,
    by: actor.name,
  }))
  .delete('/:id', { summary: 'Remove', answers: { 204: { description: 'Gone' } } }, () => undefined)
  .post(
    '/:id/retry',
    { summary: 'Again', body: Note.optional(), answers: { 202: Shown } },
    async ({ params, body }) => {
      if (params.id !== '1') throw notFound('Note')
      return { id: params.id, body: (await body()) ?? null }
    },
  )
  .get('/:id/break', { summary: 'Fail', answers: { 200: Shown } }, ({ params }) => {
    throw new Error(`secret of ${params.id}`)
  })
  .get('/:id/busy', { summary: 'Later', answers: { 200: Shown } }, () => {
    throw new Refusal('conflict', 'Too much to do', { reason: 'busy' })
  })
  .get('/:id/hidden', { summary: 'Refuse', answers: { 200: Shown } }, () => {
    throw new Refusal('forbidden', 'No access')
  })

const files = (folder: string) =>
  routes<Actor>('Files', '')
    .post(
      '/files',
      { summary: 'Upload', form: z.object({ file: z.file() }), answers: { 201: z.object({}) } },
      async ({ request }) => {
        const open = () => fileSink(join(folder, crypto.randomUUID()))
        return readMultipart(request, { maxBytes: MAX_UPLOAD, open })
      },
    )
    .get(
      '/open/secret',
      { summary: 'Closed, beside an open pattern', answers: { 200: z.object({}) } },
      ({ actor }) => ({
        by: actor.name,
      }),
    )
    .get('/address', { summary: 'Who am I?', answers: { 200: z.object({}) } }, ({ arrival }) => ({
      address: arrival.address(),
    }))
    .get('/slow', { summary: 'Takes a while', answers: { 200: z.object({}) } }, async () => {
      await Bun.sleep(300)
      return { done: true }
    })
