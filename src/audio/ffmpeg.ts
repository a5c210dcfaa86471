import { type ByteSource, openPipe } from './bytes.ts'
import { audioError } from './errors.ts'

const HEAD_BYTES = 4096
const TIME_LIMIT_MS = 10 * 60_000
const STDERR_CHARS = 2000

export interface FfmpegRun {
  source: ByteSource
  /** Undefined when all went well; else what ffmpeg had to say. */
  finish(): Promise<string | undefined>
  stop(): void
}

/**
 * Lets an installed ffmpeg turn any other format into WAV on a pipe.
 * The demuxer is the one of the recognised format, so that a file cannot pose as a playlist that names other files.
 */
export async function runFfmpeg(
  path: string,
  name: string,
  demuxer: string,
  maxSeconds: number,
): Promise<FfmpegRun> {
  const program = Bun.which('ffmpeg', { PATH: process.env.PATH })
  if (!program) {
    throw audioError(
      'unsupported',
      `${name} recordings need ffmpeg, which is not installed here; install it, or send WAV or MP3.`,
    )
  }
  const input = ['-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i', `file:${path}`]
  const output = [
    '-map',
    '0:a:0',
    '-vn',
    '-t',
    String(maxSeconds),
    '-c:a',
    'pcm_s16le',
    '-f',
    'wav',
    'pipe:1',
  ]
  const child = Bun.spawn([program, '-nostdin', '-v', 'error', ...input, ...output], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: process.env.PATH ?? '' },
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const complaint = readTail(child.stderr)
  return {
    source: await openPipe(child.stdout, HEAD_BYTES),
    finish: async () =>
      (await child.exited) === 0
        ? undefined
        : (await complaint).replaceAll(path, 'the file') || 'ffmpeg gave no reason',
    stop: () => child.kill('SIGKILL'),
  }
}

async function readTail(stream: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder()
  let tail = ''
  for await (const chunk of stream)
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-STDERR_CHARS)
  return tail.trim()
}
