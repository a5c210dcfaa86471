import type { Call, Turn } from '../plugin-host/contract.ts'

/** What models count in; English has about four characters to one, other languages fewer. */
const CHARACTERS_PER_TOKEN = 3.5
const MAX_VALUE = 500
const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g
const UNKNOWN = 'unknown'

const FACTS: Record<string, (call: Call) => unknown> = {
  started_at: (call) => call.started_at,
  duration_seconds: (call) => call.duration_seconds,
  direction: (call) => call.direction,
  language: (call) => call.language,
  agent_name: (call) => call.agent_name,
  from_number: (call) => call.from_number,
  to_number: (call) => call.to_number,
  job_id: (call) => call.job_id,
  call_id: (call) => call.call_id,
  time_zone: (call) => call.time_zone,
}
const SHOWN_FACTS = ['started_at', 'time_zone', 'duration_seconds', 'direction', 'language', 'agent_name']

/** Why a template cannot be filled; undefined when it can. */
export function templateProblem(template: string): string | undefined {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name]) => name!)
  const unknown = names.find((name) => !isKnown(name))
  return (
    unknown &&
    `{{${unknown}}} is not known; there are ${Object.keys(FACTS).join(', ')}, transcript and metadata.NAME`
  )
}

const isKnown = (name: string) =>
  Object.hasOwn(FACTS, name) || name === 'transcript' || /^metadata\.[\w-]+$/.test(name)

/** Puts what is known of the call into a template, each value quoted as the data that it is. */
export function fillTemplate(template: string, call: Call): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    if (name === 'transcript') return "the transcript in the user's message"
    if (name.startsWith('metadata.')) return quoted(call.metadata[name.slice('metadata.'.length)])
    return Object.hasOwn(FACTS, name) ? quoted(FACTS[name]!(call)) : whole
  })
}

function quoted(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return withoutMarkup(JSON.stringify(text.slice(0, MAX_VALUE)))
}

/** One block of data between two lines that nothing inside it can imitate. */
export const dataBlock = (name: string, lines: string[]): string =>
  [`<${name}>`, ...lines.map(withoutMarkup), `</${name}>`].join('\n')

/** Facts that help to read a transcript; numbers of people are not among them. */
export function callFacts(call: Call): string {
  const known = SHOWN_FACTS.map((name) => [name, FACTS[name]!(call)]).filter(([, value]) => value !== null)
  return dataBlock('call', [JSON.stringify(Object.fromEntries(known))])
}

/** Each turn is one line with its number, whatever is said in it. */
export const transcriptBlock = (turns: readonly Turn[]): string => dataBlock('transcript', turns.map(lineOf))

function lineOf({ turn, speaker, role, text }: Turn): string {
  const label = oneLine(speaker).slice(0, 80)
  const known = role === 'other' || label.toLowerCase().includes(role) ? '' : ` (${role})`
  return `[${turn}] ${label}${known}: ${oneLine(text)}`
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

const withoutMarkup = (text: string) => text.replaceAll('<', '‹').replaceAll('>', '›')

/** Cuts a call into pieces of at most so many tokens, between turns where that is possible. */
export function cutTurns(turns: readonly Turn[], maxTokens: number): Turn[][] {
  const room = Math.floor(maxTokens * CHARACTERS_PER_TOKEN)
  const pieces: Turn[][] = []
  let left = 0
  for (const part of turns.flatMap((turn) => cutTurn(turn, room))) {
    const size = lineOf(part).length + 1
    if (size > left || pieces.length === 0) {
      pieces.push([])
      left = room
    }
    pieces.at(-1)!.push(part)
    left -= size
  }
  return pieces
}

/** The parts of a turn that is too long for any piece keep its number. */
function cutTurn(turn: Turn, room: number): Turn[] {
  const label = lineOf({ ...turn, text: '' }).length
  const width = Math.max(100, room - label - 1)
  const text = oneLine(turn.text)
  if (text.length <= width) return [turn]
  const parts: Turn[] = []
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at, width)
    parts.push({ ...turn, text: text.slice(at, end) })
    at = end
  }
  return parts
}

function endOfPart(text: string, at: number, width: number): number {
  if (at + width >= text.length) return text.length
  const space = text.lastIndexOf(' ', at + width)
  return space > at ? space : at + width
}
