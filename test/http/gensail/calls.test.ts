import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants } from '../../support/tenants.ts'

const transcript = 'Agent: Good morning, how can I help?\nCustomer: I would like an appointment, please.'
const turns = [
  { speaker: 'Agent', text: 'Good morning', start_ms: 0, end_ms: 1500 },
  { speaker: 'Customer', text: 'Hello', start_ms: 1600, end_ms: 42_000 },
]

let appliance: TestAppliance
let call: Caller

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
})
afterAll(stopAppliances)

const post = (body: unknown, as: 'workspace' | 'platform' = 'workspace') => ({
  method: 'POST',
  path: '/calls/transcript',
  as,
  body,
})

describe('a transcript is taken in', () => {
  play(
    () => call,
    [
      {
        name: 'as text',
        ...post({ transcript }),
        status: 202,
        answer: {
          job_id: expect.any(Number),
          status: 'queued',
          source: 'transcript',
          source_call_id: null,
          analytics_only: false,
          algorithm_ids: null,
          duration_seconds: null,
        },
      },
      {
        name: 'as turns, whose last end is the duration',
        ...post({ transcript: turns }),
        status: 202,
        answer: { duration_seconds: 42 },
      },
      {
        name: 'with every field there is, and others that are ignored',
        ...post({
          transcript: turns,
          source_call_id: 'full',
          source_company_id: 'acme',
          workspace_id: 'default',
          started_at: '2026-03-04 10:30:00.5-0500',
          ended_at: '2026-03-04T10:40:00-05:00',
          duration_seconds: 61.25,
          time_zone: 'America/New_York',
          direction: 'outbound',
          from_number: '+12125550100',
          to_number: '101',
          agent_name: 'Ann',
          language: 'en-US',
          metadata: { campaign: { id: 7 } },
          algorithm_ids: ['summary_v1', 'sentiment_v1', 'summary_v1'],
          analytics_only: true,
          agent_channel: 1,
          job_id: 1,
          status: 'completed',
          nonsense: [1],
        }),
        status: 202,
        answer: {
          source_call_id: 'full',
          source_company_id: 'acme',
          call_started_at: '2026-03-04T15:30:00.500Z',
          duration_seconds: 61.25,
          language: 'en-US',
          algorithm_ids: ['summary_v1', 'sentiment_v1'],
          analytics_only: true,
          status: 'queued',
        },
      },
      {
        name: 'with nulls for what is not known',
        ...post({ transcript, source_call_id: null, started_at: null, metadata: null, algorithm_ids: null }),
        status: 202,
      },
      {
        name: 'with a local start where the time zone is given',
        ...post({ transcript, started_at: '2026-03-04T10:30:00', time_zone: 'Europe/Berlin' }),
        status: 202,
        answer: { call_started_at: '2026-03-04T09:30:00.000Z' },
      },
      {
        name: 'with its length told by start and end',
        ...post({ transcript, started_at: '2026-03-04T10:00:00Z', ended_at: '2026-03-04T11:01:30+01:00' }),
        status: 202,
        answer: { duration_seconds: 90 },
      },
    ],
  )
})

