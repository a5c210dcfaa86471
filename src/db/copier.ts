/** A thread that copies one database: the copying is a single call that would keep the event loop for long. */
import Database from 'better-sqlite3'

declare const self: Worker

export type CopyAnswer = { done: true } | { failure: string; code: string }

self.onmessage = ({ data }: MessageEvent<{ from: string; to: string }>) => {
  self.postMessage(copy(data.from, data.to))
}

function copy(from: string, to: string): CopyAnswer {
  try {
    const connection = new Database(from, { readonly: true, timeout: 5000 })
    connection.prepare('VACUUM INTO ?').run(to)
    connection.close()
    return { done: true }
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    return { failure: message, code: code ?? '' }
  }
}
