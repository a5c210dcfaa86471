import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import openai from '../../plugins/openai.ts'
import { makeScratch } from '../support/scratch.ts'
import { makeContext, makeRecording, spokenWav } from '../support/transcribing.ts'

interface Asked {
  path: string
  key: string | null
  fields: Record<string, string | string[]>
  seconds: number
}

type Answer = (asked: Asked, count: number) => Response | Promise<Response>

const scratch = makeScratch()
const wav = scratch.file(spokenWav([[0.2, 1.8]], 3))
let asked: Asked[] = []
let answer: Answer = () => new Response('not set', { status: 500 })

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const form = (await request.formData()) as unknown as FormData
    const file = form.get('file') as unknown as Blob
    const entry = {
      path: new URL(request.url).pathname,
      key: request.headers.get('authorization'),
      fields: Object.fromEntries(
        [...new Set(form.keys())]
          .filter((name) => name !== 'file')
          .map((name) => [name, fieldOf(form, name)]),
      ),
      seconds: (file.size - 44) / 32_000,
    }
    asked.push(entry)
    return answer(entry, asked.length)
  },
})
afterAll(() => server.stop(true))
beforeEach(() => {
  asked = []
})

function fieldOf(form: FormData, name: string) {
  const values = form.getAll(name).map(String)
  return name.endsWith('[]') ? values : values[0]!
}

const settingsFor = (given: object = {}) => openai.settings.parse({ base_url: `${server.url}v1`, ...given })

const transcribe = (given: object = {}, context = makeContext(), recording = makeRecording(wav, 3)) =>
  openai.transcribe(recording, settingsFor(given), context)

const failure = (given: object = {}, context = makeContext()) =>
  Promise.resolve(transcribe(given, context)).then(
    () => 'no error',
    (error: Error) => error.message,
  )

const VERBOSE = {
  task: 'transcribe',
  language: 'english',
  duration: 3,
  text: ' Good morning. How are you?',
  segments: [
    { id: 0, start: 0.2, end: 0.9, text: ' Good morning.', avg_logprob: -0.2, no_speech_prob: 0.01 },
    { id: 1, start: 0.95, end: 1.8, text: ' How are you?', avg_logprob: -0.1, no_speech_prob: 0.01 },
  ],
  words: [
    { word: 'Good', start: 0.2, end: 0.45 },
    { word: 'morning', start: 0.45, end: 0.9 },
    { word: 'How', start: 0.95, end: 1.2 },
    { word: 'are', start: 1.2, end: 1.4 },
    { word: 'you', start: 1.4, end: 1.8 },
  ],
}

test('without an address it says what to set', () => {
  expect(openai.missing?.(openai.settings.parse({}))).toMatch(/base_url/)
  expect(openai.missing?.(settingsFor())).toBeUndefined()
})

describe('the request', () => {
  test('carries what was set, and the key', async () => {
    answer = () => Response.json(VERBOSE)
    const recording = makeRecording(wav, 3, { language: 'en-GB', vocabulary: ['Becker', 'Harbour Dental'] })
    const context = makeContext({ secrets: { OPENAI_API_KEY: 'key-1' } })
    await transcribe({ model: 'small', prompt: 'A call.', temperature: 0.2 }, context, recording)
    expect(asked).toEqual([
      {
        path: '/v1/audio/transcriptions',
        key: 'Bearer key-1',
        seconds: 3,
        fields: {
          model: 'small',
          language: 'en',
          prompt: 'A call. Becker, Harbour Dental',
          temperature: '0.2',
          response_format: 'verbose_json',
          'timestamp_granularities[]': ['segment', 'word'],
        },
      },
    ])
  })

  test('has no key and no language when there is none', async () => {
    answer = () => Response.json(VERBOSE)
    await transcribe({ base_url: `${server.url}v1/` })
    expect(asked[0]).toMatchObject({ path: '/v1/audio/transcriptions', key: null })
    expect(asked[0]!.fields).not.toHaveProperty('language')
  })
})

