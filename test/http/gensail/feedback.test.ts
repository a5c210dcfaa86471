import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { sampleCall } from '../../support/sample-call.ts'
import { type Caller, callerOf, play } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'

interface Correction {
  field: string
  verdict: string
  predicted_value: unknown
  corrected_value: unknown
  superseded_by: number | null
}
interface Feedback {
  feedback_id: number
  algorithm_run_id: number
  corrections: Correction[]
  superseded_by: number | null
}
interface Page {
  feedback: Feedback[]
  next_cursor: string | null
}
interface Score {
  reviewed_runs: number
  accuracy: number | null
}
interface Stats extends Score {
  fields: Record<string, Record<string, unknown>>
  by_version: (Score & { version: string; revision: number })[]
  by_week: (Score & { week: string })[]
}

let appliance: TestAppliance
let call: Caller
/** A run of the booking algorithm and one of the sentiment algorithm, in the default workspace. */
let booking: number
let mood: number
let job: number

beforeAll(async () => {
  appliance = await startAppliance()
  call = await callerOf(appliance.url, await makeTenants(appliance))
  const { api } = appliance
  job = await api.submit(sampleCall({ algorithm_ids: ['appointment_scheduling', 'sentiment_v1'] }))
  await api.ended(job)
  const runs = await api.runs(job)
  const idOf = (id: string) => runs.find(({ algorithm_id }) => algorithm_id === id)!.algorithm_run_id
  booking = idOf('appointment_scheduling')
  mood = idOf('sentiment_v1')
})
afterAll(stopAppliances)

const give = (run: number, corrections: object[], more: object = {}, as: keyof Tokens = 'workspace') =>
  call<Feedback>({
    method: 'POST',
    path: `/algorithm-runs/${run}/feedback`,
    as,
    body: { corrections, ...more },
  })
const list = async (query = '', as: keyof Tokens = 'workspace') =>
  (await call<Page>({ method: 'GET', path: `/feedback?${query}`, as })).body
const statsOf = async (algorithm: string, query = '', as: keyof Tokens = 'workspace') =>
  (await call<Stats>({ method: 'GET', path: `/feedback/algorithms/${algorithm}/stats?${query}`, as })).body
const exported = async (query: string, as: keyof Tokens = 'workspace') =>
  (await call<string>({ method: 'GET', path: `/feedback/export?${query}`, as })) as unknown as {
    headers: Headers
    body: string
  }

