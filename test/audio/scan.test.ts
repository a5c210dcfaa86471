import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { analyzeAudio, isAudioError, openAudio, splitChannels, talkTime } from '../../src/audio/index.ts'
import { makeScratch } from '../support/scratch.ts'
import { makeWav, speechLike, tone } from '../support/wav.ts'

const scratch = makeScratch()
const SAMPLE = 'test/samples/recording.wav'
/** Who begins to speak when, in the recording's script. */
const BEGINNINGS = [
  [0.4, 7.9, 14.5, 20.7, 27.6],
  [3.9, 12, 18.2, 23.3, 31.3],
]

async function makeFolder(name: string) {
  const path = join(scratch.directory, name)
  await mkdir(path)
  return path
}

test('the sample call: who spoke when', async () => {
  const heard = await analyzeAudio(SAMPLE)
  expect(heard).toMatchObject({
    duration_ms: 33_500,
    sample_rate: 8000,
    channels: 2,
    format: 'wav',
    codec: 'mu-law',
    warnings: [],
  })
  expect(heard.segments.map((each) => each.length)).toEqual([5, 5])
  for (const [channel, beginnings] of BEGINNINGS.entries()) {
    for (const [at, beginning] of beginnings.entries()) {
      expect(Math.abs(heard.segments[channel]![at]!.start_ms / 1000 - beginning)).toBeLessThan(0.15)
    }
  }
  expect(talkTime(heard.segments[0]!)).toBeGreaterThan(14_000)
  expect(heard.peaks[0]).toHaveLength(335)
  expect(heard.peaks[0]![1]).toBeLessThan(5)
  expect(Math.max(...heard.peaks[0]!.subarray(5, 20))).toBeGreaterThan(30)
})

test('splitting writes one mono file per channel and analyses alike', async () => {
  const folder = await makeFolder('split')
  const { files, ...heard } = await splitChannels(SAMPLE, folder)
  expect(heard).toEqual(await analyzeAudio(SAMPLE))
  expect(files).toEqual([0, 1].map((channel) => ({ channel, path: join(folder, `channel-${channel}.wav`) })))
  for (const { channel, path } of files) {
    const again = await analyzeAudio(path)
    expect(again).toMatchObject({
      duration_ms: 33_500,
      sample_rate: 16_000,
      channels: 1,
      codec: 'PCM 16 bit',
      warnings: [],
    })
    expect(again.levels[0]!.rms_dbfs).toBeCloseTo(heard.levels[channel]!.rms_dbfs, 1)
  }
})

test('one voice stored twice is mono', async () => {
  const voice = speechLike([[0.5, 1.5]], 8000, 2)
  const folder = await makeFolder('twice')
  const heard = await splitChannels(scratch.file(makeWav([voice, voice], { kind: 'mulaw' })), folder)
  expect(heard.channels).toBe(1)
  expect([heard.files.length, heard.segments.length, heard.levels.length, heard.peaks.length]).toEqual([
    1, 1, 1, 1,
  ])
  expect(readdirSync(folder)).toEqual(['channel-0.wav'])
})

test('a side that never speaks is still a side', async () => {
  const voice = speechLike([[0.5, 1.5]], 8000, 2)
  const heard = await analyzeAudio(scratch.file(makeWav([voice, new Float32Array(voice.length)])))
  expect(heard.channels).toBe(2)
  expect(heard.segments.map((each) => each.length)).toEqual([1, 0])
  expect(heard.levels[1]).toEqual({ rms_dbfs: -100, peak_dbfs: -100 })
})

test('levels are those of the samples', async () => {
  const heard = await analyzeAudio(scratch.file(makeWav([tone(1000, 16_000, 1, 0.5)], { rate: 16_000 })))
  expect(heard.levels[0]!.peak_dbfs).toBeCloseTo(-6, 0)
  expect(heard.levels[0]!.rms_dbfs).toBeCloseTo(-9, 0)
  expect(heard.peaks[0]![5]).toBeCloseTo(128, -1)
})

test('a refused recording leaves no files behind', async () => {
  const folder = await makeFolder('refused')
  const broken = splitChannels(scratch.file(makeWav([[]])), folder)
  expect(isAudioError(await broken.catch((error: unknown) => error))).toBe(true)
  expect(readdirSync(folder)).toEqual([])
})

test("a missing file is not the recording's fault", async () => {
  const error = await openAudio(join(scratch.directory, 'none.wav')).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(Error)
  expect(isAudioError(error)).toBe(false)
})

test('twenty minutes of stereo take seconds, and no more memory than one', async () => {
  const minute = speechLike(
    [
      [1, 20],
      [30, 50],
    ],
    8000,
    60,
    { noise: 0.002 },
  )
  const wav = makeWav([minute, minute.map((each) => -each / 2)], { kind: 'mulaw' })
  const long = Buffer.concat([wav, ...Array.from({ length: 19 }, () => wav.subarray(44))])
  long.writeUInt32LE(long.length - 44, 40)
  const path = scratch.file(long)
  await analyzeAudio(scratch.file(wav))
  Bun.gc(true)
  const before = process.memoryUsage.rss()
  const started = performance.now()
  const heard = await analyzeAudio(path)
  expect(heard.duration_ms).toBe(1_200_000)
  expect(heard.segments[0]!.length).toBe(40)
  expect(performance.now() - started).toBeLessThan(15_000)
  expect(process.memoryUsage.rss() - before).toBeLessThan(120e6)
})
