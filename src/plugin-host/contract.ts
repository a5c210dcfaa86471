/**
 * The module `earshot/plugin`: what a plugin file imports and what its default export must be.
 * It is bundled into the executable and offered to files outside it, so it imports nothing but zod.
 */
import { z } from 'zod'

export { z }

/** Who speaks, as far as the labels of the transcript or the channels of the recording tell. */
export type Role = 'agent' | 'customer' | 'other'

export interface Word {
  text: string
  start_ms: number
  end_ms: number
  confidence?: number
}

export interface Turn {
  /** Position in the call, from 0. Results name it as `turn`. */
  turn: number
  /** The label as the transcript has it: `Agent`, `Caller`, `Maria`. */
  speaker: string
  role: Role
  text: string
  /** Milliseconds from the start of the call; null when the transcript came without times. */
  start_ms: number | null
  end_ms: number | null
  words?: Word[]
  confidence?: number
}

export interface SpeechSegment {
  start_ms: number
  end_ms: number
}

/** What was heard on one channel of the recording, without any recogniser. */
export interface Channel {
  channel: number
  role: Role
  segments: SpeechSegment[]
}

export interface Call {
  job_id: number
  call_id: number
  turns: Turn[]
  /** Speech per channel of the recording; empty when the call came without audio. */
  channels: Channel[]
  /** ISO 8601 with offset, as submitted; null when unknown. Dates said in the call are relative to it. */
  started_at: string | null
  /** IANA name; when null the offset of `started_at` counts. */
  time_zone: string | null
  duration_seconds: number | null
  direction: 'inbound' | 'outbound' | null
  from_number: string | null
  to_number: string | null
  agent_name: string | null
  /** BCP 47, `en` when nothing else is known. */
  language: string
  metadata: Record<string, unknown>
}

export interface Log {
  debug(message: string, data?: Record<string, unknown>): void
  info(message: string, data?: Record<string, unknown>): void
  warn(message: string, data?: Record<string, unknown>): void
}

/** The operator's endpoint for language models; nobody else says where calls may be sent. */
export interface ModelEndpoint {
  /** Up to and including the version, as in `http://127.0.0.1:8000/v1`. */
  url?: string
  /** The model to ask where the variables name none. */
  name?: string
  /** Requests that one process has under way at a time. */
  concurrency?: number
}

/** What asking a model took. */
export interface Usage {
  model: string
  input_tokens: number
  output_tokens: number
  /** Null when no price is known. */
  cost: number | null
}

/** What a plugin may touch besides its arguments. */
export interface Context {
  /** Lines land in the job's log. */
  log: Log
  /** Aborted when the run's time limit is reached. */
  signal: AbortSignal
  /** The secrets the plugin declared, as far as the operator has set them. */
  secrets: Record<string, string | undefined>
  /** Like the global one, under the appliance's network policy. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  /** For `earshot/model`. */
  model: ModelEndpoint
  /** Adds to what the run shows as its `usage`. */
  spend(usage: Usage): void
}

interface Described {
  /** Letters, digits, `_`, `-` and `.`; unique in the installation. */
  id: string
  version: string
  name: string
  description?: string
  /** Names of the secrets it needs; the operator sets `EARSHOT_SECRET_<NAME>`. */
  secrets?: string[]
}

type Schema = z.ZodType

export interface Algorithm<Variables extends Schema = Schema, Result extends Schema = Schema>
  extends Described {
  /** `evaluator` algorithms score a call; `prompt` ones ask a model. Default `analysis`. */
  kind?: 'analysis' | 'evaluator' | 'prompt'
  /** What an operator may change, with a default for every field. */
  variables: Variables
  result: Result
  /** Name of the variable that holds the result's JSON Schema, where that is the operator's to say. */
  result_from?: string
  analyze(
    call: Call,
    variables: z.output<Variables>,
    context: Context,
  ): z.input<Result> | Promise<z.input<Result>>
}

/** A recording on disk. Channels are transcribed one by one: `path` is mono WAV, 16 kHz, 16 bit. */
export interface Recording {
  path: string
  duration_seconds: number
  /** BCP 47 hint from the call or the workspace; null asks the recogniser to detect it. */
  language: string | null
  /** Names and products worth hinting at. */
  vocabulary: string[]
}

export interface TranscribedTurn {
  text: string
  start_ms: number
  end_ms: number
  words?: Word[]
  confidence?: number
  /** Only recognisers that tell speakers apart within one channel set it. */
  speaker?: string
}

export interface Transcription {
  turns: TranscribedTurn[]
  language?: string
}

export interface Transcriber<Settings extends Schema = Schema> extends Described {
  /** The operator's settings for it, from the process's settings and the workspace's configuration. */
  settings: Settings
  /** A sentence that says what to set when it cannot run with these settings, else undefined. */
  missing?(settings: z.output<Settings>): string | undefined
  transcribe(
    recording: Recording,
    settings: z.output<Settings>,
    context: Context,
  ): Transcription | Promise<Transcription>
}

export interface CallRequest {
  from_number: string
  to_number: string
  /** Where the carrier reports what becomes of the call. */
  status_url: string
  record: boolean
  timeout_seconds: number
}

export interface Carrier<Settings extends Schema = Schema> extends Described {
  settings: Settings
  call(
    request: CallRequest,
    settings: z.output<Settings>,
    context: Context,
  ): Promise<{ carrier_call_id: string }>
  hangUp(carrierCallId: string, settings: z.output<Settings>, context: Context): Promise<void>
}

export type Plugin =
  | ({ plugin: 'algorithm' } & Algorithm)
  | ({ plugin: 'transcriber' } & Transcriber)
  | ({ plugin: 'carrier' } & Carrier)

export function defineAlgorithm<V extends Schema, R extends Schema>(algorithm: Algorithm<V, R>) {
  return { plugin: 'algorithm' as const, ...algorithm }
}

export function defineTranscriber<S extends Schema>(transcriber: Transcriber<S>) {
  return { plugin: 'transcriber' as const, ...transcriber }
}

export function defineCarrier<S extends Schema>(carrier: Carrier<S>) {
  return { plugin: 'carrier' as const, ...carrier }
}
