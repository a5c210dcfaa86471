export interface Deadline {
  signal: AbortSignal
  /** Gives the timer back; thousands of unfinished ones would pile up otherwise. */
  end(): void
}

/** A signal that aborts with a `TimeoutError` after `ms`, or earlier when the caller's own does. */
export function startDeadline(ms: number, outer?: AbortSignal): Deadline {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new DOMException('The time is over', 'TimeoutError')), ms)
  const stop = () => abort.abort(outer?.reason)
  outer?.addEventListener('abort', stop, { once: true })
  if (outer?.aborted) stop()
  return {
    signal: abort.signal,
    end() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}
