import { inspect } from 'node:util'
import type { Context, Log, ModelEndpoint, Usage } from './contract.ts'
import type { LogLine, RunUsage } from './messages.ts'

const MAX_LINES = 200
const MAX_LINE = 2048
const MAX_OUTPUT = 1024 * 1024

/** What happens around one run: its log, its clock and whether it still may answer. */
export interface RunState {
  run: number
  id: string
  at: number
  from: number
  open: boolean
  logs: LogLine[]
  usage?: RunUsage
  written: number
  abort?: AbortController
}

export function newRunState(run: number, id: string): RunState {
  return { run, id, at: Date.now(), from: performance.now(), open: true, logs: [], written: 0 }
}

export type Fetch = Context['fetch']

/** The signal is made when it is asked for: most algorithms never look at it. */
export function makeContext(
  state: RunState,
  secrets: Context['secrets'],
  fetch: Fetch,
  model: ModelEndpoint,
): Context {
  return {
    log: makeLog(state),
    secrets,
    get signal() {
      return signalOf(state)
    },
    fetch: (url, init) => fetch(url, { signal: signalOf(state), ...init }),
    model,
    spend: (usage) => addUsage(state, usage),
  }
}

function signalOf(state: RunState): AbortSignal {
  state.abort ??= new AbortController()
  return state.abort.signal
}

function addUsage(state: RunState, { model, input_tokens, output_tokens, cost }: Usage) {
  const before = state.usage
  const input = (before?.input_tokens ?? 0) + input_tokens
  const output = (before?.output_tokens ?? 0) + output_tokens
  state.usage = {
    model,
    calls: (before?.calls ?? 0) + 1,
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    cost: cost === null ? (before?.cost ?? null) : (before?.cost ?? 0) + cost,
  }
}

/** Console output becomes log lines. True when the run has now written more than a run may. */
export function takeOutput(state: RunState, text: string): boolean {
  state.written += text.length
  const line = text.trimEnd()
  if (line) addLine(state, 'debug', line)
  return state.written > MAX_OUTPUT
}

function makeLog(state: RunState): Log {
  return {
    debug: (message, data) => addLine(state, 'debug', message, data),
    info: (message, data) => addLine(state, 'info', message, data),
    warn: (message, data) => addLine(state, 'warn', message, data),
  }
}

function addLine(state: RunState, level: LogLine['level'], message: unknown, data?: Record<string, unknown>) {
  if (!state.open || state.logs.length > MAX_LINES) return
  const time = Date.now()
  if (state.logs.length === MAX_LINES)
    return void state.logs.push({ time, level: 'warn', message: 'Further lines were dropped.' })
  const text = typeof message === 'string' ? message : inspect(message, { depth: 2 })
  const line: LogLine = { time, level, message: text.slice(0, MAX_LINE) }
  if (data !== undefined) line.data = toPlainData(data)
  state.logs.push(line)
}

/** Whatever a plugin hands over must survive the channel: plain JSON of a bounded size. */
function toPlainData(data: unknown): Record<string, unknown> {
  try {
    const text = JSON.stringify(data)
    if (text.length <= MAX_LINE) return Object(JSON.parse(text)) as Record<string, unknown>
    return { shortened: text.slice(0, MAX_LINE) }
  } catch {
    return { shortened: 'data that JSON cannot express' }
  }
}
