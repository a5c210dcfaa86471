import { type ByteSource, openFile } from './bytes.ts'
import { audioError } from './errors.ts'
import { type FfmpegRun, runFfmpeg } from './ffmpeg.ts'
import { openMp3 } from './mp3.ts'
import { unpack } from './samples.ts'
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts'
import { readWavHeader, type WavHeader } from './wav.ts'

const MAX_SECONDS = 8 * 3600
const MIN_RATE = 4000
const MAX_RATE = 192_000
const MAX_CHANNELS = 64
/** A call has two sides; further channels are left out. */
const KEPT_CHANNELS = 2
/** Tags before the sound may be stacked, but not without end. */
const MAX_TAGS = 8

export interface AudioStream {
  /** `wav`, `mp3`, `ogg` …, by content. */
  format: string
  codec: string
  sample_rate: number
  /** How many arrays each block has. */
  channels: number
  /** What was lost or odd; complete only after the last block. */
  warnings: string[]
  /** One array per channel, between -1 and 1. Closes the file at its end or when left early. */
  blocks(): AsyncGenerator<Float32Array[]>
}

type AudioKind = Extract<Sniffed, { kind: 'audio' }>
type Inner = Omit<AudioStream, 'blocks'> & { samples(): AsyncGenerator<Float32Array[]> }

/** Opens a recording for one reading in constant memory. Throws an `AudioError`, here or while reading. */
export async function openAudio(path: string, maxSeconds = MAX_SECONDS): Promise<AudioStream> {
  const source = await openFile(path)
  try {
    const { found, start } = await identify(source)
    const inner = await openFormat(source, path, found, start, maxSeconds)
    const { format, codec, sample_rate, channels, warnings } = inner
    return { format, codec, sample_rate, channels, warnings, blocks: () => limit(inner, source, maxSeconds) }
  } catch (error) {
    await source.close()
    throw error
  }
}

async function identify(source: ByteSource): Promise<{ found: AudioKind; start: number }> {
  let start = 0
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    const found = sniff(await source.peek(start, SNIFF_BYTES))
    if (found.kind === 'audio') return { found, start }
    if (found.kind === 'none')
      throw audioError('not_audio', start ? 'There is no sound behind the tag.' : found.reason)
    start += found.skip
  }
  throw audioError('not_audio', 'The file holds nothing but tags.')
}

async function openFormat(
  source: ByteSource,
  path: string,
  found: AudioKind,
  start: number,
  maxSeconds: number,
) {
  if (found.format === 'mp3') return openMpeg(source, start, source.size, 'mp3')
  if (found.format !== 'wav' || start > 0) return openByFfmpeg(path, found, maxSeconds)
  const header = await readWavHeader(source)
  if (header.encoding) return openSamples(source, header, 'wav', maxSeconds)
  if (header.codec === 'MP3') return openMpeg(source, header.data_start, header.data_end, 'wav')
  return openByFfmpeg(path, { ...found, name: `WAV (${header.codec})` }, maxSeconds)
}

async function openMpeg(source: ByteSource, from: number, to: number, format: string): Promise<Inner> {
  const { sample_rate, channels, blocks } = await openMp3(source, from, to)
  const warnings: string[] = []
  return { format, codec: 'MP3', sample_rate, channels, warnings, samples: () => blocks(warnings) }
}

function openSamples(source: ByteSource, header: WavHeader, format: string, maxSeconds: number): Inner {
  checkShape(header, maxSeconds)
  const { codec, sample_rate } = header
  const channels = Math.min(header.channels, KEPT_CHANNELS)
  const warnings = [...header.warnings]
  if (header.channels > channels) warnings.push(`Of ${header.channels} channels the first two were used.`)
  const samples = () => unpackFrames(source.chunks(header.data_start, header.data_end), header, channels)
  return { format, codec, sample_rate, channels, warnings, samples }
}

function checkShape(
  { sample_rate, channels, data_start, data_end, bytes_per_frame }: WavHeader,
  maxSeconds: number,
) {
  if (sample_rate < MIN_RATE || sample_rate > MAX_RATE) {
    throw audioError(
      'unsupported',
      `A sampling rate of ${sample_rate} Hz is not supported (4000 to 192000 are).`,
    )
  }
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw audioError('corrupt', `The header names an impossible number of channels (${channels}).`)
  }
  const seconds = (data_end - data_start) / bytes_per_frame / sample_rate
  if (Number.isFinite(seconds) && seconds > maxSeconds) throw tooLong(maxSeconds)
}

/** Chunks end where they like; what is left of a frame waits for the next chunk. */
async function* unpackFrames(chunks: AsyncIterable<Uint8Array>, header: WavHeader, keep: number) {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % header.bytes_per_frame)
    rest = bytes.slice(whole)
    if (whole > 0) yield unpack(bytes.subarray(0, whole), header.encoding!, header.channels, keep)
  }
}

async function openByFfmpeg(
  path: string,
  { format, name, demuxer }: AudioKind,
  maxSeconds: number,
): Promise<Inner> {
  const run = await runFfmpeg(path, name, demuxer, maxSeconds + 1)
  try {
    if ((await run.source.peek(0, 12)).length < 12) throw audioError('corrupt', await explain(run, name))
    const inner = openSamples(run.source, await readWavHeader(run.source), format, maxSeconds)
    return { ...inner, codec: name, samples: () => withEnd(inner, run) }
  } catch (error) {
    run.stop()
    throw error
  }
}

async function explain(run: FfmpegRun, name: string) {
  return `The ${name} recording cannot be read: ${(await run.finish()) ?? 'it holds no sound'}`
}

async function* withEnd(inner: Inner, run: FfmpegRun) {
  try {
    yield* inner.samples()
    const complaint = await run.finish()
    if (complaint) inner.warnings.push(`The recording is damaged and may not be complete: ${complaint}`)
  } finally {
    run.stop()
  }
}

async function* limit(inner: Inner, source: ByteSource, maxSeconds: number) {
  const most = maxSeconds * inner.sample_rate
  let frames = 0
  try {
    for await (const block of inner.samples()) {
      frames += block[0]!.length
      if (frames > most) throw tooLong(maxSeconds)
      yield block
    }
  } finally {
    await source.close()
  }
  if (frames === 0)
    throw audioError('corrupt', 'The recording has no length: it holds a header but no sound.')
}

function tooLong(maxSeconds: number) {
  const limit = maxSeconds >= 3600 ? `${maxSeconds / 3600} hours` : `${maxSeconds} seconds`
  return audioError('too_long', `The recording is longer than ${limit}.`)
}
