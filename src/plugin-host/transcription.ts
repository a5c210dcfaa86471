import type { Transcription } from './contract.ts'
import { z } from './contract.ts'

const time = z.number().min(0).max(1e9)
const confidence = z.number().optional()
const word = z.object({ text: z.string(), start_ms: time, end_ms: time, confidence })
const turn = z.object({
  text: z.string(),
  start_ms: time,
  end_ms: time,
  words: z.array(word).optional(),
  confidence,
  speaker: z.string().optional(),
})

/** What a transcriber must answer. */
export const transcriptionSchema = z.object({
  turns: z.array(turn),
  language: z.string().max(35).optional(),
})

/** What a carrier must answer to a call. */
export const carrierCallSchema = z.object({ carrier_call_id: z.string().min(1).max(500) })

/** Turns and words in the order of time: recognisers that work in parallel return them mixed. */
export function inOrder(transcription: Transcription): Transcription {
  const turns = [...transcription.turns].sort(byStart)
  return {
    ...transcription,
    turns: turns.map((each) => (each.words ? { ...each, words: [...each.words].sort(byStart) } : each)),
  }
}

/** The first thing that is wrong with its times, else undefined. */
export function findTimeFault({ turns }: Transcription): string | undefined {
  for (const [index, each] of turns.entries()) {
    const fault = findSpanFault([each]) ?? findSpanFault(each.words ?? [])
    if (fault) return `turn ${index}: ${fault}`
  }
  return isSorted(turns) ? undefined : 'the turns are not in the order of their times'
}

interface Span {
  start_ms: number
  end_ms: number
}

const byStart = (a: Span, b: Span) => a.start_ms - b.start_ms

function findSpanFault(spans: Span[]): string | undefined {
  for (const { start_ms, end_ms } of spans) {
    if (!Number.isFinite(start_ms) || !Number.isFinite(end_ms)) return 'a time is not a number'
    if (end_ms < start_ms) return `it ends at ${end_ms} ms, before it starts at ${start_ms} ms`
  }
}

const isSorted = (spans: Span[]) =>
  spans.every((each, i) => i === 0 || each.start_ms >= spans[i - 1]!.start_ms)
