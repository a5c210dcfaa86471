import { type FileHandle, open, unlink } from 'node:fs/promises'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Clock } from './clock.ts'
import { startDeadline } from './deadline.ts'
import type { Exchange } from './outbound.ts'
import { classify, OutboundError, outboundError, statusError } from './outbound-errors.ts'
import { followBy } from './outbound-follow.ts'

export interface DownloadOptions {
  toPath: string
  maxBytes: number
  /** For the whole exchange. */
  timeoutMs: number
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Download {
  status: number
  bytes: number
  contentType: string | null
  finalUrl: string
}

const FILE_MODE = 0o600

/** We ask for none of these; some stores keep a compressed object and send it regardless. */
const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

export function downloadBy(exchange: Exchange, clock: Clock) {
  const follow = followBy(exchange)

  return async (url: string, options: DownloadOptions): Promise<Download> => {
    const deadline = startDeadline(options.timeoutMs, options.signal)
    try {
      const headers = { 'accept-encoding': 'identity', ...options.headers }
      const response = await follow(url, { headers, signal: deadline.signal, decompress: false })
      await refuseUnusable(response, options.maxBytes, clock)
      const bytes = await save(response, options, deadline.signal)
      const contentType = response.headers.get('content-type')
      return { status: response.status, bytes, contentType, finalUrl: response.url }
    } catch (error) {
      throw explain(deadline.signal.aborted ? deadline.signal.reason : error, url, options)
    } finally {
      deadline.end()
    }
  }
}

async function refuseUnusable(response: Response, maxBytes: number, clock: Clock) {
  const host = hostOf(response.url)
  const isTooLarge = Number(response.headers.get('content-length')) > maxBytes
  if (response.ok && !isTooLarge) return
  await response.body?.cancel()
  throw response.ok ? tooLarge(host, maxBytes) : statusError(response, host, clock)
}

/** Returns the number of bytes written; they are on the disk when it does. */
async function save(response: Response, { toPath, maxBytes }: DownloadOptions, signal: AbortSignal) {
  const file = await open(toPath, 'w', FILE_MODE)
  try {
    const bytes = await write(response, file, maxBytes, signal)
    await file.datasync()
    await file.close()
    return bytes
  } catch (error) {
    await file.close()
    await unlink(toPath)
    throw error
  }
}

async function write(response: Response, file: FileHandle, maxBytes: number, signal: AbortSignal) {
  if (!response.body) return 0
  let total = 0
  const decode = DECODERS[response.headers.get('content-encoding') ?? '']
  const sink = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      total += chunk.length
      if (total > maxBytes) throw tooLarge(hostOf(response.url), maxBytes)
      await file.appendFile(chunk)
    }
  }
  const source = Readable.fromWeb(response.body)
  await (decode ? pipeline(source, decode(), sink, { signal }) : pipeline(source, sink, { signal }))
  return total
}

function tooLarge(host: string, maxBytes: number) {
  return outboundError('too_large', host, { why: `the limit is ${maxBytes} bytes` })
}

function hostOf(url: string) {
  return URL.parse(url)?.hostname ?? ''
}

function explain(error: unknown, url: string, { signal }: DownloadOptions) {
  if (signal?.aborted) return new OutboundError('aborted', 'The download was given up', { cause: error })
  // A full or broken disk is our own failure, not the other side's.
  const isOfTheDisk = error instanceof Error && 'syscall' in error
  return isOfTheDisk ? error : classify(error, hostOf(url))
}