describe('a submission is refused by the field', () => {
  const refused = (name: string, fields: object, errors: Record<string, string | RegExp>) => ({
    name,
    ...post({ transcript, ...fields }),
    status: 422,
    errors,
  })
  play(
    () => call,
    [
      refused('no transcript', { transcript: undefined }, { transcript: 'Required' }),
      refused('an empty transcript', { transcript: '' }, { transcript: /empty/ }),
      refused('a blank transcript', { transcript: ' \n\t ' }, { transcript: /empty/ }),
      refused('no turns', { transcript: [] }, { transcript: /empty/ }),
      refused('turns without words', { transcript: [{ speaker: 'A', text: '  ' }] }, { transcript: /empty/ }),
      refused('a number as transcript', { transcript: 5 }, { transcript: /./ }),
      refused(
        'a turn without text',
        { transcript: [turns[0], { speaker: 'A' }] },
        { 'transcript.1.text': 'Required' },
      ),
      refused(
        'a turn that ends before it starts',
        { transcript: [{ speaker: 'A', text: 'b', start_ms: 5, end_ms: 4 }] },
        { 'transcript.0.end_ms': /before/ },
      ),
      refused(
        'a negative time',
        { transcript: [{ speaker: 'A', text: 'b', start_ms: -1 }] },
        { 'transcript.0.start_ms': /./ },
      ),
      refused(
        'a turn too long',
        { transcript: [{ speaker: 'A', text: 'b'.repeat(20_001) }] },
        { 'transcript.0.text': /20000/ },
      ),
      refused(
        'too many turns',
        { transcript: Array.from({ length: 5001 }, () => ({ speaker: 'A', text: 'b' })) },
        { transcript: /5000/ },
      ),
      refused('an empty source id', { source_call_id: '' }, { source_call_id: /empty/ }),
      refused('a long source id', { source_call_id: 'x'.repeat(201) }, { source_call_id: /200/ }),
      refused('a numeric source id', { source_call_id: 17 }, { source_call_id: /string/ }),
      refused('a negative duration', { duration_seconds: -1 }, { duration_seconds: /./ }),
      refused('a duration in words', { duration_seconds: '60' }, { duration_seconds: /number/ }),
      refused('an unknown direction', { direction: 'sideways' }, { direction: /inbound/ }),
      refused('a start without offset', { started_at: '2026-03-04T10:30:00' }, { started_at: /offset/ }),
      refused('a start without a clock', { started_at: '2026-03-04' }, { started_at: /ISO/ }),
      refused('a day that is none', { started_at: '2026-02-30T10:30:00Z' }, { started_at: /ISO/ }),
      refused('an hour that is none', { started_at: '2026-02-20T25:30:00Z' }, { started_at: /ISO/ }),
      refused(
        'an end before the start',
        { started_at: '2026-03-04T10:30:00Z', ended_at: '2026-03-04T11:29:00+01:00' },
        { ended_at: /before/ },
      ),
      refused('an unknown time zone', { time_zone: 'Mars/Olympus' }, { time_zone: /IANA/ }),
      refused('a number that is a number', { from_number: 12125550100 }, { from_number: /string/ }),
      refused('a number too long', { to_number: '1'.repeat(51) }, { to_number: /50/ }),
      refused('a language that is none', { language: 'English, please' }, { language: /language/ }),
      refused('metadata that is a list', { metadata: [1] }, { metadata: /./ }),
      refused('metadata that is too much', { metadata: { a: 'x'.repeat(70_000) } }, { metadata: /65536/ }),
      refused('no algorithm', { algorithm_ids: [] }, { algorithm_ids: /at least one/ }),
      refused(
        'eleven algorithms',
        { algorithm_ids: Array.from({ length: 11 }, (_, at) => `a${at}`) },
        { algorithm_ids: /at most 10/ },
      ),
      refused('a third channel', { agent_channel: 2 }, { agent_channel: /./ }),
      refused('a flag that is none', { analytics_only: 'yes' }, { analytics_only: /boolean/ }),
      {
        name: 'algorithms that are not there have the document’s own answer',
        ...post({ transcript, algorithm_ids: ['sentiment_v1', 'unknown_algo', 'other'] }),
        status: 400,
        answer: { detail: "Algorithms not available: ['unknown_algo', 'other']" },
      },
      { name: 'broken JSON', ...post('{"transcript": "Agent: hi"'), status: 400 },
      { name: 'a list', ...post([transcript]), status: 422, errors: { body: /object/ } },
      { name: 'no body', ...post(undefined), status: 400 },
      {
        name: 'another content type',
        ...post('transcript=hi'),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        status: 415,
      },
    ],
  )

  test('no answer repeats what was sent', async () => {
    const secret = 'very-secret-value'
    const { body } = await call(
      post({ transcript, direction: secret, time_zone: secret, language: `${secret}!` }),
    )
    expect(body.errors).toHaveLength(3)
    expect(JSON.stringify(body)).not.toContain(secret)
  })
})

describe('the workspace of a submission', () => {
  play(
    () => call,
    [
      {
        name: 'must be named with a wider token',
        ...post({ transcript }, 'platform'),
        status: 422,
        errors: { workspace_id: /Required/ },
      },
      {
        name: 'may be named by slug',
        ...post({ transcript, workspace_id: 'second' }, 'platform'),
        status: 202,
      },
      { name: 'may be the own one', ...post({ transcript, workspace_id: 'default' }), status: 202 },
      { name: 'must not be another one', ...post({ transcript, workspace_id: 'second' }), status: 403 },
      { name: 'must exist', ...post({ transcript, workspace_id: 'nowhere' }), status: 404 },
    ],
  )
})

