import type { Environment, Settings } from '../settings.ts'

export interface Invocation {
  positionals: string[]
  flags: Record<string, string | boolean | (string | boolean)[] | undefined>
  /** One JSON document on stdout, nothing else. */
  json: boolean
  /** Read when a command needs them; throws `WrongSetting`. */
  settings(): Settings
  environment: Environment
}

export interface Command {
  name: string
  summary: string
  /** As usage shows them: `FILE`. */
  positionals?: string[]
  flags?: Record<string, { type: 'string' | 'boolean' }>
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number> | number
}

/** Wrong use: one line says what, the exit code is 2. */
export class WrongUse extends Error {}

/** The command could not do its work for a reason that one line explains. */
export class ExpectedFailure extends Error {}

export const printJson = (value: unknown) => console.log(JSON.stringify(value))

export const textFlag = ({ flags }: Invocation, name: string): string | undefined => {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}
