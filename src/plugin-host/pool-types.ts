import type { CallRequest, ModelEndpoint, Recording } from './contract.ts'
import type { CallInput, CatalogueEntry } from './messages.ts'
import type { OptionsCheck } from './options.ts'
import type { Order } from './orders.ts'
import type { RunOutcome } from './tasks.ts'

export interface PoolOptions {
  /** Where outside plugins lie; it may not exist yet. Null for the shipped ones only. */
  folder: string | null
  /** By the names that plugins declare. */
  secrets?: Record<string, string>
  allowNetworks?: string[]
  /** For plugins that ask language models. */
  model?: ModelEndpoint
  /** How the host is started; default this very program. */
  command?: string[]
  /** Names from the shipped table; default all. */
  shipped?: string[]
  tempFolder?: string
  /** Processes that all well-behaved algorithms share. */
  hosts?: number
  maxHosts?: number
  algorithmLimitMs?: number
  transcriberLimitMs?: number
  carrierLimitMs?: number
  memoryLimitMb?: number
  loadLimitMs?: number
  /** After this time a host that is not needed ends. */
  idleMs?: number
  /** What no run can be told: stray errors of plugins, restarts. */
  onWarning?(message: string): void
}

export interface PoolStats {
  hosts: number
  busy: number
  outstanding: number
  waiting: number
  restarts: number
  rss: number
}

export interface Limits {
  timeLimitMs?: number
}

export interface Pool {
  /** Resolves when the plugins are loaded; rejects when no host can be started at all. */
  ready(): Promise<void>
  /** Everything found, also what could not be loaded (`error` says why). */
  catalogue(): CatalogueEntry[]
  /** One outcome for each run, in their order. Rejects only when the pool is closed under way. */
  analyze(asked: { call: CallInput; runs: Order[]; timeLimitMs?: number }): Promise<RunOutcome[]>
  /** The result is a `Transcription`. */
  transcribe(id: string, recording: Recording, settings: unknown, limits?: Limits): Promise<RunOutcome>
  /** The result is `{ carrier_call_id }`. Never done twice, whatever happens to the host. */
  dial(id: string, request: CallRequest, settings: unknown, limits?: Limits): Promise<RunOutcome>
  hangUp(id: string, carrierCallId: string, settings: unknown, limits?: Limits): Promise<RunOutcome>
  /** Strict: unknown fields are problems. Also for the settings of transcribers and carriers. */
  validateVariables(id: string, variables: unknown): Promise<OptionsCheck>
  stats(): PoolStats
  /** Called after the catalogue has changed. Returns how to stop listening. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
