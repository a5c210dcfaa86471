import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { apiOf, type Job } from './support/api.ts'
import { startAppliance, stopAppliances, tokenFor } from './support/appliance.ts'
import { type Payload, payloadOf, type Received, startReceiver } from './support/receiver.ts'
import { sampleCall } from './support/sample-call.ts'
import { isStandardSignatureRight, readTimedSignature } from './support/signatures.ts'

/** Submit → signed webhook, with no fakes but the clock. */

const NOW = Date.parse('2026-03-10T14:00:00.123Z')
const SECRET = 'whsec_c2lnbmVkLXdpdGgtdGhpcy1zZWNyZXQtb2YtMzI='
const SHIPPED = [
  'appointment_scheduling',
  'competitor_mentions_v1',
  'internal_metrics_v1',
  'key_phrases_v1',
  'pii_v1',
  'qa_scoring_v1',
  'sentiment_v1',
  'summary_v1',
]
const CALL_FIELDS = [
  'algorithm_run_id',
  'algorithm_id',
  'job_id',
  'recording_url',
  'recording_duration',
  'contacted_date',
  'contacted_time',
  'answered_by',
  'insurance_type',
  'extracted_source',
  'call_sentiment',
  'call_sentiment_reason',
  'call_summary',
  'call_transcript',
  'confidence_score',
  'annotated_transcript',
]

let now = NOW
const receiver = startReceiver()
const appliance = await startAppliance({ clock: () => now, fixtures: ['bad/throws', 'good/words'] })
const { api } = appliance
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const endpoint = (path: string, more: object = {}) => ({ url: receiver.url + path, ...more })
const configureEndpoints = (endpoints: object[], entity?: string) =>
  api.configure({ webhooks: { endpoints } }, entity)
const of = (jobId: number) => (one: Received) => one.method === 'POST' && payloadOf(one).call.job_id === jobId

/** Submits a call and waits for what its run sends to each of the endpoints. */
async function deliveredFor(body: object, count: number): Promise<Received[]> {
  const job = await api.submit(sampleCall(body))
  await api.settled(job)
  return receiver.until(count, of(job))
}

