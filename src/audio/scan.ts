import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type AudioStream, openAudio } from './decode.ts'
import { type Level, makeMeter, PEAKS_PER_SECOND } from './meter.ts'
import { makeResampler, PROCESSING_RATE } from './resample.ts'
import { findSpeech, type SpeechSegment } from './segments.ts'
import { makeWavWriter } from './wav-writer.ts'

/** Two channels whose difference holds less than this share of their energy are one voice stored twice. */
const SAME_SHARE = 1e-4

export interface AudioAnalysis {
  duration_ms: number
  /** Of the recording as it came, in Hz. */
  sample_rate: number
  /** 1 or 2; two equal channels count as one. */
  channels: number
  format: string
  codec: string
  warnings: string[]
  /** Speech of each channel. */
  segments: SpeechSegment[][]
  levels: Level[]
  /** Largest deflection of each tenth of a second, 0 to 255, of each channel. */
  peaks: Uint8Array[]
  peaks_per_second: number
}

export interface SplitAudio extends AudioAnalysis {
  /** Mono WAV of 16 kHz and 16 bit. */
  files: { channel: number; path: string }[]
}

/** What can be known of a recording without a recogniser. Throws an `AudioError`. */
export async function analyzeAudio(path: string, maxSeconds?: number): Promise<AudioAnalysis> {
  const stream = await openAudio(path, maxSeconds)
  return scan(
    stream,
    Array.from({ length: stream.channels }, () => makeLane(stream.sample_rate)),
  )
}

/** The same, and in the same single pass one file per channel in `directory`, ready for a recogniser. */
export async function splitChannels(
  path: string,
  directory: string,
  maxSeconds?: number,
): Promise<SplitAudio> {
  const stream = await openAudio(path, maxSeconds)
  const paths = Array.from({ length: stream.channels }, (_, channel) =>
    join(directory, `channel-${channel}.wav`),
  )
  const writers = paths.map((each) => makeWavWriter(each, PROCESSING_RATE))
  let used = 0
  try {
    const lanes = writers.map((writer) => makeLane(stream.sample_rate, writer))
    const analysis = await scan(stream, lanes)
    for (const writer of writers) await writer.finish()
    used = analysis.channels
    return { ...analysis, files: paths.slice(0, used).map((each, channel) => ({ channel, path: each })) }
  } finally {
    await Promise.all(writers.map((writer) => writer.close()))
    await Promise.all(paths.slice(used).map((each) => rm(each, { force: true })))
  }
}

type Lane = ReturnType<typeof makeLane>

/** The way of one channel: resample, measure, write. */
function makeLane(sampleRate: number, writer?: ReturnType<typeof makeWavWriter>) {
  const meter = makeMeter()
  const resampler = makeResampler(sampleRate, PROCESSING_RATE)
  const pass = async (samples: Float32Array) => {
    meter.push(samples)
    await writer?.write(samples)
  }
  return {
    push: (samples: Float32Array) => pass(resampler.push(samples)),
    finish: async () => {
      await pass(resampler.finish())
      return meter.finish()
    },
  }
}

async function scan(stream: AudioStream, lanes: Lane[]): Promise<AudioAnalysis> {
  const comparison = makeComparison()
  let frames = 0
  for await (const block of stream.blocks()) {
    frames += block[0]!.length
    if (block[1]) comparison.add(block[0]!, block[1])
    for (const [channel, samples] of block.entries()) await lanes[channel]!.push(samples)
  }
  const measured = await Promise.all(lanes.map((lane) => lane.finish()))
  const kept = comparison.isSame() ? measured.slice(0, 1) : measured
  const { sample_rate, format, codec, warnings } = stream
  return {
    duration_ms: Math.round((frames * 1000) / sample_rate),
    sample_rate,
    channels: kept.length,
    format,
    codec,
    warnings,
    segments: kept.map((each, at) => findSpeech(each.frames, kept[1 - at]?.frames)),
    levels: kept.map((each) => each.level),
    peaks: kept.map((each) => each.peaks),
    peaks_per_second: PEAKS_PER_SECOND,
  }
}

/** Whether two channels are one voice stored twice; also true when there is only one. */
function makeComparison() {
  let [difference, energy] = [0, 0]
  return {
    add(left: Float32Array, right: Float32Array) {
      for (let i = 0; i < left.length; i++) {
        const a = left[i]!
        const b = right[i]!
        difference += (a - b) * (a - b)
        energy += a * a + b * b
      }
    },
    isSame: () => difference <= energy * SAME_SHARE,
  }
}
