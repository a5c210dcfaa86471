import { isLabel, isRoleLabel } from './speaker-labels.ts'

export interface ParsedTurn {
  speaker: string
  text: string
  start_ms?: number
  end_ms?: number
}

/**
 * Turns «Speaker: text» lines into turns. Lines without a label belong to the turn before; a text without
 * any label becomes one turn of `Speaker`. Times before or after the label become `start_ms` and `end_ms`.
 */
export function parseTranscript(text: string): ParsedTurn[] {
  const lines = splitLines(text)
  const counts = countLabels(lines)
  const turns: ParsedTurn[] = []
  let times: Times = {}
  for (const line of lines) {
    const parsed = parseLine(line)
    if (parsed.rest === '' && parsed.label === undefined) {
      times = { ...parsed.times }
      continue
    }
    const known = parsed.label !== undefined && isLabel(parsed.label, counts)
    const last = turns.at(-1)
    const timed = parsed.times.start_ms !== undefined ? parsed.times : times
    if (known) turns.push({ speaker: parsed.label ?? '', text: parsed.rest, ...timed })
    else if (last) continueTurn(last, parsed.unlabelled, timed)
    else turns.push({ speaker: 'Speaker', text: parsed.unlabelled, ...timed })
    times = {}
  }
  return turns.filter((turn) => turn.text !== '')
}

/** «Speaker: text» lines, the form people read and paste. */
export const transcriptText = (turns: readonly { speaker: string; text: string }[]) =>
  turns.map((turn) => `${turn.speaker}: ${turn.text}`).join('\n')

interface Times {
  start_ms?: number
  end_ms?: number
}

interface Line {
  times: Times
  label?: string
  /** What follows the label. */
  rest: string
  /** The line without its times, for when the label turns out to be none. */
  unlabelled: string
}

const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`
const RANGE = String.raw`(${CLOCK})(?:\s*(?:-->|-|–|to)\s*(${CLOCK}))?`
const LEADING_TIME = new RegExp(
  String.raw`^(?:[\[(]${RANGE}[\])]\s*[-–:]?\s*|${RANGE}\s*(?:[-–|]\s+|$|\s(?=[^:]{1,40}:(?:\s|$))))`,
)
const TIME_IN_LABEL = new RegExp(String.raw`^([^:\[(]{1,40}?)\s*[\[(]${RANGE}[\])]\s*:?\s*(.*)$`)
const NAME_AND_TIME = new RegExp(String.raw`^([^:\[(]{1,40}?)\s{1,}${RANGE}\s*(?::\s+(.*))?$`)
const LABELLED = /^(?:\*\*|__)?([\p{L}][^:\n]{0,39}?)(?:\*\*|__)?\s*:(?:\*\*|__)?(?:\s+(.*)|)$/u
const BRACKETED = /^[[<](?:v\s+)?([\p{L}][^\]>\n]{0,39})[\]>]:?\s*(.*)$/u
const CUE_NUMBER = /^(?:\d+|WEBVTT.*)$/

function splitLines(text: string): string[] {
  const lines = text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const isSubtitles = lines.some((line) => /-->/.test(line))
  if (isSubtitles) return lines.filter((line) => !CUE_NUMBER.test(line))
  return lines.length === 1 ? splitInline(lines[0] ?? '') : lines
}

/** A transcript whose line breaks were lost still names its speakers: split before each role label. */
function splitInline(line: string): string[] {
  const first = LABELLED.exec(line)?.[1]
  if (first === undefined || !isRoleLabel(first)) return [line]
  const parts: string[] = []
  for (const part of line.split(/\s+(?=\p{Lu}[\p{L}\d_]*(?: \p{L}[\p{L}\d]*| \d)?:\s)/u)) {
    const label = LABELLED.exec(part)?.[1]
    const continues = parts.length > 0 && (label === undefined || !isRoleLabel(label))
    if (continues) parts.push(`${parts.pop()} ${part}`)
    else parts.push(part)
  }
  return parts
}

function countLabels(lines: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const { label } = parseLine(line)
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  return counts
}

function parseLine(line: string): Line {
  const leading = LEADING_TIME.exec(line)
  const text = leading ? line.slice(leading[0].length) : line
  const times = leading ? timesOf(leading[1] ?? leading[3], leading[2] ?? leading[4]) : {}
  const bracketed = BRACKETED.exec(text)
  if (bracketed?.[1] && isRoleLabel(bracketed[1])) {
    return { times, label: bracketed[1].trim(), rest: bracketed[2] ?? '', unlabelled: text }
  }
  for (const pattern of [TIME_IN_LABEL, NAME_AND_TIME]) {
    const timed = pattern.exec(text)
    if (timed?.[1] && isRoleLabel(timed[1])) {
      const inner = timesOf(timed[2], timed[3])
      return { times: inner, label: timed[1].trim(), rest: timed[4] ?? '', unlabelled: text }
    }
  }
  const labelled = LABELLED.exec(text)
  if (!labelled?.[1]) return { times, rest: text, unlabelled: text }
  return { times, label: labelled[1].trim(), rest: labelled[2] ?? '', unlabelled: text }
}

function timesOf(start: string | undefined, end: string | undefined): Times {
  return {
    ...(start === undefined ? {} : { start_ms: milliseconds(start) }),
    ...(end === undefined ? {} : { end_ms: milliseconds(end) }),
  }
}

function milliseconds(clock: string): number {
  const seconds = clock
    .replace(',', '.')
    .split(':')
    .reduce((total, part) => total * 60 + Number(part), 0)
  return Math.round(seconds * 1000)
}

function continueTurn(turn: ParsedTurn, text: string, times: Times) {
  turn.text = turn.text === '' ? text : `${turn.text} ${text}`
  if (times.end_ms !== undefined) turn.end_ms = times.end_ms
}