describe('a transcript with all shipped algorithms', () => {
  let job: Job
  let hooks: Received[]
  let byAlgorithm: Map<string, { hook: Received; payload: Payload }>

  beforeAll(async () => {
    await configureEndpoints([endpoint('/hooks', { secret: SECRET })])
    job = await api.settled(await api.submit(sampleCall()))
    hooks = await receiver.until(SHIPPED.length, of(job.job_id))
    byAlgorithm = new Map(
      hooks.map((hook) => [payloadOf(hook).call.algorithm_id, { hook, payload: payloadOf(hook) }]),
    )
  })

  test('is completed and each run is delivered once', async () => {
    expect(job).toMatchObject({ status: 'completed', error: null })
    expect(job.deliveries).toEqual({ pending: 0, delivered: SHIPPED.length, failed: 0 })
    expect([...byAlgorithm.keys()].sort()).toEqual(SHIPPED)
    expect(hooks).toHaveLength(SHIPPED.length)
    const runs = await api.runs(job.job_id)
    for (const run of runs) expect(run).toMatchObject({ status: 'completed', webhook_status: 'delivered' })
  })

  test('passes through every stage, and its log tells', async () => {
    const stages = (await api.logs(job.job_id)).map(({ stage }) => stage)
    expect([...new Set(stages)]).toEqual(['queued', 'analyzing', 'publishing', 'completed'])
  })

  test('carries both signatures over the very bytes', () => {
    for (const { headers, ...hook } of hooks) {
      const received = { headers, ...hook }
      expect(readTimedSignature(received, SECRET)).toEqual({
        isRight: true,
        time: Math.floor(NOW / 1000),
        key: undefined,
      })
      expect(isStandardSignatureRight(received, SECRET)).toBeTrue()
      expect(headers.get('webhook-timestamp')).toBe(String(Math.floor(NOW / 1000)))
      expect(headers.get('webhook-id')).toMatch(/^msg_[0-9a-z]{20,}$/)
      expect(headers.get('content-type')).toBe('application/json')
      const changed = { ...received, bytes: Buffer.concat([received.bytes, Buffer.from(' ')]) }
      expect(readTimedSignature(changed, SECRET)?.isRight).toBeFalse()
      expect(isStandardSignatureRight(changed, SECRET)).toBeFalse()
    }
    expect(new Set(hooks.map(({ headers }) => headers.get('webhook-id'))).size).toBe(hooks.length)
  })

  test('every payload has the documented shape', async () => {
    const runs = await api.runs(job.job_id)
    for (const { payload } of byAlgorithm.values()) {
      expect(Object.keys(payload)).toEqual(['status', 'timestamp', 'call', 'data'])
      expect(payload.status).toBe('completed')
      expect(payload.timestamp).toBe('2026-03-10T14:00:00.123000Z')
      expect(Object.keys(payload.call).sort()).toEqual(CALL_FIELDS.toSorted())
      expect(payload.call).toMatchObject({
        job_id: job.job_id,
        recording_url: null,
        recording_duration: 40.5,
        contacted_date: '2026-03-10',
        contacted_time: '09:04:12',
      })
      expect(payload.call.call_sentiment).toMatch(/^(Positive|Neutral|Negative)$/)
      expect(payload.call.call_transcript).toMatch(/^Agent: Thank you .*\nCustomer: Hi, my name/)
      expect(payload.call.call_summary).toBeString()
      const run = runs.find(({ algorithm_id }) => algorithm_id === payload.call.algorithm_id)!
      expect(payload.call.algorithm_run_id).toBe(run.algorithm_run_id)
      expect(payload.data).toBeArrayOfSize(1)
      if (run.algorithm_id !== 'appointment_scheduling') expect(payload.data).toEqual([run.result!])
    }
  })

  test('the appointment is in data, what it found about the call in call', () => {
    const { call, data } = byAlgorithm.get('appointment_scheduling')!.payload
    expect(Object.keys(data[0]!)).toEqual(['patient', 'appointment'])
    expect(data[0]).toMatchObject({
      patient: { name: 'Anna Keller', phone: '+12025550142', additional_spellings: expect.any(Array) },
      appointment: { date: '2026-03-12', time: '14:00' },
    })
    expect(data[0]!.patient).toContainAllKeys([
      'name',
      'phone',
      'email',
      'date_of_birth',
      'additional_spellings',
    ])
    expect(call.confidence_score).toBeNumber()
    expect(call.annotated_transcript).toBeString()
  })

  test('can be sent again by hand: same bytes and id, new time and signature', async () => {
    const { hook, payload } = byAlgorithm.get('summary_v1')!
    now += 90_000
    const run = payload.call.algorithm_run_id
    const answer = await api.send('POST', `/algorithm-runs/${run}/redeliver-webhook`, {})
    expect(answer).toMatchObject({
      status: 202,
      body: { algorithm_run_id: run, delivery_ids: [expect.any(Number)] },
    })
    const [, again] = await receiver.until(
      2,
      (one) => of(job.job_id)(one) && payloadOf(one).call.algorithm_run_id === run,
    )
    expect(again!.bytes.equals(hook.bytes)).toBeTrue()
    expect(again!.headers.get('webhook-id')).toBe(hook.headers.get('webhook-id')!)
    expect(readTimedSignature(again!, SECRET)).toMatchObject({ isRight: true, time: Math.floor(now / 1000) })
    expect(isStandardSignatureRight(again!, SECRET)).toBeTrue()
  })
})

test('the recording of a call by address is named in the payload', async () => {
  await configureEndpoints([endpoint('/hooks')])
  const address = `${receiver.url}/call.wav`
  receiver.replyWith(({ path }) => new Response(null, { status: path === '/call.wav' ? 404 : 204 }))
  const call = { source_call_id: 'by-address', audio_url: address, algorithm_ids: ['words'] }
  const job = await api.settled(await api.submit(call, 'audio'))
  receiver.replyWith(() => new Response(null, { status: 204 }))
  const [hook] = await receiver.until(1, of(job.job_id))
  expect(payloadOf(hook!).call).toMatchObject({
    recording_url: address,
    contacted_date: null,
    call_transcript: null,
  })
})

