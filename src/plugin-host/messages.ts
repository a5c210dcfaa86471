import type { Call, ModelEndpoint, Role, Turn } from './contract.ts'

/** Where a plugin comes from: a file of the plugins folder, or an entry of the shipped table. */
export interface Source {
  name: string
  shipped: boolean
}

export type JsonSchema = Record<string, unknown>

/** What is known of one plugin. `plugin` is null and `error` set when it could not be loaded. */
export interface CatalogueEntry {
  source: Source
  /** Name in the plugins folder; null for a shipped one. */
  file: string | null
  shipped: boolean
  plugin: 'algorithm' | 'transcriber' | 'carrier' | null
  /** Of a broken file: its id as far as it could be read, else the file's name. */
  id: string
  version: string
  name: string
  description: string
  kind: 'analysis' | 'evaluator' | 'prompt' | null
  /** An algorithm's variables; the settings of transcribers and carriers. */
  variables_schema: JsonSchema | null
  result_schema: JsonSchema | null
  /** The variable that holds the result's JSON Schema. */
  result_from: string | null
  defaults: Record<string, unknown> | null
  secrets: string[]
  error: string | null
}

/** Turns may come with the label alone; the host tells the role. */
export type CallInput = Omit<Call, 'turns'> & { turns: (Omit<Turn, 'role'> & { role?: Role })[] }

/** What a run asked of language models, all requests together. */
export interface RunUsage {
  model: string
  calls: number
  input_tokens: number
  output_tokens: number
  total_tokens: number
  cost: number | null
}

export interface LogLine {
  time: number
  level: 'debug' | 'info' | 'warn'
  message: string
  data?: Record<string, unknown>
}

export type FailureCode =
  | 'plugin_timeout'
  | 'plugin_crashed'
  | 'plugin_error'
  | 'plugin_memory'
  | 'plugin_bad_result'
  | 'plugin_output'
  | 'plugin_unavailable'
  | 'bad_variables'
  | 'model_not_configured'
  | 'model_unavailable'
  | 'model_bad_answer'

export interface Failure {
  code: FailureCode
  message: string
}

/** What a host is asked to do with a plugin. */
export type Method = 'analyze' | 'transcribe' | 'call' | 'hang_up' | 'check'

export interface Init {
  t: 'init'
  folder: string | null
  sources: Source[]
  secrets: Record<string, string>
  allow_networks: string[]
  model: ModelEndpoint
  marker: string
}

export interface RunOrder {
  run: number
  id: string
  method: Method
  variables: unknown
}

export interface Work {
  t: 'work'
  batch: number
  input: unknown
  runs: RunOrder[]
}

export interface Abort {
  t: 'abort'
  run: number
}

export type ToHost = Init | Work | Abort

export interface Answer {
  run: number
  /** JSON text, so that it is written once and its size is known. */
  result?: string
  failure?: Failure
  /** Not started, because the parent had given the work to another host. */
  skipped?: boolean
  ms: number
  at: number
  logs?: LogLine[]
  usage?: RunUsage
}

export type FromHost =
  | { t: 'ready'; catalogue: CatalogueEntry[]; jit: boolean }
  | { t: 'done'; batch: number; answers: Answer[] }
  | { t: 'late'; answer: Answer }
  | { t: 'note'; message: string }
  | { t: 'alive' }

export const MAX_RESULT_BYTES = 8 * 1024 * 1024
