import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants } from '../../support/tenants.ts'

const bytes = new Uint8Array(
  await Bun.file(join(import.meta.dir, '../../samples/recording.wav')).arrayBuffer(),
)

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

type Parts = [name: string, value: string | Blob][]

const recording = () => new File([bytes], '../../evil name.exe', { type: 'text/html' })

function form(parts: Parts): FormData {
  const form = new FormData()
  for (const [name, value] of parts) form.append(name, value)
  return form
}

const upload = (parts: Parts, headers = {}) =>
  call({ method: 'POST', path: '/calls/audio-file', body: form(parts), headers })

const kept = () => readdirSync(appliance.app.folders.recordings)
const temporary = () => readdirSync(appliance.app.folders.temporary).filter((name) => !name.startsWith('.'))

describe('an uploaded recording', () => {
  test('is kept byte for byte and given back as an attachment', async () => {
    const { status, body } = await upload([['file', recording()]])
    expect(status).toBe(202)
    expect(body).toMatchObject({ source: 'audio_file', source_call_id: null })
    await appliance.api.ended(body.job_id)
    const answer = await get(body.job_id)
    expect(answer.status).toBe(200)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename="job-${body.job_id}.wav"`,
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    })
  })

  test('comes with its fields as parts, in any order', async () => {
    const { status, body } = await upload([
      ['source_call_id', 'parts'],
      ['duration_seconds', '61.5'],
      ['algorithm_ids', 'sentiment_v1, summary_v1'],
      ['file', recording()],
      ['analytics_only', 'true'],
      ['agent_channel', '1'],
      ['metadata', '{"a": {"b": 1}}'],
      ['language', ''],
      ['colour', 'red'],
    ])
    expect(status).toBe(202)
    expect(body).toMatchObject({
      source_call_id: 'parts',
      duration_seconds: 61.5,
      algorithm_ids: ['sentiment_v1', 'summary_v1'],
      analytics_only: true,
      language: null,
    })
  })

  test.each<[string, string | Blob]>([
    ['a text', '{"source_call_id": "text-payload", "duration_seconds": 90}'],
    ['a file', new File(['{"source_call_id": "file-payload", "duration_seconds": 90}'], 'p.json')],
  ])('comes with its fields as one JSON part, which is %s', async (_name, payload) => {
    const { status, body } = await upload([
      ['file', recording()],
      ['payload', payload],
      ['language', 'de'],
    ])
    expect(status).toBe(202)
    expect(body).toMatchObject({ duration_seconds: 90, language: 'de' })
    expect(body.source_call_id).toEndWith('payload')
  })

  test('leaves no second file when the call was submitted before', async () => {
    const first = await upload([
      ['file', recording()],
      ['source_call_id', 'twice'],
    ])
    const before = kept()
    const second = await upload([
      ['source_call_id', 'twice'],
      ['file', recording()],
    ])
    expect([first.status, second.status]).toEqual([202, 200])
    expect(second.body.job_id).toBe(first.body.job_id)
    expect(kept()).toEqual(before)
  })

  test('is part of what an Idempotency-Key stands for', async () => {
    const headers = { 'idempotency-key': 'upload' }
    const first = await upload([['file', recording()]], headers)
    const same = await upload([['file', recording()]], headers)
    const other = await upload([['file', new File([bytes.subarray(0, 2000)], 'a.wav')]], headers)
    expect([first.status, same.status, other.status]).toEqual([202, 200, 409])
  })
})

describe('an upload is refused', () => {
  test.each<[string, Parts, number, string | RegExp]>([
    ['without a file', [['source_call_id', 'x']], 422, /^file: Required/],
    ['with a text as file', [['file', 'RIFF']], 422, /^file: /],
    ['with an empty file', [['file', new File([], 'a.wav')]], 422, /^file: .*empty/],
    [
      'with two files',
      [
        ['file', recording()],
        ['file', recording()],
      ],
      422,
      /^file: /,
    ],
    [
      'with a wrong field',
      [
        ['file', recording()],
        ['direction', 'up'],
      ],
      422,
      /^direction: /,
    ],
    [
      'with a duration in words',
      [
        ['file', recording()],
        ['duration_seconds', 'long'],
      ],
      422,
      /^duration_seconds: /,
    ],
    [
      'with a field twice',
      [
        ['file', recording()],
        ['language', 'en'],
        ['language', 'de'],
      ],
      422,
      /^language: /,
    ],
    [
      'with broken metadata',
      [
        ['file', recording()],
        ['metadata', '{"a":'],
      ],
      422,
      /^metadata: /,
    ],
    [
      'with a broken payload',
      [
        ['file', recording()],
        ['payload', '{"a":'],
      ],
      400,
      /JSON/,
    ],
    [
      'with a payload that is a list',
      [
        ['payload', '[1]'],
        ['file', recording()],
      ],
      422,
      /^payload: /,
    ],
    [
      'with a workspace of others',
      [
        ['file', recording()],
        ['workspace_id', 'second'],
      ],
      403,
      /workspace/,
    ],
    [
      'with an unknown algorithm',
      [
        ['file', recording()],
        ['algorithm_ids', 'nope'],
      ],
      400,
      /\['nope'\]/,
    ],
  ])('%s, and leaves nothing behind', async (_name, parts, status, detail) => {
    const before = kept()
    const answer = await upload(parts)
    expect({ status: answer.status, detail: answer.body.detail }).toEqual({
      status,
      detail: expect.stringMatching(detail),
    })
    expect(kept()).toEqual(before)
  })

  test('when it is no form', async () => {
    const { status } = await call({ method: 'POST', path: '/calls/audio-file', body: { file: 'x' } })
    expect(status).toBe(415)
  })

  test('never leaves a file in the temporary folder', () => {
    expect(
      temporary().filter((name) => !name.startsWith('channels-') && !name.startsWith('earshot')),
    ).toEqual([])
  })
})

const get = (job: number | string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${appliance.url}/api/v1/jobs/${job}/recording`, {
    method,
    headers: { authorization: `Bearer ${appliance.token}`, ...headers },
  })

describe('a part of a recording', () => {
  const last = bytes.length - 1
  let job: number
  beforeAll(async () => {
    job = await appliance.api.submitFile(bytes)
  })

  test.each<[string, number, number, number]>([
    ['bytes=0-99', 206, 0, 99],
    ['bytes=100-', 206, 100, last],
    ['bytes=-100', 206, bytes.length - 100, last],
    ['bytes=0-999999999999', 206, 0, last],
    [`bytes=${last}-${last}`, 206, last, last],
    ['bytes=-999999999999', 206, 0, last],
    ['bytes=5-2', 200, 0, last],
    ['bytes=0-1,5-6', 200, 0, last],
    ['lines=0-1', 200, 0, last],
    ['bytes=-', 200, 0, last],
  ])('%s', async (range, status, from, to) => {
    const answer = await get(job, { range })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-range')).toBe(
      status === 206 ? `bytes ${from}-${to}/${bytes.length}` : null,
    )
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes.subarray(from, to + 1))
  })

  test.each([`bytes=${last + 1}-`, 'bytes=-0'])('that is not there is refused: %s', async (range) => {
    const answer = await get(job, { range })
    expect(answer.status).toBe(416)
    expect(answer.headers.get('content-range')).toBe(`bytes */${bytes.length}`)
    expect(await answer.json()).toMatchObject({ detail: expect.any(String) })
  })

  test('is only given while the recording is the one the client means', async () => {
    const etag = (await get(job)).headers.get('etag')!
    expect((await get(job, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await get(job, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
  })

  test('has a head', async () => {
    const answer = await get(job, {}, 'HEAD')
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(bytes.length)])
    expect(await answer.text()).toBe('')
  })

  test('is nothing that others may have', async () => {
    const { status } = await call({ method: 'GET', path: `/jobs/${job}/recording`, as: 'stranger' })
    expect(status).toBe(403)
  })
})