describe('the answer', () => {
  test('segments become turns in milliseconds, with their words', async () => {
    answer = () => Response.json(VERBOSE)
    const { turns, language } = await transcribe()
    expect(language).toBe('english')
    expect(turns.map(({ text, start_ms, end_ms }) => ({ text, start_ms, end_ms }))).toEqual([
      { text: 'Good morning.', start_ms: 200, end_ms: 900 },
      { text: 'How are you?', start_ms: 950, end_ms: 1800 },
    ])
    expect(turns.map((turn) => turn.words?.map((word) => word.text))).toEqual([
      ['Good', 'morning'],
      ['How', 'are', 'you'],
    ])
    expect(turns[0]!.confidence).toBeCloseTo(Math.exp(-0.2))
  })

  test('words inside segments and speakers are taken too', async () => {
    const words = [{ word: ' Hi', start: 0, end: 0.5, probability: 0.9 }]
    answer = () =>
      Response.json({ text: 'Hi', segments: [{ start: 0, end: 0.5, text: 'Hi', speaker: 'A', words }] })
    expect((await transcribe()).turns).toEqual([
      {
        text: 'Hi',
        start_ms: 0,
        end_ms: 500,
        speaker: 'A',
        words: [{ text: 'Hi', start_ms: 0, end_ms: 500, confidence: 0.9 }],
      },
    ])
  })

  test('words without segments are grouped at pauses', async () => {
    const words = [...VERBOSE.words.slice(0, 2), { word: 'Bye', start: 2, end: 2.5 }]
    answer = () => Response.json({ text: 'Good morning Bye', words })
    const { turns } = await transcribe()
    expect(turns.map((turn) => [turn.text, turn.start_ms, turn.end_ms])).toEqual([
      ['Good morning', 200, 900],
      ['Bye', 2000, 2500],
    ])
  })

  test.each([
    ['text alone', { text: ' All of it. ' }],
    ['nulls beside it', { text: 'All of it.', segments: null, words: null, language: null }],
    ['segments of an unknown shape', { text: 'All of it.', segments: [{ from: 1 }], words: 'none' }],
    ['no segments at all', { text: 'All of it.', segments: [] }],
  ])('%s becomes one turn', async (_, body) => {
    answer = () => Response.json(body)
    expect((await transcribe()).turns).toEqual([{ text: 'All of it.', start_ms: 0, end_ms: 3000 }])
  })

  test('plain text is taken as it is', async () => {
    answer = () => new Response('Just words.\n')
    expect((await transcribe()).turns).toEqual([{ text: 'Just words.', start_ms: 0, end_ms: 3000 }])
  })

  test('silence gives no turns, and no invented ones', async () => {
    answer = () => Response.json({ text: '', segments: [] })
    expect((await transcribe()).turns).toEqual([])
    const invented = {
      start: 0,
      end: 3,
      text: ' Thanks for watching!',
      no_speech_prob: 0.93,
      avg_logprob: -1.4,
    }
    answer = () => Response.json({ text: invented.text, segments: [invented] })
    expect((await transcribe()).turns).toEqual([])
  })

  test('times outside the recording are brought back', async () => {
    answer = () => Response.json({ text: 'x', segments: [{ start: 2, end: 30, text: 'x' }] })
    expect((await transcribe()).turns[0]).toMatchObject({ start_ms: 2000, end_ms: 3000 })
  })

  test.each(['[]', '42', '{"ok":true}', '<html>Sign in</html>'])('%s is no transcript', async (body) => {
    answer = () => new Response(body)
    expect(await failure()).toMatch(/something else than a transcript/)
  })
})

