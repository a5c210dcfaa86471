import type { z } from './contract.ts'
import { describeError, isOutOfMemory } from './errors.ts'
import { asFailure, badResult } from './failures.ts'
import { type Failure, MAX_RESULT_BYTES } from './messages.ts'

/** Plugins share the process: what one of them does to JSON must not reach the others' answers. */
const { stringify } = JSON
const MAX_DEPTH = 64
/** Shorter texts cannot be nested deeply enough to hurt. */
const SHALLOW_LENGTH = 16 * 1024

export type Written = { result: string; failure?: undefined } | { result?: undefined; failure: Failure }

/** Checks an answer against its schema and writes it as JSON. Reading it may run the plugin's own getters. */
export function readResult(
  schema: z.ZodType | null,
  value: unknown,
  finish: (answer: unknown) => unknown,
): Written {
  try {
    const parsed = schema ? schema.safeParse(value) : { success: true as const, data: value }
    if (!parsed.success) return { failure: badResult(parsed.error) }
    return writeResult(stringify(finish(parsed.data)) as string | undefined)
  } catch (error) {
    if (isOutOfMemory(error)) return { failure: asFailure(error) }
    return bad(`The plugin's answer cannot be read: ${describeError(error)}`)
  }
}

function writeResult(text: string | undefined): Written {
  if (text === undefined) return bad('The plugin answered nothing.')
  if (text.length > MAX_RESULT_BYTES) return bad(`The plugin's answer is larger than 8 MB.`)
  if (text.length > SHALLOW_LENGTH && isTooDeep(text))
    return bad(`The plugin's answer is nested deeper than ${MAX_DEPTH} levels.`)
  return { result: text }
}

const bad = (message: string): Written => ({ failure: { code: 'plugin_bad_result', message } })

const QUOTE = 34
const BACKSLASH = 92
const OPEN = new Set([91, 123])
const CLOSE = new Set([93, 125])

function isTooDeep(json: string): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (quoted && code === BACKSLASH) i++
    else if (code === QUOTE) quoted = !quoted
    else if (quoted) continue
    else if (OPEN.has(code) && ++depth > MAX_DEPTH) return true
    else if (CLOSE.has(code)) depth--
  }
  return false
}
