import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Context,
  defineTranscriber,
  type Recording,
  type TranscribedTurn,
  type Transcription,
  z,
} from 'earshot/plugin'

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024
const STDERR_CHARS = 2000
const STDERR_LINES = 5
/** How long the output may stay open after the program has ended, held by something it left behind. */
const LINGER_MS = 1000
/** Marks everything the program starts, so that all of it can be found and ended, also what changed its parent. */
const MARK = 'EARSHOT_RECOGNISER'
/** What recognisers need of the environment; the rest of it is none of their business. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'CUDA_VISIBLE_DEVICES',
]

const settingsSchema = z.object({
  program: z.string().default('').describe('Name or path of the recogniser.'),
  args: z
    .array(z.string())
    .optional()
    .describe(
      'Its arguments; {input}, {output}, {language}, {model} and {prompt} are filled in. Default: by format.',
    ),
  format: z
    .enum(['whisper-cpp', 'pocketsphinx', 'text', 'json'])
    .default('text')
    .describe('How to call it and how to read its answer.'),
  model: z.string().default('').describe('Path of the model, for {model}.'),
  language: z.string().default('').describe('For {language}; empty takes that of the call, or `auto`.'),
})

type Settings = z.output<typeof settingsSchema>

interface Answer {
  stdout: string
  /** The text of a file that the program wrote under the name it was given as {output}. */
  output: string
}

interface Format {
  args: string[]
  read(answer: Answer, recording: Recording): Transcription
}

const FORMATS: Record<Settings['format'], Format> = {
  'whisper-cpp': {
    args: ['-m', '{model}', '-f', '{input}', '-l', '{language}', '-oj', '-of', '{output}', '-np'],
    read: readWhisperCpp,
  },
  pocketsphinx: {
    args: ['-infile', '{input}', '-time', 'yes', '-logfn', '/dev/null'],
    read: readPocketSphinx,
  },
  text: { args: ['{input}'], read: readText },
  json: { args: ['{input}'], read: readJson },
}

export default defineTranscriber({
  id: 'command',
  version: '1.0.0',
  name: 'Local program',
  description: 'Runs a recogniser that is installed on this machine, once for each channel.',
  settings: settingsSchema,
  missing,
  transcribe,
})

function missing(settings: Settings): string | undefined {
  const { program, args, format, model } = settings
  if (!program) return 'Set `program` to the name or path of a recogniser, such as whisper-cli.'
  if (!Bun.which(program)) return `The program ${program} was not found; set \`program\` to its full path.`
  const needsModel = (args ?? FORMATS[format].args).some((each) => each.includes('{model}'))
  return needsModel && !model
    ? 'Set `model` to the path of the model that the recogniser is to use.'
    : undefined
}

async function transcribe(
  recording: Recording,
  settings: Settings,
  context: Context,
): Promise<Transcription> {
  const problem = missing(settings)
  if (problem) throw new Error(problem)
  const format = FORMATS[settings.format]
  const directory = await mkdtemp(join(tmpdir(), 'earshot-recogniser-'))
  try {
    const values = {
      input: recording.path,
      output: join(directory, 'output'),
      language: settings.language || primaryLanguage(recording.language) || 'auto',
      model: settings.model,
      prompt: recording.vocabulary.join(', '),
    }
    const stdout = await run(settings.program, fillIn(settings.args ?? format.args, values), context.signal)
    return format.read({ stdout, output: await readOutput(directory) }, recording)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const primaryLanguage = (tag: string | null) => tag?.split('-')[0]?.toLowerCase()

/** In one pass, so that a value which itself holds braces stays as it is. */
function fillIn(args: string[], values: Record<string, string>) {
  return args.map((each) => each.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole))
}

async function readOutput(directory: string) {
  const name = (await readdir(directory)).sort()[0]
  return name ? Bun.file(join(directory, name)).slice(0, MAX_OUTPUT_BYTES).text() : ''
}

/**
 * The program stays in this process's group, so that whoever kills the group takes it along,
 * and dies with this process where `setpriv` can arrange that. At its limit all that it started is ended.
 */
async function run(program: string, args: string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const mark = crypto.randomUUID()
  const child = Bun.spawn([...dyingWithUs(), Bun.which(program) ?? program, ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...environment(), [MARK]: mark },
  })
  const stop = () => void killMarked(child.pid, mark)
  signal.addEventListener('abort', stop, { once: true })
  const timer = child.exited.then(() => setTimeout(stop, LINGER_MS))
  try {
    const [stdout, complaint] = await Promise.all([readCapped(child.stdout, stop), readTail(child.stderr)])
    const code = await child.exited
    signal.throwIfAborted()
    if (stdout === undefined)
      throw new Error(`${program} wrote more than ${MAX_OUTPUT_BYTES} bytes and was stopped.`)
    if (code !== 0) throw new Error(describeExit(program, code, child.signalCode !== null, complaint))
    return stdout
  } finally {
    signal.removeEventListener('abort', stop)
    await killMarked(child.pid, mark)
    clearTimeout(await timer)
  }
}

