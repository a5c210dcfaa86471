const MAX_MESSAGE = 500

/** Text of anything that may be thrown, even of an object that throws when it is read. */
export function describeError(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return text.slice(0, MAX_MESSAGE).replace(/^Error: /, '')
  } catch {
    return 'an error that cannot be read'
  }
}

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /out of memory/i.test(describeError(error))
}
