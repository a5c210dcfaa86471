import { open, rm } from 'node:fs/promises'

const PRIVATE = 0o600

/** A new file written piece by piece, safely on disk once closed; never an existing one overwritten. */
export async function fileSink(path: string) {
  const file = await open(path, 'wx', PRIVATE)
  let closed = false

  async function write(piece: Uint8Array) {
    for (let done = 0; done < piece.length; ) done += (await file.write(piece, done)).bytesWritten
  }

  async function close() {
    await file.sync()
    await end()
  }

  async function discard() {
    await end()
    await rm(path, { force: true })
  }

  async function end() {
    if (closed) return
    closed = true
    await file.close()
  }

  return { write, close, discard }
}
