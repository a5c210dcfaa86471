import {
  type Context,
  defineTranscriber,
  type Recording,
  type TranscribedTurn,
  type Transcription,
  type Word,
  z,
} from 'earshot/plugin'

const SECRET = 'OPENAI_API_KEY'
const MAX_ATTEMPTS = 4
const RETRIED = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529])
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const EXCERPT_CHARS = 300
const MAX_PROMPT_CHARS = 800
/** Recordings too large for one request are cut where it is quietest in the last half minute of a piece. */
const CUT_WINDOW_SECONDS = 30
const CUT_FRAME = 320
const WAV_HEADER_BYTES = 44
const BYTES_PER_MS = 32
/** A pause this long between words starts a new turn, when the server gives words but no segments. */
const TURN_PAUSE_MS = 700
/** Whisper invents words for silence; it then doubts that anybody speaks and is unsure of the words. */
const SILENT_ABOVE = 0.6
const UNSURE_BELOW = -1

const settingsSchema = z.object({
  base_url: z
    .string()
    .default('')
    .describe('Up to and including the version, such as https://asr.example/v1.'),
  model: z.string().default('whisper-1'),
  language: z.string().default('').describe('Empty takes that of the call, or lets the server detect it.'),
  prompt: z.string().default('').describe('Put before the vocabulary.'),
  temperature: z.number().min(0).max(1).optional(),
  granularities: z.array(z.enum(['segment', 'word'])).default(['segment', 'word']),
  max_upload_mb: z.number().positive().default(24).describe('Longer recordings are sent in pieces.'),
})

type Settings = z.output<typeof settingsSchema>

const timed = { start: z.number(), end: z.number() }
const wordSchema = z.object({ ...timed, word: z.string(), probability: z.number().nullish() })
const segmentSchema = z.object({
  ...timed,
  text: z.string(),
  avg_logprob: z.number().nullish(),
  no_speech_prob: z.number().nullish(),
  speaker: z.union([z.string(), z.number()]).nullish(),
  words: z.array(wordSchema).nullish().catch(null),
})
const answerSchema = z
  .object({
    text: z.string().nullish(),
    language: z.string().nullish().catch(null),
    segments: z.array(segmentSchema).nullish().catch(null),
    words: z.array(wordSchema).nullish().catch(null),
  })
  .refine(({ text, segments, words }) => text != null || segments || words)

type Answer = z.output<typeof answerSchema>
type Segment = z.output<typeof segmentSchema>

/** Richest first; a server that refuses one is asked for the next. */
const REQUESTS = [
  { response_format: 'verbose_json', withGranularities: true },
  { response_format: 'verbose_json', withGranularities: false },
  { response_format: 'json', withGranularities: false },
]

export default defineTranscriber({
  id: 'openai',
  version: '1.0.0',
  name: 'OpenAI-compatible server',
  description: 'Any server that answers POST …/audio/transcriptions, in the cloud or in your own network.',
  secrets: [SECRET],
  settings: settingsSchema,
  missing: ({ base_url }) =>
    base_url
      ? undefined
      : 'Set `base_url` to the address of an OpenAI-compatible server, such as http://localhost:8000/v1.',
  transcribe,
})

async function transcribe(
  recording: Recording,
  settings: Settings,
  context: Context,
): Promise<Transcription> {
  const turns: TranscribedTurn[] = []
  let language: string | undefined
  let richness = 0
  for await (const piece of cutPieces(recording, settings.max_upload_mb * 1024 * 1024)) {
    const { answer, used } = await ask(piece.wav, recording, settings, context, richness)
    richness = used
    language ??= answer.language ?? undefined
    turns.push(...readTurns(answer, piece.duration_ms).map((turn) => shift(turn, piece.start_ms)))
  }
  return { turns, language }
}

interface Piece {
  wav: Blob
  start_ms: number
  duration_ms: number
}

/** Recordings come as mono WAV of 16 kHz and 16 bit behind a header of fixed length. */
async function* cutPieces(recording: Recording, maxBytes: number): AsyncGenerator<Piece> {
  const file = Bun.file(recording.path)
  if (file.size <= maxBytes) {
    yield { wav: file, start_ms: 0, duration_ms: Math.round(recording.duration_seconds * 1000) }
    return
  }
  const room = Math.max(BYTES_PER_MS * 1000, (maxBytes - WAV_HEADER_BYTES) & ~1)
  for (let at = WAV_HEADER_BYTES; at < file.size; ) {
    const end = at + room >= file.size ? file.size : await findQuiet(file, at, at + room)
    // Read here, because a blob made of a file's slice is sent without it.
    const samples = await file.slice(at, end).arrayBuffer()
    const wav = new Blob([await pieceHeader(file, end - at), samples], { type: 'audio/wav' })
    yield { wav, start_ms: (at - WAV_HEADER_BYTES) / BYTES_PER_MS, duration_ms: (end - at) / BYTES_PER_MS }
    at = end
  }
}

