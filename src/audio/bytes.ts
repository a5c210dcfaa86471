import { open } from 'node:fs/promises'

const CHUNK_BYTES = 64 * 1024

/** Bytes that can be looked at anywhere near the start, then read once from front to end. */
export interface ByteSource {
  /** Infinity while the end of a pipe has not been seen. */
  size: number
  /** May give fewer bytes than asked for, at the end of the file. */
  peek(offset: number, length: number): Promise<Uint8Array>
  chunks(from: number, to: number): AsyncGenerator<Uint8Array>
  close(): Promise<void>
}

export async function openFile(path: string): Promise<ByteSource> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  const read = async (offset: number, length: number) => {
    const buffer = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    return buffer.subarray(0, bytesRead)
  }
  async function* chunks(from: number, to: number) {
    for (let at = from; at < to; ) {
      const chunk = await read(at, Math.min(CHUNK_BYTES, to - at))
      if (chunk.length === 0) return
      yield chunk
      at += chunk.length
    }
  }
  return { size, peek: read, chunks, close: () => file.close() }
}

/** A pipe whose first `keep` bytes can be looked at before the rest is read. */
export async function openPipe(stream: AsyncIterable<Uint8Array>, keep: number): Promise<ByteSource> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < keep) {
    const { value, done } = await iterator.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  async function* chunks(from: number) {
    yield head.subarray(from)
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  const peek = async (offset: number, length: number) => head.subarray(offset, offset + length)
  return { size: Number.POSITIVE_INFINITY, peek, chunks, close: async () => {} }
}
