import { describeError, isOutOfMemory } from './errors.ts'
import type { Failure, FailureCode } from './messages.ts'

interface Failed extends Error {
  failure: Failure
}

/** An error whose text is shown as it stands, under its own code. */
export const failed = (code: FailureCode, message: string): Failed =>
  Object.assign(new Error(message), { failure: { code, message } })

/** What an operator reads about anything a plugin threw. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Error && Object.hasOwn(error, 'failure')) return (error as Failed).failure
  if (isOutOfMemory(error))
    return { code: 'plugin_memory', message: 'The plugin asked for more memory than it may use.' }
  return { code: 'plugin_error', message: `The plugin failed: ${describeError(error)}` }
}

interface Issues {
  issues: { path: PropertyKey[]; message: string }[]
}

export function badVariables({ issues }: Issues): Failure {
  return {
    code: 'bad_variables',
    message: `The variables do not fit the plugin: ${firstIssue(issues, 'variables')}`,
  }
}

export function badResult({ issues }: Issues): Failure {
  return {
    code: 'plugin_bad_result',
    message: `The plugin's answer does not fit its schema: ${firstIssue(issues, 'result')}`,
  }
}

function firstIssue(issues: Issues['issues'], whole: string): string {
  const [issue] = issues
  return `${issue?.path.map(String).join('.') || whole}: ${issue?.message.slice(0, 300)}`
}
