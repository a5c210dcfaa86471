export type RefusalCode = 'invalid' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'limited'

export interface FieldError {
  field: string
  message: string
}

/**
 * The core's «no»: expected, safe to show, without any knowledge of HTTP.
 * `reason` narrows the code where a surface answers differently for one of them, as in `invalid` + `too_large`.
 */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: { reason?: string; errors?: FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(message)
    this.name = 'Refusal'
  }
}

export const notFound = (what: string) => new Refusal('not_found', `${what} not found`)
