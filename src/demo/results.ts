import type { DemoRun } from './client.ts'

type Result = Record<string, unknown>

const WIDTH = 76

/** One line that tells what an algorithm found out. */
export function describeRun({ algorithm_id, status, result, error }: DemoRun): string {
  if (status === 'failed' || !result) return `failed: ${error?.message ?? 'no result'}`
  return (lines[algorithm_id] ?? JSON.stringify)(result)
}

const lines: Record<string, (result: Result) => string> = {
  sentiment_v1: (r) => `${r.sentiment} (${r.score}), ${r.trend}: ${r.reason}`,
  competitor_mentions_v1: (r) =>
    list(r.competitors)
      .map((one) => `${one.name} ×${one.count}`)
      .join(', ') || 'none mentioned',
  appointment_scheduling: (r) => {
    const patient = (r.patient ?? {}) as Result
    const appointment = (r.appointment ?? {}) as Result
    const facts = [
      appointment.date,
      appointment.time,
      patient.name,
      patient.phone,
      patient.email,
      appointment.visit_reason,
    ]
    return [r.status, ...facts].filter(Boolean).join(', ')
  },
  internal_metrics_v1: (r) => {
    const talk = (r.talk_seconds ?? {}) as Record<string, number>
    return `agent ${talk.agent} s, customer ${talk.customer} s, silence ${r.silence_seconds} s, ${list(r.interruptions).length} interruptions`
  },
  qa_scoring_v1: (r) =>
    `${r.score} of 100, ${r.passed ? 'passed' : 'not passed'}; missed: ${missed(r) || 'nothing'}`,
  summary_v1: (r) => String(r.summary),
  key_phrases_v1: (r) =>
    list(r.phrases)
      .slice(0, 6)
      .map(({ phrase }) => phrase)
      .join(', '),
  pii_v1: (r) =>
    list(r.entities)
      .map(({ type, masked }) => `${type} ${masked}`)
      .join(', ') || 'none',
}

const missed = (r: Result) =>
  list(r.checks)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)
    .join(', ')

const list = (value: unknown): Result[] => (Array.isArray(value) ? (value as Result[]) : [])

/** Breaks at words, so that a table stays readable in a terminal. */
export function wrap(text: string, indent: string): string {
  const found: string[] = ['']
  for (const word of text.split(/\s+/)) {
    const current = found.at(-1)!
    if (current.length + word.length + 1 > WIDTH && current !== '') found.push(word)
    else found[found.length - 1] = current === '' ? word : `${current} ${word}`
  }
  return found.join(`\n${indent}`)
}
