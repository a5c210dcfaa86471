import type { App } from '../app.ts'
import type { SplitAudio } from '../audio/index.ts'
import type { Call } from '../core/calls/calls.sql.ts'
import type { Turn } from '../core/calls/transcripts.ts'
import type { ResolvedConfig } from '../core/config/schema.ts'
import { openSecrets } from '../core/config/secrets.ts'
import type { LogLine } from '../core/jobs/logs.sql.ts'
import { SECOND } from '../lib/clock.ts'
import type { TranscribedTurn, Transcription } from '../plugin-host/contract.ts'
import { agentChannel, roleOfChannel } from './call-input.ts'
import { languageTag } from './languages.ts'
import { observeTranscription } from './observations.ts'
import type { JobError } from './settle.ts'

/** Runs programs of the machine, so a workspace may not say how. */
const OPERATOR_ONLY = new Set(['command'])
/** The operator's secrets go there, so a workspace may not say where. */
const OPERATOR_KEYS = ['base_url']

export interface Transcript {
  turns: Turn[]
  language: string | null
  transcriber: string
  logs: LogLine[]
}

interface Asked {
  audio: SplitAudio
  call: Call
  config: ResolvedConfig
}

/** The first of the chain that succeeds counts. */
export async function transcribeWith(
  app: App,
  asked: Asked,
): Promise<{ transcript: Transcript } | { failure: JobError; logs: LogLine[] }> {
  const logs: LogLine[] = []
  let failure: JobError = noTranscriber
  for (const id of chainOf(app, asked.config)) {
    const outcome = await attempt(app, id, asked, logs)
    if ('transcript' in outcome) return outcome
    failure = outcome.failure
    logs.push({ level: 'warn', stage: 'transcribing', message: `${id}: ${failure.message}` })
  }
  return { failure, logs }
}

const noTranscriber: JobError = {
  code: 'no_transcriber',
  message:
    'No transcriber is configured. Set EARSHOT_OPENAI_URL to a server with an OpenAI-compatible ' +
    '/audio/transcriptions, or EARSHOT_COMMAND_PROGRAM and EARSHOT_COMMAND_FORMAT to a recogniser on this machine, ' +
    'then retry the job.',
}

/** What the workspace names; else the operator's choice; else whichever shipped one has been set up. */
function chainOf({ settings }: App, { transcription }: ResolvedConfig): string[] {
  const usual =
    settings.transcriber ??
    (settings.transcribers.openai?.base_url
      ? 'openai'
      : settings.transcribers.command?.program
        ? 'command'
        : undefined)
  const first = transcription.transcriber ?? usual
  return [...new Set([...(first ? [first] : []), ...transcription.fallbacks])]
}

async function attempt(
  app: App,
  id: string,
  asked: Asked,
  logs: LogLine[],
): Promise<{ transcript: Transcript } | { failure: JobError }> {
  const settings = settingsFor(app, id, asked.config)
  const check = await app.plugins.validateVariables(id, settings)
  if (check.missing) return { failure: { code: 'no_transcriber', message: check.missing } }
  if (!check.valid) return { failure: { code: 'no_transcriber', message: check.problems.join('; ') } }
  const channels = await Promise.all(
    asked.audio.files.map((file) => oneChannel(app, id, settings, asked, file, logs)),
  )
  const failed = channels.find((channel) => 'failure' in channel)
  if (failed && 'failure' in failed) return failed
  return { transcript: merge(id, channels as ChannelTranscript[], logs) }
}

function settingsFor(
  { settings, sealer }: App,
  id: string,
  { transcription }: ResolvedConfig,
): Record<string, unknown> {
  const own = settings.transcribers[id] ?? {}
  if (OPERATOR_ONLY.has(id)) return own
  const given = openSecrets(sealer, transcription.settings)
  const allowed = Object.entries(given).filter(([key]) => !OPERATOR_KEYS.includes(key))
  return { ...Object.fromEntries(allowed), ...own }
}

interface ChannelTranscript {
  speaker: string
  role: Turn['role']
  transcription: Transcription
}

async function oneChannel(
  app: App,
  id: string,
  settings: Record<string, unknown>,
  { audio, call, config }: Asked,
  { channel, path }: { channel: number; path: string },
  logs: LogLine[],
): Promise<ChannelTranscript | { failure: JobError }> {
  const recording = {
    path,
    duration_seconds: audio.duration_ms / 1000,
    language: call.language,
    vocabulary: config.transcription.vocabulary,
  }
  const timeLimitMs = app.settings.transcriber_timeout * SECOND
  const outcome = await app.plugins.transcribe(id, recording, settings, { timeLimitMs })
  observeTranscription(app, id, outcome)
  for (const { level, message, data } of outcome.logs)
    logs.push({ level, stage: 'transcribing', message, data })
  if (outcome.status === 'failed')
    return { failure: { code: 'transcription_failed', message: outcome.error.message } }
  const role = roleOfChannel(channel, audio.channels, agentChannel(call, config))
  const transcription = outcome.result as Transcription
  return { ...labels[role], transcription }
}

const labels = {
  agent: { speaker: 'Agent', role: 'agent' },
  customer: { speaker: 'Customer', role: 'customer' },
  other: { speaker: 'Speaker', role: undefined },
} as const

function merge(transcriber: string, channels: ChannelTranscript[], logs: LogLine[]): Transcript {
  const turns = channels.flatMap(({ speaker, role, transcription }) =>
    transcription.turns.filter(({ text }) => text.trim() !== '').map((turn) => asTurn(turn, speaker, role)),
  )
  turns.sort((one, other) => one.start_ms! - other.start_ms!)
  const language =
    channels.map(({ transcription }) => languageTag(transcription.language)).find(Boolean) ?? null
  return { turns, language, transcriber, logs }
}

function asTurn(turn: TranscribedTurn, speaker: string, role: Turn['role']): Turn {
  return {
    speaker: turn.speaker ?? speaker,
    text: turn.text.trim(),
    start_ms: Math.round(turn.start_ms),
    end_ms: Math.round(turn.end_ms),
    ...(role && { role }),
    ...(turn.words && { words: turn.words }),
    ...(turn.confidence !== undefined && { confidence: turn.confidence }),
  }
}
