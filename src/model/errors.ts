/** Codes that a run can end with; the host shows them and their texts as they are. */
export type ModelFailure = 'model_not_configured' | 'model_unavailable' | 'model_bad_answer'

const TOO_LONG = Symbol('too long')

export const modelError = (code: ModelFailure, message: string): Error =>
  Object.assign(new Error(message), { failure: { code, message } })

/** The request does not fit into the model's window: with less of the call it may. */
export const tooLong = (message: string): Error =>
  Object.assign(modelError('model_unavailable', message), { [TOO_LONG]: true })

export const isTooLong = (error: unknown): boolean => error instanceof Error && Object.hasOwn(error, TOO_LONG)