test('a failed run is delivered with its error, beside the completed ones', async () => {
  await configureEndpoints([endpoint('/hooks', { secret: SECRET })])
  const hooks = await deliveredFor({ algorithm_ids: ['throws', 'words'] }, 2)
  const failed = hooks.find((one) => payloadOf(one).call.algorithm_id === 'throws')!
  expect(payloadOf(failed)).toMatchObject({
    status: 'failed',
    data: [],
    error: { code: 'plugin_error', message: expect.stringContaining('The plugin failed') },
  })
  expect(Object.keys(payloadOf(failed))).toEqual(['status', 'timestamp', 'call', 'data', 'error'])
  expect(readTimedSignature(failed, SECRET)?.isRight).toBeTrue()
  const job = await api.job(payloadOf(failed).call.job_id)
  expect(job.status).toBe('partial')
})

const KEY = 'the partner’s own key: ünïcode'
const credentials: [
  name: string,
  credential: object | null,
  secret: string | undefined,
  check: (hook: Received) => void,
][] = [
  [
    'nothing configured leaves only id and time',
    null,
    undefined,
    ({ headers }) => {
      expect(headers.get('x-signature')).toBeNull()
      expect(headers.get('webhook-signature')).toBeNull()
      expect(headers.get('authorization')).toBeNull()
      expect(headers.get('webhook-id')).toMatch(/^msg_/)
      expect(headers.get('webhook-timestamp')).toMatch(/^\d{10}$/)
    },
  ],
  [
    "the endpoint's own secret signs",
    null,
    KEY,
    (hook) => {
      expect(readTimedSignature(hook, KEY)).toMatchObject({ isRight: true, key: undefined })
      expect(isStandardSignatureRight(hook, KEY)).toBeTrue()
    },
  ],
  [
    'hmac signs instead of it and names its key',
    { auth_type: 'hmac', key_id: 'key-7', secret: KEY },
    SECRET,
    (hook) => {
      expect(readTimedSignature(hook, KEY)).toMatchObject({ isRight: true, key: 'key-7' })
      expect(isStandardSignatureRight(hook, KEY)).toBeTrue()
    },
  ],
  [
    'hmac under a header of its own',
    { auth_type: 'hmac', key_id: 'k', secret: KEY, header_name: 'X-Partner-Signature' },
    undefined,
    (hook) => {
      expect(readTimedSignature(hook, KEY, 'x-partner-signature')).toMatchObject({ isRight: true, key: 'k' })
      expect(hook.headers.get('x-signature')).toBeNull()
    },
  ],
  [
    'bearer, signed by the endpoint’s secret',
    { auth_type: 'bearer', token: 'partner-token-0123456789' },
    SECRET,
    (hook) => {
      expect(hook.headers.get('authorization')).toBe('Bearer partner-token-0123456789')
      expect(readTimedSignature(hook, SECRET)?.isRight).toBeTrue()
    },
  ],
  [
    'a token under a header of its own',
    { auth_type: 'bearer', token: 'partner-token-0123456789', header_name: 'X-Api-Key' },
    undefined,
    ({ headers }) => {
      expect(headers.get('x-api-key')).toBe('partner-token-0123456789')
      expect(headers.get('authorization')).toBeNull()
    },
  ],
  [
    'basic, with a colon and a letter beyond ASCII in the password',
    { auth_type: 'basic', username: 'partner', password: 'pa:ssẅord' },
    SECRET,
    (hook) => {
      const expected = Buffer.from('partner:pa:ssẅord', 'utf8').toString('base64')
      expect(hook.headers.get('authorization')).toBe(`Basic ${expected}`)
      expect(isStandardSignatureRight(hook, SECRET)).toBeTrue()
    },
  ],
]

