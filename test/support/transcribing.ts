import type { Context, Recording } from 'earshot/plugin'
import { makeWav, speechLike } from './wav.ts'

/** What the host hands to a transcriber, with the real fetch. */
export function makeContext(given: { signal?: AbortSignal; secrets?: Record<string, string> } = {}): Context {
  const { signal = new AbortController().signal, secrets = {} } = given
  const say = () => {}
  return {
    log: { debug: say, info: say, warn: say },
    signal,
    secrets,
    fetch: (url, init) => fetch(url, init),
    model: {},
    spend: say,
  }
}

/** Mono WAV of 16 kHz and 16 bit, as the pipeline passes it on. */
export function makeRecording(path: string, seconds: number, given: Partial<Recording> = {}): Recording {
  return { path, duration_seconds: seconds, language: null, vocabulary: [], ...given }
}

export const spokenWav = (spans: [number, number][], seconds: number) =>
  makeWav([speechLike(spans, 16_000, seconds)], { rate: 16_000 })
