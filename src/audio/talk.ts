import type { SpeechSegment } from './segments.ts'

/** Milliseconds of speech; what overlaps counts once. */
export const talkTime = (segments: SpeechSegment[]) =>
  mergeSegments(segments).reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0)

/** Sorted, with those that touch or overlap joined. */
export function mergeSegments(segments: SpeechSegment[]): SpeechSegment[] {
  const merged: SpeechSegment[] = []
  for (const { start_ms, end_ms } of segments.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = merged.at(-1)
    if (last && start_ms <= last.end_ms) last.end_ms = Math.max(last.end_ms, end_ms)
    else if (end_ms > start_ms) merged.push({ start_ms, end_ms })
  }
  return merged
}

/** When both speak at once. */
export function findOverlaps(one: SpeechSegment[], other: SpeechSegment[]): SpeechSegment[] {
  const [a, b] = [mergeSegments(one), mergeSegments(other)]
  const overlaps: SpeechSegment[] = []
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    const start_ms = Math.max(a[i]!.start_ms, b[j]!.start_ms)
    const end_ms = Math.min(a[i]!.end_ms, b[j]!.end_ms)
    if (end_ms > start_ms) overlaps.push({ start_ms, end_ms })
    if (a[i]!.end_ms < b[j]!.end_ms) i++
    else j++
  }
  return overlaps
}

/** When nobody speaks, from the start of the recording to its end. */
export function findSilences(channels: SpeechSegment[][], duration_ms: number): SpeechSegment[] {
  const speech = mergeSegments(channels.flat())
  const starts = [0, ...speech.map((each) => each.end_ms)]
  const ends = [...speech.map((each) => each.start_ms), duration_ms]
  return starts
    .map((start_ms, at) => ({ start_ms, end_ms: Math.min(ends[at]!, duration_ms) }))
    .filter(({ start_ms, end_ms }) => end_ms > start_ms)
}