describe('servers that can do less', () => {
  const refuse = (param: string) =>
    Response.json(
      { error: { message: `Unsupported value for ${param}`, type: 'invalid_request_error' } },
      { status: 400 },
    )

  test('granularities refused: verbose without them', async () => {
    answer = ({ fields }) =>
      fields['timestamp_granularities[]'] ? refuse('timestamp_granularities') : Response.json(VERBOSE)
    expect((await transcribe()).turns).toHaveLength(2)
    expect(asked.map((each) => each.fields.response_format)).toEqual(['verbose_json', 'verbose_json'])
  })

  test('verbose_json refused: plain json', async () => {
    answer = ({ fields }) =>
      fields.response_format === 'json' ? Response.json({ text: 'Hello.' }) : refuse('response_format')
    expect((await transcribe()).turns).toEqual([{ text: 'Hello.', start_ms: 0, end_ms: 3000 }])
    expect(asked).toHaveLength(3)
  })

  test('all refused: the reason is told', async () => {
    answer = () => Response.json({ detail: 'The file is no audio.' }, { status: 422 })
    expect(await failure()).toMatch(/422.*The file is no audio/)
  })
})

describe('errors', () => {
  const quick = { 'retry-after': '0' }

  test.each([
    [401, /refused the key.*EARSHOT_SECRET_OPENAI_API_KEY/],
    [403, /does not allow/],
    [404, /base_url/],
    [413, /max_upload_mb/],
    [418, /answered 418/],
  ])('%d is explained at once', async (status, sentence) => {
    answer = () => Response.json({ error: { message: 'no' } }, { status })
    expect(await failure({}, makeContext({ secrets: { OPENAI_API_KEY: 'key-1' } }))).toMatch(sentence)
    expect(asked).toHaveLength(1)
  })

  test.each([408, 409, 429, 500, 503])('%d is tried again', async (status) => {
    answer = (_, count) =>
      count < 3 ? new Response('busy', { status, headers: quick }) : Response.json(VERBOSE)
    expect((await transcribe()).turns).toHaveLength(2)
    expect(asked).toHaveLength(3)
  })

  test('but not for ever', async () => {
    answer = () => new Response('quota', { status: 429, headers: quick })
    expect(await failure()).toMatch(/too many requests.*quota/)
    expect(asked).toHaveLength(4)
  })

  test('Retry-After is waited for', async () => {
    answer = (_, count) =>
      count === 1
        ? new Response('', { status: 429, headers: { 'retry-after': '1' } })
        : Response.json(VERBOSE)
    const started = performance.now()
    await transcribe()
    expect(performance.now() - started).toBeGreaterThan(950)
  })

  test('the time limit ends a wait', async () => {
    answer = () => new Response('', { status: 503, headers: { 'retry-after': '20' } })
    const started = performance.now()
    expect(await failure({}, makeContext({ signal: AbortSignal.timeout(200) }))).toMatch(/timed out/)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('a server that is not there is named', async () => {
    const gone = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('') })
    const base_url = `${gone.url}v1`
    await gone.stop(true)
    expect(await failure({ base_url })).toMatch(/cannot be reached/)
  }, 10_000)
})

test('a long recording goes in pieces cut at pauses, and the times fit together', async () => {
  const path = scratch.file(
    spokenWav(
      [
        [0.2, 8],
        [10, 18],
        [20, 29],
      ],
      30,
    ),
  )
  answer = ({ seconds }) =>
    Response.json({ text: 'part', segments: [{ start: 0.5, end: seconds, text: 'part' }] })
  const { turns } = await transcribe({ max_upload_mb: 0.4 }, makeContext(), makeRecording(path, 30))
  expect(asked.reduce((sum, each) => sum + each.seconds, 0)).toBeCloseTo(30, 3)
  expect(Math.max(...asked.map((each) => each.seconds * 32_000))).toBeLessThan(0.4 * 1024 * 1024)
  expect(turns.map((turn) => turn.start_ms)).toEqual(turns.map((_, at) => 500 + sumBefore(at) * 1000))
  const cuts = turns.slice(1).map((turn) => (turn.start_ms - 500) / 1000)
  for (const cut of cuts) expect(isPause(cut)).toBe(true)
})

const sumBefore = (at: number) => asked.slice(0, at).reduce((sum, each) => sum + each.seconds, 0)

const isPause = (time: number) => (time > 8 && time < 10) || (time > 18 && time < 20) || time > 29