async function findQuiet(file: Blob, from: number, to: number) {
  const window = Math.min(CUT_WINDOW_SECONDS * 1000 * BYTES_PER_MS, Math.floor((to - from) / 4) * 2)
  const samples = new Int16Array(await file.slice(to - window, to).arrayBuffer())
  let [quietest, place] = [Number.POSITIVE_INFINITY, samples.length]
  for (let frame = 0; frame + CUT_FRAME <= samples.length; frame += CUT_FRAME) {
    const loudness = samples.subarray(frame, frame + CUT_FRAME).reduce((sum, each) => sum + Math.abs(each), 0)
    if (loudness <= quietest) [quietest, place] = [loudness, frame + CUT_FRAME / 2]
  }
  return to - window + place * 2
}

/** The recording's own header with the lengths of the piece. */
async function pieceHeader(file: Blob, dataBytes: number) {
  const header = Buffer.from(await file.slice(0, WAV_HEADER_BYTES).arrayBuffer())
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

async function ask(wav: Blob, recording: Recording, settings: Settings, context: Context, richness: number) {
  for (let used = richness; ; used++) {
    const form = fillForm(wav, recording, settings, REQUESTS[used]!)
    const { status, body } = await post(form, settings, context)
    if (status >= 200 && status < 300) return { answer: readAnswer(body), used }
    const isRefusal = status === 400 || status === 422
    if (!isRefusal || used + 1 === REQUESTS.length) throw new Error(describeRefusal(status, body, settings))
    context.log.debug('the server refused this form of answer; asking for a simpler one', { status })
  }
}

function fillForm(wav: Blob, recording: Recording, settings: Settings, request: (typeof REQUESTS)[number]) {
  const form = new FormData()
  form.set('file', wav, 'recording.wav')
  form.set('model', settings.model)
  form.set('response_format', request.response_format)
  const language = settings.language || recording.language?.split('-')[0]?.toLowerCase()
  if (language) form.set('language', language)
  const prompt = [settings.prompt, recording.vocabulary.join(', ')].filter(Boolean).join(' ')
  if (prompt) form.set('prompt', prompt.slice(0, MAX_PROMPT_CHARS))
  if (settings.temperature !== undefined) form.set('temperature', String(settings.temperature))
  const granularities = request.withGranularities ? settings.granularities : []
  for (const each of granularities) form.append('timestamp_granularities[]', each)
  return form
}

interface Reply {
  status: number
  body: string
}

/** Tries again what may pass: busy or broken servers and lost connections. */
async function post(form: FormData, settings: Settings, context: Context): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === MAX_ATTEMPTS
    let delay = FIRST_DELAY_MS * 2 ** (attempt - 1) * (1 + Math.random() / 2)
    try {
      const response = await send(form, settings, context)
      const body = await readCapped(response)
      if (isLast || !RETRIED.has(response.status)) return { status: response.status, body }
      delay = retryAfter(response.headers.get('retry-after')) ?? delay
      context.log.warn('the transcription server asks to try again', { status: response.status, attempt })
    } catch (error) {
      context.signal.throwIfAborted()
      if (isLast)
        throw new Error(
          `The transcription server at ${settings.base_url} cannot be reached: ${reason(error)}`,
        )
    }
    await pause(Math.min(delay, LONGEST_DELAY_MS), context.signal)
  }
}

/** The run's own time limit counts, not the five minutes after which an idle connection is given up. */
function send(form: FormData, settings: Settings, context: Context) {
  const { signal } = context
  const key = context.secrets[SECRET]
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {}
  const request: BunFetchRequestInit = { method: 'POST', headers, body: form, signal, timeout: false }
  return context.fetch(address(settings), request)
}