describe('feedback', () => {
  test('is stored with what the run said, and shown', async () => {
    const { status, body } = await give(
      booking,
      [
        { field: 'patient.name', verdict: 'incorrect', corrected_value: 'Ana Keller', comment: 'One n' },
        { field: 'status', verdict: 'correct' },
        { field: 'patient.email', verdict: 'missing', corrected_value: 'ana@example.com' },
        { field: 'patient.additional_spellings.0', verdict: 'missing', corrected_value: 'Keler' },
        { field: 'evidence.patient', verdict: 'missing', corrected_value: 3 },
      ],
      { reviewer: 'Dana', comment: 'Listened to it' },
    )
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        feedback_id: expect.any(Number),
        algorithm_run_id: booking,
        job_id: job,
        algorithm_id: 'appointment_scheduling',
        version: expect.any(String),
        reviewer: 'Dana',
        comment: 'Listened to it',
        superseded_by: null,
        created_at: expect.stringMatching(/Z$/),
      },
    })
    expect(body.corrections[0]).toEqual({
      field: 'patient.name',
      verdict: 'incorrect',
      predicted_value: 'Anna Keller',
      corrected_value: 'Ana Keller',
      comment: 'One n',
      superseded_by: null,
    } as Correction)
    expect((await list(`job_id=${job}`)).feedback).toEqual([body])
  })

  test('on the same field counts instead of the earlier, which is kept', async () => {
    const first = (
      await give(mood, [
        { field: 'sentiment', verdict: 'incorrect', corrected_value: 'neutral' },
        { field: 'score', verdict: 'incorrect', corrected_value: 0 },
      ])
    ).body
    const second = (await give(mood, [{ field: 'sentiment', verdict: 'correct' }])).body
    const ofRun = `algorithm_run_id=${mood}`
    const half = await list(ofRun)
    expect(half.feedback.map(({ feedback_id }) => feedback_id)).toEqual([
      second.feedback_id,
      first.feedback_id,
    ])
    expect(half.feedback[1]!.corrections.map(({ field }) => field)).toEqual(['score'])
    expect(half.feedback[1]!.superseded_by).toBeNull()
    const third = (await give(mood, [{ field: 'score', verdict: 'correct' }])).body
    expect((await list(ofRun)).feedback.map(({ feedback_id }) => feedback_id)).toEqual([
      third.feedback_id,
      second.feedback_id,
    ])
    const all = await list(`${ofRun}&all=true`)
    expect(all.feedback[2]).toMatchObject({
      feedback_id: first.feedback_id,
      superseded_by: third.feedback_id,
      corrections: [
        { field: 'sentiment', corrected_value: 'neutral', superseded_by: second.feedback_id },
        { field: 'score', corrected_value: 0, superseded_by: third.feedback_id },
      ],
    })
  })

  test('is found by every filter, and only by those it fits', async () => {
    const count = async (query: string) => (await list(query)).feedback.length
    const all = await count('')
    expect(all).toBeGreaterThan(2)
    for (const [query, expected] of [
      ['algorithm_id=appointment_scheduling', 1],
      ['algorithm_id=sentiment_v1', 2],
      ['verdict=missing', 1],
      ['verdict=spurious', 0],
      ['field=patient.name', 1],
      ['field=patient.additional_spellings.*', 1],
      ['reviewer=Dana', 1],
      ['reviewer=Nobody', 0],
      ['version=1.0.0&algorithm_id=sentiment_v1', 2],
      ['version=0.0.1', 0],
      ['since=1h', all],
      ['until=1h', 0],
      [`algorithm_run_id=${booking}`, 1],
      ['workspace_id=default', all],
    ] as const)
      expect({ query, count: await count(query) }).toEqual({ query, count: expected })
  })

  test('is read page by page', async () => {
    const whole = (await list('all=true')).feedback
    const paged: Feedback[] = []
    let cursor = ''
    do {
      const page = await list(`all=true&limit=1${cursor && `&cursor=${cursor}`}`)
      expect(page.feedback).toHaveLength(1)
      paged.push(...page.feedback)
      cursor = page.next_cursor ?? ''
    } while (cursor)
    expect(paged).toEqual(whole)
    const { next_cursor } = await list('all=true&limit=1')
    const other = await call({ method: 'GET', path: `/feedback?limit=1&cursor=${next_cursor}` })
    expect(other.status).toBe(422)
  })

  test('is seen within the tenants of the token alone', async () => {
    for (const as of ['sibling', 'stranger'] as const) expect((await list('', as)).feedback).toEqual([])
    for (const as of ['platform', 'partner', 'organization'] as const)
      expect((await list('', as)).feedback.length).toBeGreaterThan(0)
    expect((await statsOf('sentiment_v1', '', 'stranger')).reviewed_runs).toBe(0)
    expect((await exported('format=jsonl', 'stranger')).body).toBe('')
  })

  test('on a run that failed is refused', async () => {
    const broken = await startAppliance({ fixtures: ['bad/throws'] })
    const id = await broken.api.submit(sampleCall({ algorithm_ids: ['throws'] }))
    await broken.api.ended(id)
    const [run] = await broken.api.runs(id)
    const answer = await broken.api.send('POST', `/algorithm-runs/${run!.algorithm_run_id}/feedback`, {
      corrections: [{ field: 'a', verdict: 'missing' }],
    })
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining('failed') } })
  })

  /** The first run of all; what is wrong with the request is told before anything else. */
  const post = (body: unknown) => ({ method: 'POST', path: '/algorithm-runs/1/feedback', body })
  const one = (correction: object) => post({ corrections: [correction] })
  const fine = one({ field: 'status', verdict: 'correct' })

  test.each<[string, ReturnType<typeof post>, string, RegExp]>([
    [
      'an unknown field',
      one({ field: 'patient.shoe_size', verdict: 'correct' }),
      'corrections.0.field',
      /No such/,
    ],
    ['a path below a text', one({ field: 'status.x', verdict: 'correct' }), 'corrections.0.field', /No such/],
    [
      'a path into the prototype',
      one({ field: 'constructor.name', verdict: 'correct' }),
      'corrections.0.field',
      /No such/,
    ],
    [
      'no index where a list is',
      one({ field: 'patient.additional_spellings.first', verdict: 'correct' }),
      'corrections.0.field',
      /No such/,
    ],
    ['an unknown verdict', one({ field: 'status', verdict: 'wrong' }), 'corrections.0.verdict', /./],
    [
      'a value outside the enumeration',
      one({ field: 'status', verdict: 'incorrect', corrected_value: 'perhaps' }),
      'corrections.0.corrected_value',
      /fit/,
    ],
    [
      'a value of another type',
      one({ field: 'patient.name', verdict: 'incorrect', corrected_value: 7 }),
      'corrections.0.corrected_value',
      /fit/,
    ],
    [
      'a value out of range',
      one({ field: 'confidence_score', verdict: 'incorrect', corrected_value: 101 }),
      'corrections.0.corrected_value',
      /fit/,
    ],
    [
      'a part of an object',
      one({ field: 'patient', verdict: 'incorrect', corrected_value: { name: 'A' } }),
      'corrections.0.corrected_value',
      /fit/,
    ],
    [
      'null where nothing may be null',
      one({ field: 'status', verdict: 'incorrect', corrected_value: null }),
      'corrections.0.corrected_value',
      /fit/,
    ],
    [
      'a value for what is correct',
      one({ field: 'patient.name', verdict: 'correct', corrected_value: 'A' }),
      'corrections.0.corrected_value',
      /Only with/,
    ],
    [
      'the same field twice',
      post({
        corrections: [
          { field: 'status', verdict: 'correct' },
          { field: 'status', verdict: 'spurious' },
        ],
      }),
      'corrections.1.field',
      /twice/,
    ],
    [
      'an unknown property',
      post({ corrections: [{ field: 'status', verdict: 'correct', why: 'x' }] }),
      'corrections.0.why',
      /Unknown/,
    ],
    ['nothing judged', post({ corrections: [] }), 'corrections', /at least one/],
    ['no corrections', post({}), 'corrections', /Required/],
    [
      'a value too long',
      one({ field: 'patient.name', verdict: 'incorrect', corrected_value: 'a'.repeat(40_000) }),
      'corrections.0.corrected_value',
      /32 KB/,
    ],
  ])('with %s is refused and nothing is stored', async (_, request, field, message) => {
    const before = (await list('all=true')).feedback.length
    const { status, body } = await call(request)
    expect(status).toBe(422)
    expect(body.errors.find((error) => error.field === field)?.message).toMatch(message)
    expect((await list('all=true')).feedback).toHaveLength(before)
  })

  play(
    () => call,
    [
      { name: 'from another workspace is forbidden', ...fine, as: 'sibling', status: 403 },
      { name: 'from another partner is forbidden', ...fine, as: 'stranger', status: 403 },
      {
        name: 'without a token is refused',
        ...one({ field: 'status', verdict: 'correct' }),
        as: null,
        status: 401,
      },
      {
        name: 'on a run that is not there',
        ...one({}),
        path: '/algorithm-runs/999999/feedback',
        status: 404,
      },
      {
        name: 'filtered by a foreign workspace',
        method: 'GET',
        path: '/feedback?workspace_id=elsewhere',
        status: 403,
      },
      {
        name: 'filtered by a job that is not there',
        method: 'GET',
        path: '/feedback?job_id=999999',
        status: 404,
      },
      {
        name: 'filtered by an unknown verdict',
        method: 'GET',
        path: '/feedback?verdict=wrong',
        status: 422,
        errors: { verdict: /./ },
      },
      {
        name: 'exported in an unknown format',
        method: 'GET',
        path: '/feedback/export?format=xml',
        status: 422,
        errors: { format: /./ },
      },
      {
        name: 'on an algorithm that is not there',
        method: 'GET',
        path: '/feedback/algorithms/nothing_v1/stats',
        status: 404,
      },
    ],
  )
})