describe('who sends it is shown by credential or secret', () => {
  const path = '/config/workspaces/default/webhook-credential'

  for (const [name, credential, secret, check] of credentials)
    test(name, async () => {
      await configureEndpoints([endpoint('/hooks', { secret })])
      if (credential) await api.put(path, credential)
      const [hook] = await deliveredFor({ algorithm_ids: ['words'] }, 1)
      check(hook!)
      if (credential) await api.delete(path)
      expect(await api.get(path)).toMatchObject({ auth_type: 'none' })
    })

  test('the nearest level’s credential counts', async () => {
    await configureEndpoints([endpoint('/hooks')])
    for (const level of ['partner', 'organization', 'workspace']) {
      await api.put(`/config/${level}/default/webhook-credential`, {
        auth_type: 'bearer',
        token: `token-of-the-${level}`,
      })
      const [hook] = await deliveredFor({ algorithm_ids: ['words'] }, 1)
      expect(hook!.headers.get('authorization')).toBe(`Bearer token-of-the-${level}`)
    }
    for (const level of ['partner', 'organization', 'workspace'])
      await api.delete(`/config/${level}/default/webhook-credential`)
  })
})

test('the nearest level that names endpoints gets the deliveries', async () => {
  await api.put('/config/workspaces/default', {})
  for (const level of ['partners', 'organizations', 'workspaces']) {
    await configureEndpoints([endpoint(`/${level}`)], `${level}/default`)
    const [hook] = await deliveredFor({ algorithm_ids: ['words'] }, 1)
    expect(hook!.path).toBe(`/${level}`)
  }
  await configureEndpoints([])
  const job = await api.settled(await api.submit(sampleCall({ algorithm_ids: ['words'] })))
  expect(job.deliveries).toEqual({ pending: 0, delivered: 0, failed: 0 })
  for (const level of ['partners', 'organizations', 'workspaces'])
    await api.put(`/config/${level}/default`, {})
})

test('each endpoint gets what it asks for, the switched off one nothing', async () => {
  await configureEndpoints([
    endpoint('/all'),
    endpoint('/words', { algorithm_ids: ['words'] }),
    endpoint('/sentiment', { algorithm_ids: ['sentiment_v1', 'summary_v1'] }),
    endpoint('/off', { enabled: false }),
  ])
  const hooks = await deliveredFor({ algorithm_ids: ['words', 'sentiment_v1'] }, 4)
  expect(hooks.map((one) => `${one.path} ${payloadOf(one).call.algorithm_id}`).sort()).toEqual([
    '/all sentiment_v1',
    '/all words',
    '/sentiment sentiment_v1',
    '/words words',
  ])
  const ids = hooks.map(({ headers }) => headers.get('webhook-id'))
  expect(new Set(ids).size).toBe(4)
})

test('analytics only: results are stored and nothing is sent', async () => {
  await configureEndpoints([endpoint('/hooks')])
  const job = await api.ended(
    await api.submit(sampleCall({ analytics_only: true, algorithm_ids: ['words'] })),
  )
  expect(job).toMatchObject({ status: 'completed', deliveries: { pending: 0, delivered: 0, failed: 0 } })
  expect(await api.runs(job.job_id)).toMatchObject([{ status: 'completed', webhook_status: 'none' }])
  expect(await api.deliveries(job.job_id)).toEqual([])
  expect(receiver.received.filter(of(job.job_id))).toEqual([])
})

test('a token of the workspace comes as x-api-key and needs no word about the workspace', async () => {
  const token = await tokenFor(appliance, { scope: 'workspace' })
  const response = await fetch(`${appliance.url}/api/v1/calls/transcript`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-type': 'application/json' },
    body: JSON.stringify(sampleCall({ algorithm_ids: ['words'] })),
  })
  expect(response.status).toBe(202)
  const { job_id } = (await response.json()) as Job
  expect(await apiOf(appliance.url, token).settled(job_id)).toMatchObject({ status: 'completed' })
})