let launcher: string[] | undefined

/** Tried once, because there are builds of `setpriv` without this option. */
function dyingWithUs() {
  const setpriv = process.platform === 'linux' ? Bun.which('setpriv') : null
  const prefix = setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : []
  launcher ??= setpriv && Bun.spawnSync([...prefix, 'true']).success ? prefix : []
  return launcher
}

function environment() {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )
}

/** Again until none is left: between looking and killing a process may have started another. */
async function killMarked(pid: number, mark: string) {
  kill(pid)
  for (let round = 0; round < 10; round++) {
    const found = await findMarked(mark)
    if (found.length === 0) return
    found.forEach(kill)
  }
}

async function findMarked(mark: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
  )
  return pids.filter((_, at) => environments[at]!.includes(`${MARK}=${mark}`))
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function readCapped(stream: AsyncIterable<Uint8Array>, stop: () => void): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > MAX_OUTPUT_BYTES) {
      stop()
      return undefined
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function readTail(stream: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder()
  let tail = ''
  for await (const chunk of stream)
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-STDERR_CHARS)
  return tail.trim()
}

function describeExit(program: string, code: number, isKilled: boolean, complaint: string) {
  const how = isKilled ? 'was killed' : `failed with exit code ${code}`
  const lines = complaint.split('\n').slice(-STDERR_LINES).join('\n')
  return `${program} ${how}${lines ? `: ${lines}` : ' and gave no reason.'}`
}

const whisperCppSchema = z.object({
  result: z.object({ language: z.string() }).optional(),
  transcription: z.array(
    z.object({ text: z.string(), offsets: z.object({ from: z.number(), to: z.number() }) }),
  ),
})

/** The file that `-oj` writes; newer versions can also print it. */
function readWhisperCpp({ stdout, output }: Answer): Transcription {
  const { result, transcription } = parseJson(whisperCppSchema, output || stdout)
  const turns = transcription.map(({ text, offsets }) => ({
    text: text.trim(),
    start_ms: offsets.from,
    end_ms: Math.max(offsets.from, offsets.to),
  }))
  return { turns: turns.filter(({ text }) => isSpoken(text)), language: result?.language }
}

/** Recognisers write noises and silence in brackets. */
const isSpoken = (text: string) => /[\p{L}\p{N}]/u.test(text.replace(/\[[^\]]*\]|\([^)]*\)|\*[^*]*\*/g, ''))

const WORD_LINE = /^(\S+) (\d+\.\d+) (\d+\.\d+) (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/
const FILLER = /^(<.*>|\[.*\]|\+\+.*\+\+)$/

/** Each utterance is a line of text, then a line for each word: `word start end probability`, in seconds. */
function readPocketSphinx({ stdout }: Answer): Transcription {
  const utterances: NonNullable<TranscribedTurn['words']>[] = []
  for (const line of stdout.split('\n')) {
    const [, word = '', start, end, probability] = WORD_LINE.exec(line.trim()) ?? []
    if (!word || word === '<s>' || utterances.length === 0) utterances.push([])
    if (!word || FILLER.test(word)) continue
    utterances.at(-1)?.push({
      text: word.replace(/\(\d+\)$/, ''),
      start_ms: Math.round(Number(start) * 1000),
      end_ms: Math.round(Number(end) * 1000),
      confidence: Math.min(1, Math.max(0, Number(probability))),
    })
  }
  return { turns: utterances.filter((words) => words.length > 0).map(toTurn) }
}

function toTurn(words: NonNullable<TranscribedTurn['words']>): TranscribedTurn {
  const text = words.map((each) => each.text).join(' ')
  const confidence = words.reduce((sum, each) => sum + (each.confidence ?? 0), 0) / words.length
  return { text, start_ms: words[0]!.start_ms, end_ms: words.at(-1)!.end_ms, words, confidence }
}

function readText({ stdout, output }: Answer, recording: Recording): Transcription {
  const text = (stdout.trim() || output.trim()).replace(/\s+/g, ' ')
  const end_ms = Math.round(recording.duration_seconds * 1000)
  return { turns: text ? [{ text, start_ms: 0, end_ms }] : [] }
}

const wordSchema = z.object({
  text: z.string(),
  start_ms: z.number(),
  end_ms: z.number(),
  confidence: z.number().optional(),
})
const jsonSchema = z.object({
  language: z.string().optional(),
  turns: z.array(
    wordSchema.extend({ words: z.array(wordSchema).optional(), speaker: z.string().optional() }),
  ),
})

function readJson({ stdout, output }: Answer): Transcription {
  return parseJson(jsonSchema, stdout.trim() || output)
}

function parseJson<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error(
      `The recogniser was to answer in JSON but wrote: ${text.trim().slice(0, 200) || 'nothing'}`,
    )
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Error(
    `The recogniser's JSON does not fit its format: ${issue?.path.join('.')}: ${issue?.message}`,
  )
}