test('statistics count what counts now, once for each run', async () => {
  const { api } = appliance
  const id = await api.submit(sampleCall({ algorithm_ids: ['sentiment_v1'] }))
  await api.ended(id)
  const [run] = await api.runs(id)
  await give(run!.algorithm_run_id, [
    { field: 'sentiment', verdict: 'incorrect', corrected_value: 'neutral' },
    { field: 'turns.0.score', verdict: 'correct' },
    { field: 'turns.1.score', verdict: 'incorrect', corrected_value: 0.25 },
  ])
  const stats = await statsOf('sentiment_v1')
  const predicted = run!.result!.sentiment
  expect(stats).toMatchObject({ reviewed_runs: 2, accuracy: 3 / 5 })
  expect(stats.fields.sentiment).toEqual({
    reviewed: 2,
    correct: 1,
    incorrect: 1,
    missing: 0,
    spurious: 0,
    accuracy: 0.5,
    confusions: [{ predicted, corrected: 'neutral', count: 1 }],
  })
  expect(stats.fields['turns.*.score']).toMatchObject({ reviewed: 2, correct: 1, accuracy: 0.5 })
  expect(stats.by_version).toMatchObject([
    { version: '1.0.0', revision: 0, reviewed_runs: 2, accuracy: 3 / 5 },
  ])
  expect(stats.by_week).toMatchObject([{ reviewed_runs: 2, accuracy: 3 / 5 }])
  expect(new Date(stats.by_week[0]!.week).getUTCDay()).toBe(1)
  const none = await statsOf('sentiment_v1', 'until=1h')
  expect(none).toMatchObject({ reviewed_runs: 0, accuracy: null, fields: {}, by_version: [], by_week: [] })
})