describe('the same call again', () => {
  const submit = (body: object, key?: string) =>
    call({ ...post({ transcript, ...body }), headers: key ? { 'idempotency-key': key } : {} })

  test('is known by its source ids, absent counting as empty', async () => {
    const first = await submit({ source_call_id: 'again' })
    const second = await submit({ source_call_id: 'again', source_company_id: '', language: 'de' })
    const other = await submit({ source_call_id: 'again', source_company_id: 'other' })
    expect([first.status, second.status, other.status]).toEqual([202, 200, 202])
    expect(second.body.job_id).toBe(first.body.job_id)
    expect(other.body.job_id).not.toBe(first.body.job_id)
  })

  test('is another one in another workspace', async () => {
    const here = await submit({ source_call_id: 'two-places' })
    const there = await call({ ...post({ transcript, source_call_id: 'two-places' }), as: 'sibling' })
    expect([here.status, there.status]).toEqual([202, 202])
  })

  test('is known by its key, whatever the order of its fields', async () => {
    const first = await submit({ metadata: { a: 1, b: 2 } }, 'key-1')
    const second = await submit({ metadata: { b: 2, a: 1 }, source_call_id: null }, 'key-1')
    expect([first.status, second.status]).toEqual([202, 200])
    expect(second.body.job_id).toBe(first.body.job_id)
  })

  test('conflicts when the key was used with another body, even if the source ids are known', async () => {
    await submit({ source_call_id: 'keyed' }, 'key-2')
    const { status, body } = await submit({ source_call_id: 'keyed', direction: 'inbound' }, 'key-2')
    expect({ status, detail: body.detail }).toEqual({
      status: 409,
      detail: expect.stringContaining('Idempotency-Key'),
    })
  })

  test('has a key of its own in another workspace', async () => {
    await submit({}, 'key-3')
    const there = await call({
      ...post({ transcript, direction: 'inbound' }),
      as: 'sibling',
      headers: { 'idempotency-key': 'key-3' },
    })
    expect(there.status).toBe(202)
  })

  test('needs a key that is one', async () => {
    const { status, body } = await submit({}, 'x'.repeat(256))
    expect({ status, field: body.errors[0]?.field }).toEqual({ status: 422, field: 'Idempotency-Key' })
  })

  test('is stored once when it comes many times at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => submit({ source_call_id: 'burst' }, 'key-burst')),
    )
    expect(new Set(all.map(({ body }) => body.job_id)).size).toBe(1)
    expect(all.filter(({ status }) => status === 202)).toHaveLength(1)
  })
})

describe('the address of a recording', () => {
  const audio = (body: object) => ({ method: 'POST', path: '/calls/audio', body })
  play(
    () => call,
    [
      {
        name: 'is taken in without being looked at',
        ...audio({ audio_url: 'https://recordings.invalid/1.wav', source_call_id: 'audio-1' }),
        status: 202,
        answer: { source: 'audio_url', status: 'queued' },
      },
      {
        name: 'is the same call again',
        ...audio({ audio_url: 'https://recordings.invalid/2.wav', source_call_id: 'audio-1' }),
        status: 200,
      },
      { name: 'is needed', ...audio({}), status: 422, errors: { audio_url: 'Required' } },
      {
        name: 'is no path',
        ...audio({ audio_url: '/etc/passwd' }),
        status: 422,
        errors: { audio_url: /http/ },
      },
      {
        name: 'is no file',
        ...audio({ audio_url: 'file:///etc/passwd' }),
        status: 422,
        errors: { audio_url: /http/ },
      },
    ],
  )
})

describe('the token', () => {
  const list = { method: 'GET', path: '/jobs' }
  play(
    () => call,
    [
      { name: 'is needed', ...list, as: null, status: 401 },
      {
        name: 'must be known',
        ...list,
        as: null,
        headers: { authorization: 'Bearer esk_unknown' },
        status: 401,
      },
      { name: 'comes before the route', method: 'GET', path: '/nothing', as: null, status: 401 },
      { name: 'does not make a route', method: 'GET', path: '/nothing', status: 404 },
    ],
  )

  test('counts the same in x-api-key', async () => {
    const { status } = await call({ ...list, as: null, headers: { 'x-api-key': appliance.token } })
    expect(status).toBe(200)
  })

  test('must be one only', async () => {
    const { status } = await appliance.api.send('GET', '/jobs', undefined, { 'x-api-key': 'esk_other' })
    expect(status).toBe(400)
  })

  test('does not help with another method, whose answer names the right ones', async () => {
    const { status, headers } = await call({ method: 'DELETE', path: '/jobs' })
    expect({ status, allow: headers.get('allow') }).toEqual({
      status: 405,
      allow: expect.stringContaining('GET'),
    })
  })
})
