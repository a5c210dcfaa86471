import type { Inspection } from '../db/inspect.ts'
import type { Settings } from '../settings.ts'

export interface Finding {
  status: 'ok' | 'warn' | 'fail'
  message: string
}

export interface Patient {
  settings: Settings
  options: {
    /** How a plugin host is started; default this very program. */
    hostCommand?: string[]
  }
  /** Undefined before the first start, and when it cannot be opened. */
  database: Inspection | undefined
}

export interface Check {
  name: string
  /** What is thrown counts as a failure, with its message. */
  look(patient: Patient): Finding | Promise<Finding>
}

export const ok = (message: string): Finding => ({ status: 'ok', message })
export const warn = (message: string): Finding => ({ status: 'warn', message })
export const fail = (message: string): Finding => ({ status: 'fail', message })
