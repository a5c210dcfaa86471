export type AudioErrorCode = 'not_audio' | 'unsupported' | 'corrupt' | 'too_long'

/** A recording that cannot be used. The message is a sentence fit for a person. */
export interface AudioError extends Error {
  code: AudioErrorCode
}

export const audioError = (code: AudioErrorCode, message: string): AudioError =>
  Object.assign(new Error(message), { name: 'AudioError', code })

export const isAudioError = (error: unknown): error is AudioError =>
  error instanceof Error && error.name === 'AudioError'
