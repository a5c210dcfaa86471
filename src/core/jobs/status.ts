export const statuses = [
  'queued',
  'transcribing',
  'analyzing',
  'publishing',
  'completed',
  'partial',
  'failed',
  'skipped',
  'cancelled',
] as const
export type Status = (typeof statuses)[number]

/** What may follow what. A requeue or a rerun starts a new round of the job. */
const next: Record<Status, readonly Status[]> = {
  queued: ['transcribing', 'analyzing', 'skipped', 'cancelled', 'failed'],
  transcribing: ['analyzing', 'skipped', 'failed'],
  analyzing: ['publishing', 'skipped', 'completed', 'partial', 'failed'],
  publishing: ['completed', 'partial', 'failed'],
  completed: ['analyzing'],
  partial: ['queued', 'analyzing'],
  failed: ['queued', 'analyzing'],
  skipped: ['queued'],
  cancelled: [],
}

export const mayBecome = (from: Status, to: Status) => next[from].includes(to)

/** Those whose jobs wait for nothing; their counts are kept, see `counts`. */
export const finalStatuses: readonly Status[] = ['completed', 'partial', 'failed', 'skipped', 'cancelled']
export const isFinal = (status: Status) => finalStatuses.includes(status)

/** Those with results: on-demand runs and redelivery are for them. */
export const hasRun = (status: Status) =>
  status === 'completed' || status === 'partial' || status === 'failed'
