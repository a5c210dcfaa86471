import type { App } from '../app.ts'
import type { Attempt } from '../lib/gauges.ts'
import type { Posted, Unposted } from '../lib/outbound.ts'
import type { RunOutcome } from '../plugin-host/pool.ts'
import type { FinishedOutcome } from './runs.ts'

/** The name that the one endpoint for language models goes by. */
const MODEL = 'model'
const PROMPT = 'prompt_v1'
/** Codes of failures that are the endpoint's, not the prompt's or the call's. */
const OF_MODEL = /^model_/

export function observeRuns({ meters }: App, outcomes: FinishedOutcome[]): void {
  for (const { algorithmId, status, durationMs } of outcomes)
    meters.runs.observe(durationMs / 1000, algorithmId, status)
}

export function observeModel({ gauges, clock }: App, outcomes: RunOutcome[]): void {
  for (const outcome of outcomes) {
    const error = outcome.status === 'failed' ? outcome.error : null
    if (outcome.algorithmId !== PROMPT || (error && !OF_MODEL.test(error.code))) continue
    gauges.note('model', MODEL, { at: clock(), durationMs: outcome.durationMs, error })
  }
}

export function observeTranscription({ gauges, clock }: App, id: string, outcome: RunOutcome): void {
  const error = outcome.status === 'failed' ? outcome.error : null
  gauges.note('transcriber', id, { at: clock(), durationMs: outcome.durationMs, error })
}

export function observePost(
  { gauges, clock }: App,
  endpointUuid: string,
  answer: Posted | Unposted,
  errorKind: string | null,
): void {
  const error: Attempt['error'] =
    errorKind === null ? null : { code: errorKind, message: messageOf(answer, errorKind) }
  gauges.note('webhook', endpointUuid, { at: clock(), durationMs: answer.durationMs, error })
}

const messageOf = (answer: Posted | Unposted, errorKind: string) =>
  'message' in answer ? answer.message : 'status' in answer ? `Answered ${answer.status}` : errorKind
