import { MPEGDecoder, MPEGDecoderWebWorker } from 'mpg123-decoder'
import type { ByteSource } from './bytes.ts'
import { audioError } from './errors.ts'
import { findMpegFrame, type MpegFrame } from './mpeg.ts'

/** The bundler drops the worker class but keeps a call that names it, unless something refers to it. */
Reflect.set(globalThis, Symbol.for('earshot.mp3'), MPEGDecoderWebWorker)

const HEAD_BYTES = 16 * 1024
const FEED_BYTES = 16 * 1024
/** Encoders count a few frames more or less than decoders give back. */
const TOLERATED_LOSS_SECONDS = 0.5

export interface Mp3Stream {
  sample_rate: number
  channels: number
  blocks(warnings: string[]): AsyncGenerator<Float32Array[]>
}

export async function openMp3(source: ByteSource, from: number, to: number): Promise<Mp3Stream> {
  const head = await source.peek(from, HEAD_BYTES)
  const frame = findMpegFrame(head)
  if (!frame) throw audioError('corrupt', 'The MP3 file holds no readable sound.')
  const channels = frame.mono ? 1 : 2
  const expected = readFrameCount(head, frame)
  return {
    sample_rate: frame.sample_rate,
    channels,
    blocks: (warnings) =>
      decodeFrames(source.chunks(from, to), frame.sample_rate, channels, expected, warnings),
  }
}

async function* decodeFrames(
  chunks: AsyncIterable<Uint8Array>,
  rate: number,
  channels: number,
  expected: number | undefined,
  warnings: string[],
) {
  const decoder = new MPEGDecoder()
  await decoder.ready
  let [damaged, seconds] = [0, 0]
  try {
    for await (const piece of inPieces(chunks)) {
      const { channelData, samplesDecoded, sampleRate, errors } = decodePiece(decoder, piece)
      damaged += errors.length
      if (samplesDecoded === 0) continue
      if (sampleRate !== rate) {
        warnings.push(`The sampling rate changes after ${seconds.toFixed(1)} seconds; the rest was left out.`)
        return
      }
      seconds += samplesDecoded / rate
      yield channelData.slice(0, channels)
    }
  } finally {
    decoder.free()
  }
  if (damaged > 0) warnings.push(`The MP3 file is damaged: ${damaged} places could not be read.`)
  if (expected !== undefined && seconds < expected - TOLERATED_LOSS_SECONDS) {
    warnings.push(
      `The recording is cut off: ${seconds.toFixed(1)} of ${expected.toFixed(1)} seconds are there.`,
    )
  }
}

async function* inPieces(chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += FEED_BYTES) yield chunk.subarray(at, at + FEED_BYTES)
  }
}

/** The decoder prints each damaged place to the console besides reporting it, and traps on the worst ones. */
function decodePiece(decoder: MPEGDecoder, piece: Uint8Array) {
  const { error } = console
  console.error = () => {}
  try {
    return decoder.decode(piece)
  } catch (cause) {
    throw audioError(
      'corrupt',
      `The MP3 file is damaged beyond reading: ${cause instanceof Error ? cause.message : cause}`,
    )
  } finally {
    console.error = error
  }
}

/** Seconds of sound by the frame count that encoders leave in a first, silent frame. */
function readFrameCount(head: Uint8Array, frame: MpegFrame): number | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset + frame.at, Math.min(64, head.length - frame.at))
  const tag = Math.max(text.indexOf('Xing'), text.indexOf('Info'))
  if (tag < 0 || tag + 12 > text.length || !(text[tag + 7]! & 1)) return undefined
  return (text.readUInt32BE(tag + 8) * frame.samples) / frame.sample_rate
}
