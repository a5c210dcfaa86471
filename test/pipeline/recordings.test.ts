import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import sql from 'sql-template-tag'
import { answerWith, rawServer } from '../lib/servers.ts'
import type { Job } from '../support/api.ts'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { closedUrl, type Received, startReceiver, status } from '../support/receiver.ts'
import { makeWav, speechLike } from '../support/wav.ts'

/** Recordings by address, from a server that behaves in every way that servers do. */

const WAV = makeWav([speechLike([[0.2, 1.5]], 8000, 2)], { rate: 8000 })
const wavBody = () => new Response(new Uint8Array(WAV), { headers: { 'content-type': 'audio/wav' } })

type Behaviour = (received: Received, count: number) => Response | Promise<Response>
const behaviours = new Map<string, Behaviour>()
const server = startReceiver((one) => {
  const count = server.received.filter(({ path }) => path === one.path).length - 1
  return behaviours.get(one.path)?.(one, count) ?? status(404)
})
const { api, app } = await startAppliance({
  transcriber: 'hears',
  transcribers: { hears: { url: 'x' } },
  fixtures: ['good/words', 'good/hears'],
  audio_fetch_retries: [0.05, 0.1],
  audio_fetch_timeout: 0.5,
  max_upload: 100_000,
})
beforeAll(() =>
  api.put('/config/workspaces/default', {
    processing: { algorithms: ['words'], filters: { min_duration_seconds: 0 } },
  }),
)
afterAll(async () => {
  await stopAppliances()
  server.stop()
})

const requests = (path: string) => server.received.filter((one) => one.path === path)
const fetchFrom = async (url: string): Promise<Job> =>
  api.ended(await api.submit({ source_call_id: url, audio_url: url }, 'audio'))
const behave = (name: string, behaviour: Behaviour) => {
  behaviours.set(`/${name}`, behaviour)
  return `${server.url}/${name}`
}

const good: [name: string, behaviour: Behaviour, requests: number][] = [
  ['at-once', wavBody, 1],
  ['as-octets', () => new Response(new Uint8Array(WAV)), 1],
  ['busy-at-first', (_, count) => (count < 2 ? status(503, 'later') : wavBody()), 3],
  ['limited-at-first', (_, count) => (count === 0 ? status(429) : wavBody()), 2],
  ['timeout-at-first', (_, count) => (count === 0 ? status(408) : wavBody()), 2],
  ['silent-at-first', (_, count) => Bun.sleep(count === 0 ? 700 : 0).then(wavBody), 2],
]

for (const [name, behaviour, count] of good)
  test(`${name}: fetched and completed after ${count} requests`, async () => {
    const job = await fetchFrom(behave(name, behaviour))
    expect(job).toMatchObject({ status: 'completed', error: null, duration_seconds: 2 })
    expect(requests(`/${name}`)).toHaveLength(count)
    const retries = (await api.logs(job.job_id)).filter(({ message }) => message.includes('trying again'))
    expect(retries).toHaveLength(count - 1)
  })

const RETRIED = 3
const bad: [name: string, behaviour: Behaviour, code: string, reason: RegExp, requests: number][] = [
  ['not-found', () => status(404), 'audio_fetch_failed', /answered with status 404/, 1],
  ['forbidden', () => status(403, '<xml/>'), 'audio_fetch_failed', /status 403/, 1],
  ['always-busy', () => status(500), 'audio_fetch_failed', /status 500/, RETRIED],
  [
    'always-silent',
    () => Bun.sleep(700).then(() => status(200)),
    'audio_fetch_failed',
    /did not answer in time/,
    RETRIED,
  ],
  [
    'too-large',
    () => new Response(new Uint8Array(200_000)),
    'audio_fetch_failed',
    /too large: the limit is 100000/,
    1,
  ],
  ['too-large-in-chunks', () => new Response(chunks(200_000)), 'audio_fetch_failed', /too large/, 1],
  [
    'round-and-round',
    () => status(302, null, { location: '/round-and-round' }),
    'audio_fetch_failed',
    /redirect/i,
    6,
  ],
  [
    'html',
    () => new Response('<!doctype html><p>Sign in', { headers: { 'content-type': 'text/html' } }),
    'audio_unreadable',
    /./,
    1,
  ],
  ['empty', () => new Response(''), 'audio_unreadable', /./, 1],
  ['cut-header', () => new Response(new Uint8Array(WAV.subarray(0, 20))), 'audio_unreadable', /./, 1],
]