test('an export has a line for each judged field', async () => {
  const { headers, body } = await exported('algorithm_id=appointment_scheduling')
  expect(headers.get('content-type')).toStartWith('application/x-ndjson')
  const lines = body.trimEnd().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toHaveLength(5)
  expect(Object.keys(rows[0]!).join()).toBe(
    'feedback_id,job_id,algorithm_run_id,algorithm_id,version,revision,field,verdict,predicted,corrected,comment,reviewer,created_at',
  )
  expect(rows[0]).toMatchObject({ field: 'patient.name', predicted: 'Anna Keller', corrected: 'Ana Keller' })
  const superseded = (await exported('algorithm_id=sentiment_v1&all=true')).body.trimEnd().split('\n')
  expect(superseded.length).toBe(
    (await exported('algorithm_id=sentiment_v1')).body.trimEnd().split('\n').length + 2,
  )
})

test('an export as CSV opens in a spreadsheet without doing anything', async () => {
  const formula = '=HYPERLINK("http://evil.example","x")'
  await give(
    booking,
    [
      {
        field: 'patient.name',
        verdict: 'incorrect',
        corrected_value: formula,
        comment: '+1, "quoted"\nline',
      },
      { field: 'patient.phone', verdict: 'incorrect', corrected_value: '+12025550199' },
      { field: 'evidence.name', verdict: 'incorrect', corrected_value: -5 },
    ],
    { reviewer: '@dana' },
  )
  const { headers, body } = await exported('format=csv&reviewer=@dana')
  expect(headers.get('content-type')).toStartWith('text/csv')
  expect(headers.get('content-disposition')).toContain('feedback.csv')
  const [head, ...rest] = body.split('\r\n')
  expect(head).toStartWith('feedback_id,job_id,')
  const text = rest.join('\r\n')
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`)
  expect(text).toContain(`"'+1, ""quoted""\nline"`)
  expect(text).toContain(",'+12025550199,")
  expect(text).toContain(',-5,')
  expect(text).toContain(",'@dana,")
})