function address({ base_url }: Settings) {
  const base = base_url.replace(/\/+$/, '')
  return /\/(transcriptions|inference)$/.test(base) ? base : `${base}/audio/transcriptions`
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function readCapped(response: Response) {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error('its answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Seconds or a date. */
function retryAfter(header: string | null) {
  if (!header) return undefined
  const wait = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}

function pause(ms: number, signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

const REFUSALS: Record<number, (settings: Settings) => string> = {
  401: () => `The transcription server refused the key: check EARSHOT_SECRET_${SECRET}.`,
  403: ({ model }) => `The transcription server does not allow this key to use ${model}.`,
  404: (settings) => `There is no transcription at ${address(settings)}: check \`base_url\` and \`model\`.`,
  413: () => 'The recording is too large for the transcription server: lower `max_upload_mb`.',
  429: () => 'The transcription server keeps refusing because of too many requests or a used-up quota.',
}

function describeRefusal(status: number, body: string, settings: Settings) {
  const sentence = REFUSALS[status]?.(settings) ?? `The transcription server answered ${status}.`
  const detail = readDetail(body)
  return detail ? `${sentence} It said: ${detail}` : sentence
}

/** Servers put the reason into `error.message`, `error`, `detail` or `message`, or answer in plain text. */
function readDetail(body: string) {
  const parsed = parseJson(body)
  const text = z.string()
  const shapes = z.union([
    z.object({ error: z.object({ message: text }) }).transform(({ error }) => error.message),
    z.object({ error: text }).transform(({ error }) => error),
    z.object({ detail: text }).transform(({ detail }) => detail),
    z.object({ message: text }).transform(({ message }) => message),
  ])
  const detail = shapes.safeParse(parsed).data ?? (/^\s*</.test(body) ? '' : body)
  return detail.replace(/\s+/g, ' ').trim().slice(0, EXCERPT_CHARS)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Some servers answer in plain text whatever was asked for. */
function readAnswer(body: string): Answer {
  const value = parseJson(body)
  const parsed = answerSchema.safeParse(value)
  if (parsed.success) return parsed.data
  if (value !== undefined || /^\s*</.test(body))
    throw new Error('The transcription server answered with something else than a transcript.')
  return { text: body.trim(), language: null, segments: null, words: null }
}

function readTurns({ text, segments, words }: Answer, duration_ms: number): TranscribedTurn[] {
  const spoken = (words ?? []).map(toWord)
  const filled = segments?.filter((segment) => segment.text.trim()) ?? []
  if (filled.length > 0) return fromSegments(filled, spoken).map((turn) => clamp(turn, duration_ms))
  if (spoken.length > 0) return fromWords(spoken).map((turn) => clamp(turn, duration_ms))
  return text?.trim() ? [{ text: text.trim(), start_ms: 0, end_ms: duration_ms }] : []
}

const ms = (seconds: number) => Math.max(0, Math.round(seconds * 1000))

function toWord({ word, start, end, probability }: z.output<typeof wordSchema>): Word {
  return {
    text: word.trim(),
    start_ms: ms(start),
    end_ms: ms(end),
    ...(probability != null && { confidence: probability }),
  }
}

/** Words belong to the segment that holds their middle. */
function fromSegments(segments: Segment[], words: Word[]): TranscribedTurn[] {
  return segments.filter(isHeard).map((segment) => {
    const [start_ms, end_ms] = [ms(segment.start), ms(segment.end)]
    const own =
      segment.words?.map(toWord) ??
      words.filter((word) => {
        const middle = (word.start_ms + word.end_ms) / 2
        return middle >= start_ms && middle < end_ms
      })
    return {
      text: segment.text.trim(),
      start_ms,
      end_ms,
      ...(own.length > 0 && { words: own }),
      ...(segment.avg_logprob != null && { confidence: Math.min(1, Math.exp(segment.avg_logprob)) }),
      ...(segment.speaker != null && { speaker: String(segment.speaker) }),
    }
  })
}

function isHeard({ no_speech_prob, avg_logprob }: Segment) {
  return (no_speech_prob ?? 0) <= SILENT_ABOVE || (avg_logprob ?? 0) >= UNSURE_BELOW
}

function fromWords(words: Word[]): TranscribedTurn[] {
  const groups: Word[][] = []
  for (const word of words) {
    const last = groups.at(-1)?.at(-1)
    if (last && word.start_ms - last.end_ms < TURN_PAUSE_MS) groups.at(-1)!.push(word)
    else groups.push([word])
  }
  return groups.map((group) => ({
    text: group.map((word) => word.text).join(' '),
    start_ms: group[0]!.start_ms,
    end_ms: group.at(-1)!.end_ms,
    words: group,
  }))
}

function clamp<T extends { start_ms: number; end_ms: number }>(part: T, duration_ms: number): T {
  const start_ms = Math.min(part.start_ms, duration_ms)
  return { ...part, start_ms, end_ms: Math.max(start_ms, Math.min(part.end_ms, duration_ms)) }
}

function shift(turn: TranscribedTurn, by: number): TranscribedTurn {
  const move = <T extends { start_ms: number; end_ms: number }>(part: T): T => ({
    ...part,
    start_ms: part.start_ms + by,
    end_ms: part.end_ms + by,
  })
  return { ...move(turn), ...(turn.words && { words: turn.words.map(move) }) }
}
