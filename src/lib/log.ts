import pino, { type Logger } from 'pino'
import { redact } from './redact.ts'

export type Log = Logger

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

interface Options {
  level: LogLevel
  /** Lines for people; by default when the output is a terminal. */
  pretty?: boolean
}

const STDERR = 2

/** Writes to stderr, so that stdout belongs to a command's result. No line carries a secret. */
export function createLog({ level, pretty: isPretty = process.stderr.isTTY }: Options): Log {
  const output = pino.destination({ dest: STDERR, sync: true })
  const lines = isPretty ? prettyLines(output) : output
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void lines.write(redact(line)) },
  )
}

/** Loaded only for a terminal: a service should not wait for it at its start. */
function prettyLines(output: NodeJS.WritableStream | object) {
  const pretty = require('pino-pretty') as typeof import('pino-pretty')
  return pretty({ destination: output as NodeJS.WritableStream, colorize: process.stderr.isTTY, sync: true })
}
