import type { App } from '../../app.ts'
import type { FeedbackFilter, ReviewedField } from '../../core/algorithms/feedback.sql.ts'
import { feedbackSlices } from '../../core/algorithms/feedback-slices.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import type { Arrival } from '../arrival.ts'
import { csvLine } from '../csv.ts'
import { parsed } from './feedback-shape.ts'
import { iso } from './present.ts'

export const formats = ['jsonl', 'csv'] as const
export type Format = (typeof formats)[number]

/** For a reader that takes its time; one that has stopped reading is hung up on. */
const SILENCE_SECONDS = 120

/** The columns of both formats, in their order. */
const columns: Record<string, (row: ReviewedField) => unknown> = {
  feedback_id: ({ feedbackId }) => feedbackId,
  job_id: ({ jobId }) => jobId,
  algorithm_run_id: ({ runId }) => runId,
  algorithm_id: ({ algorithmId }) => algorithmId,
  version: ({ version }) => version,
  revision: ({ revision }) => revision,
  field: ({ field }) => field,
  verdict: ({ verdict }) => verdict,
  predicted: ({ predicted }) => parsed(predicted),
  corrected: ({ corrected }) => parsed(corrected),
  comment: ({ comment }) => comment,
  reviewer: ({ reviewer }) => reviewer,
  created_at: ({ createdAt }) => iso(createdAt),
}
const names = Object.keys(columns)
const values = Object.values(columns)

const writers: Record<Format, { type: string; head: string; line: (row: ReviewedField) => string }> = {
  jsonl: {
    type: 'application/x-ndjson; charset=utf-8',
    head: '',
    line: (row) =>
      `${JSON.stringify(Object.fromEntries(names.map((name) => [name, columns[name]!(row)])))}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: csvLine(names),
    line: (row) => csvLine(values.map((value) => value(row))),
  },
}

/** Reads a slice only when the one before has been taken, so that the reader's pace sets ours. */
export function exportFeedback(
  app: App,
  actor: Actor,
  filter: FeedbackFilter & { workspaceId?: number },
  format: Format,
  arrival: Arrival,
): Response {
  const { type, head, line } = writers[format]
  const slices = feedbackSlices(app.db, actor, filter)
  const encoder = new TextEncoder()
  arrival.allowSilence(SILENCE_SECONDS)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (head) controller.enqueue(encoder.encode(head))
    },
    async pull(controller) {
      for (;;) {
        const slice = await slices.next()
        if (slice.done) return controller.close()
        if (slice.value.length === 0) continue
        return controller.enqueue(encoder.encode(slice.value.map(line).join('')))
      }
    },
    cancel: async () => void (await slices.return(undefined)),
  })
  return new Response(body, {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="feedback.${format}"` },
  })
}
