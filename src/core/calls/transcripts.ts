import { transcriptText } from '../../text/talk/turns.ts'

/** One thing said by one speaker, as it is stored. */
export interface Turn {
  speaker: string
  text: string
  start_ms: number | null
  end_ms: number | null
  /** Set where the channel of a recording tells it; labels are read by the analysis. */
  role?: 'agent' | 'customer'
  words?: { text: string; start_ms: number; end_ms: number; confidence?: number }[]
  confidence?: number
}

export const transcriptFormats = ['json', 'text', 'srt', 'vtt'] as const
export type TranscriptFormat = (typeof transcriptFormats)[number]

/** A turn without an end lasts until the next one, the last one this long. */
const LAST_TURN_MS = 3000

export function formatTranscript(turns: Turn[], format: Exclude<TranscriptFormat, 'json'>): string {
  switch (format) {
    case 'text':
      return transcriptText(turns)
    case 'srt':
      return cues(turns, ',')
        .map(({ at, text }, index) => `${index + 1}\n${at}\n${text}\n`)
        .join('\n')
    case 'vtt':
      return `WEBVTT\n\n${cues(turns, '.')
        .map(({ at, text }) => `${at}\n${text}\n`)
        .join('\n')}`
  }
}

function cues(turns: Turn[], point: string) {
  let from = 0
  return turns.map((turn, index) => {
    const start = turn.start_ms ?? from
    const end = turn.end_ms ?? turns[index + 1]?.start_ms ?? start + LAST_TURN_MS
    from = end
    return {
      at: `${timestamp(start, point)} --> ${timestamp(end, point)}`,
      text: `${turn.speaker}: ${turn.text.replaceAll('-->', '→')}`,
    }
  })
}

function timestamp(ms: number, point: string): string {
  const pad = (value: number, length = 2) => String(Math.floor(value)).padStart(length, '0')
  return `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1000) % 60)}${point}${pad(ms % 1000, 3)}`
}

export const lastEnd = (turns: Turn[]): number | null => {
  const ends = turns.map(({ end_ms, start_ms }) => end_ms ?? start_ms).filter((end) => end !== null)
  return ends.length === 0 ? null : Math.max(...ends)
}
