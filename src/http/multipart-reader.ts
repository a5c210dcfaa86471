import { tooLarge } from './body.ts'
import { brokenMultipart } from './multipart-headers.ts'

/** A stream read from mark to mark, holding no more of it than one chunk. */
export interface MarkReader {
  /** The bytes before the next mark, in pieces; the mark itself is swallowed. */
  until: (mark: Uint8Array) => AsyncGenerator<Uint8Array>
  /** The next bytes, fewer only at the end. */
  take: (count: number) => Promise<Uint8Array>
  drain: () => Promise<void>
  cancel: () => Promise<void>
}

/** `head` stands before the stream, so that a first line can be treated like any other. */
export function markReader(
  stream: ReadableStream<Uint8Array>,
  head: Uint8Array,
  maxBytes: number,
): MarkReader {
  const reader = stream.getReader()
  let window: Buffer = Buffer.from(head)
  let total = 0
  return { until, take, drain, cancel: () => reader.cancel().catch(() => {}) }

  async function* until(mark: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = window.indexOf(mark)
      if (at !== -1) {
        yield consume(at, mark.length)
        return
      }
      const safe = beforePartial(window, mark)
      if (safe > 0) yield consume(safe)
      if (!(await more())) throw brokenMultipart('it ends before its last boundary')
    }
  }

  async function take(count: number) {
    while (window.length < count && (await more()));
    return consume(Math.min(count, window.length))
  }

  async function drain() {
    do window = Buffer.alloc(0)
    while (await more())
  }

  function consume(length: number, skip = 0): Uint8Array {
    const piece = window.subarray(0, length)
    window = window.subarray(length + skip)
    return piece
  }

  async function more(): Promise<boolean> {
    const { done, value } = await reader.read()
    if (done) return false
    total += value.length
    if (total > maxBytes) throw tooLarge(maxBytes)
    window =
      window.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([window, value])
    return true
  }
}

/** The last bytes may be the beginning of a mark whose rest has not arrived; most often they are not, and nothing is kept. */
function beforePartial(window: Buffer, mark: Uint8Array): number {
  const first = window.indexOf(mark[0]!, Math.max(0, window.length - mark.length + 1))
  return first === -1 ? window.length : first
}