for (const [name, behaviour, code, reason, count] of bad)
  test(`${name}: failed as ${code}`, async () => {
    const job = await fetchFrom(behave(name, behaviour))
    expect(job).toMatchObject({ status: 'failed', error: { code, message: expect.stringMatching(reason) } })
    if (name !== 'round-and-round') expect(requests(`/${name}`)).toHaveLength(count)
    expect(await api.runs(job.job_id)).toMatchObject([
      { algorithm_id: 'words', status: 'failed', error: { code } },
    ])
  })

function chunks(bytes: number) {
  let left = bytes
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close()
      controller.enqueue(new Uint8Array(Math.min(10_000, left)))
      left -= 10_000
    },
  })
}

test('a redirect is followed to where the recording is', async () => {
  behave('moved-to', wavBody)
  const job = await fetchFrom(behave('moved', () => status(302, null, { location: '/moved-to' })))
  expect(job.status).toBe('completed')
})

const unreachable: [name: string, url: string, reason: RegExp][] = [
  ['a private network', 'http://10.11.12.13/a.wav', /network that outgoing requests may not reach/],
  ['the metadata service', 'http://169.254.169.254/latest/meta-data', /may not reach/],
  ['IPv6 loopback mapped as IPv4 of a private network', 'http://[::ffff:10.0.0.1]/a.wav', /may not reach/],
  ['a decimal form of a private address', 'http://167772161/a.wav', /may not reach/],
]

for (const [name, url, reason] of unreachable) {
  test(`${name} is not asked`, async () => {
    const began = Date.now()
    const job = await fetchFrom(url)
    const message = expect.stringMatching(reason)
    expect(job).toMatchObject({ status: 'failed', error: { code: 'audio_fetch_failed', message } })
    expect(Date.now() - began).toBeLessThan(2000)
  })

  test(`${name} is not reached by a redirect either`, async () => {
    const path = `to-${Buffer.from(url).toString('hex')}`
    const job = await fetchFrom(behave(path, () => status(307, null, { location: url })))
    expect(job).toMatchObject({ status: 'failed', error: { code: 'audio_fetch_failed' } })
    expect(job.error!.message).toMatch(reason)
    expect(requests(`/${path}`)).toHaveLength(1)
  })
}

test('nobody there: tried again, then failed', async () => {
  const job = await fetchFrom(closedUrl())
  expect(job).toMatchObject({ status: 'failed', error: { code: 'audio_fetch_failed' } })
  expect(job.error!.message).toContain('refused the connection')
  expect((await api.logs(job.job_id)).filter(({ message }) => message.includes('trying again'))).toHaveLength(
    2,
  )
})

test('a connection that breaks is tried from the start', async () => {
  let count = 0
  const head = (length: number) =>
    answerWith(
      'HTTP/1.1 200 OK',
      'Content-Type: audio/wav',
      `Content-Length: ${length}`,
      'Connection: close',
      '',
      '',
    )
  const { url } = await rawServer((socket: Socket) => {
    const broken = count++ === 0
    socket.write(head(WAV.length))
    socket.end(broken ? WAV.subarray(0, 1000) : WAV)
  })
  expect(await fetchFrom(url)).toMatchObject({ status: 'completed', duration_seconds: 2 })
  expect(count).toBe(2)
})

test('Retry-After is waited for', async () => {
  const job = await fetchFrom(
    behave('come-back', (_, count) => (count === 0 ? status(503, null, { 'retry-after': '1' }) : wavBody())),
  )
  expect(job.status).toBe('completed')
  const [first, second] = requests('/come-back')
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(950)
})

test('a recording that could not be read is fetched anew when the job is requeued', async () => {
  let repaired = false
  const job = await fetchFrom(
    behave('repaired', () => (repaired ? wavBody() : new Response('not yet there'))),
  )
  expect(job).toMatchObject({ status: 'failed', error: { code: 'audio_unreadable' } })
  repaired = true
  await api.post(`/jobs/${job.job_id}/retry`, { mode: 'requeue' })
  expect(await api.ended(job.job_id)).toMatchObject({ status: 'completed', error: null })
})

test('what was fetched is kept, what was no recording is not', async () => {
  const kept = await app.db.all<{ file: string }>(sql`SELECT file FROM recordings WHERE file IS NOT NULL`)
  expect(readdirSync(app.folders.recordings).sort()).toEqual(kept.map(({ file }) => file).sort())
})

test('nothing half-fetched is left lying about', () => {
  const ours = (name: string) => !name.startsWith('earshot-plugins-')
  expect(readdirSync(app.folders.temporary).filter(ours)).toEqual([])
})
