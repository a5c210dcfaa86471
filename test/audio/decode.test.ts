import { describe, expect, test } from 'bun:test'
import { type AudioError, isAudioError, openAudio } from '../../src/audio/index.ts'
import { needs } from '../support/needs.ts'
import { makeScratch } from '../support/scratch.ts'
import { chunk, makeRandom, makeWav, tone, WAV_KINDS, type WavKind } from '../support/wav.ts'

const scratch = makeScratch()
const left = tone(440, 8000, 1, 0.5)
const right = tone(700, 8000, 1, 0.25)
const stereo = makeWav([left, right])
const mp3 = await Bun.file('test/samples/recording.mp3').bytes()

async function read(content: Uint8Array, maxSeconds?: number) {
  const stream = await openAudio(scratch.file(content), maxSeconds)
  const channels: number[][] = Array.from({ length: stream.channels }, () => [])
  for await (const block of stream.blocks()) {
    for (const [channel, samples] of block.entries())
      for (const sample of samples) channels[channel]!.push(sample)
  }
  return { ...stream, samples: channels }
}

const refusal = (content: Uint8Array, maxSeconds?: number) =>
  read(content, maxSeconds).then(
    () => undefined,
    (error: AudioError) => ({ code: error.code, message: error.message }),
  )

function largestError(heard: number[], meant: Float32Array) {
  return heard.reduce((worst, sample, at) => Math.max(worst, Math.abs(sample - meant[at]!)), 0)
}

const PRECISION: Record<WavKind, number> = {
  pcm8: 0.01,
  pcm16: 1e-4,
  pcm24: 1e-6,
  pcm32: 1e-7,
  float32: 1e-7,
  float64: 1e-7,
  mulaw: 0.02,
  alaw: 0.02,
}

describe.each(WAV_KINDS)('WAV with %s', (kind) => {
  test.each([false, true])('keeps both channels (extensible header: %p)', async (extensible) => {
    const heard = await read(makeWav([left, right], { kind, extensible }))
    expect(heard).toMatchObject({ format: 'wav', sample_rate: 8000, channels: 2, warnings: [] })
    expect(heard.samples.map((each) => each.length)).toEqual([8000, 8000])
    expect(largestError(heard.samples[0]!, left)).toBeLessThan(PRECISION[kind])
    expect(largestError(heard.samples[1]!, right)).toBeLessThan(PRECISION[kind])
  })

  test('mono stays mono', async () => {
    const heard = await read(makeWav([left], { kind }))
    expect(heard.samples).toHaveLength(1)
    expect(largestError(heard.samples[0]!, left)).toBeLessThan(PRECISION[kind])
  })
})

describe('WAV as recorders write it', () => {
  const list = chunk('LIST', Buffer.from('INFOISFT\x05\0\0\0maker'))

  test.each([0, 0xffffffff, 0x7ffff000])('a length of %d means up to the end', async (dataLength) => {
    const heard = await read(makeWav([left, right], { dataLength }))
    expect(heard.samples[1]).toHaveLength(8000)
    expect(heard.warnings).toEqual([])
  })

  test('a length that is too large is cut off, and said', async () => {
    const heard = await read(makeWav([left, right], { dataLength: 8000 * 4 * 4 }))
    expect(heard.samples[0]).toHaveLength(8000)
    expect(heard.warnings).toEqual(['The recording is cut off: 1.0 of 4.0 seconds are there.'])
  })

  test('a length that was never brought up to date does not hide the rest', async () => {
    const heard = await read(makeWav([left, right], { dataLength: 400 }))
    expect(heard.samples[0]).toHaveLength(8000)
    expect(heard.warnings).toHaveLength(1)
  })

  test('padding behind the samples is no sound', async () => {
    const heard = await read(Buffer.concat([makeWav([left], { kind: 'mulaw' }), Buffer.alloc(2000)]))
    expect(heard.samples[0]).toHaveLength(8000)
    expect(heard.warnings).toEqual([])
  })

  test('chunks before, between and behind are no sound', async () => {
    const odd = {
      beforeFormat: [chunk('bext', Buffer.alloc(602)), list],
      beforeData: [chunk('fact', Buffer.alloc(4))],
      afterData: [list],
    }
    const heard = await read(makeWav([left, right], odd))
    expect(heard.samples[0]).toHaveLength(8000)
    expect(heard.warnings).toEqual([])
  })

  test('the format may stand behind the samples', async () => {
    const parts = [Buffer.from('WAVE'), stereo.subarray(36), stereo.subarray(12, 36)]
    const heard = await read(chunk('RIFF', Buffer.concat(parts)))
    expect(largestError(heard.samples[1]!, right)).toBeLessThan(1e-4)
    expect(heard.samples[1]).toHaveLength(8000)
  })

  test('a file that breaks off in the middle of a sample gives all whole ones', async () => {
    const heard = await read(stereo.subarray(0, 44 + 4 * 5000 + 3))
    expect(heard.samples.map((each) => each.length)).toEqual([5000, 5000])
    expect(heard.warnings[0]).toMatch(/cut off: 0\.6 of 1\.0 seconds/)
  })

  test('RF64 has its length in a chunk of its own', async () => {
    const sizes = Buffer.alloc(28)
    sizes.writeBigUInt64LE(32_000n, 8)
    const wav = makeWav([left, right], {
      beforeFormat: [chunk('ds64', sizes)],
      dataLength: 0xffffffff,
      afterData: [list],
    })
    wav.write('RF64', 0, 'latin1')
    const heard = await read(wav)
    expect(heard.samples[0]).toHaveLength(8000)
  })

  test('of more than two channels the first two are used', async () => {
    const heard = await read(makeWav([left, right, left]))
    expect(heard.samples).toHaveLength(2)
    expect(largestError(heard.samples[1]!, right)).toBeLessThan(1e-4)
    expect(heard.warnings).toEqual(['Of 3 channels the first two were used.'])
  })

  test('numbers that are none become silence', async () => {
    const wav = makeWav([[0, 0, 0.5]], { kind: 'float64' })
    wav.writeDoubleLE(Number.NaN, 44)
    wav.writeDoubleLE(1e300, 52)
    expect((await read(wav)).samples[0]).toEqual([0, 0, 0.5])
  })
})

describe('what cannot be used is refused', () => {
  const wavWithCodec = (code: number) => {
    const wav = Buffer.from(stereo)
    wav.writeUInt16LE(code, 20)
    return wav
  }
  const wavWithRate = (rate: number) => makeWav([left], { rate })

  test.each([
    ['nothing at all', Buffer.alloc(0), 'not_audio', /empty/],
    ['a web page', Buffer.from('<html>'), 'not_audio', /HTML/],
    ['no sound in it', makeWav([[]]), 'corrupt', /no length/],
    ['only the header', stereo.subarray(0, 20), 'corrupt', /./],
    ['no samples', stereo.subarray(0, 36), 'corrupt', /no samples/],
    ['a rate too low', wavWithRate(3000), 'unsupported', /3000 Hz/],
    ['a rate too high', wavWithRate(400_000), 'unsupported', /400000 Hz/],
    ['a tag and nothing else', Buffer.from('ID3\x04\0\0\0\0\0\x02\0\0', 'latin1'), 'not_audio', /tag/],
  ] as const)('%s', async (_, content, code, message) => {
    const refused = await refusal(content)
    expect(refused?.code).toBe(code)
    expect(refused?.message).toMatch(message)
  })

  test('a recording over the limit, known from the header', async () => {
    expect(await refusal(stereo, 0.5)).toEqual({
      code: 'too_long',
      message: 'The recording is longer than 0.5 seconds.',
    })
  })

  test('a recording over the limit, known only when decoded', async () => {
    expect((await refusal(mp3, 2))?.code).toBe('too_long')
  })

  test('a codec that needs ffmpeg, where there is none', async () => {
    const { PATH } = process.env
    process.env.PATH = scratch.directory
    const refused = await refusal(wavWithCodec(49)).finally(() => {
      process.env.PATH = PATH
    })
    expect(refused?.code).toBe('unsupported')
    expect(refused?.message).toMatch(/GSM 06\.10.*ffmpeg/)
  })
})

describe('MP3', () => {
  test('stereo, with an ID3 tag before it', async () => {
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x40\0', 'latin1'), Buffer.alloc(8192)])
    const heard = await read(Buffer.concat([tag, mp3]))
    expect(heard).toMatchObject({
      format: 'mp3',
      codec: 'MP3',
      sample_rate: 16_000,
      channels: 2,
      warnings: [],
    })
    expect(heard.samples[0]!.length / 16_000).toBeCloseTo(5, 1)
  })

  test('half of it is used, and the loss is said', async () => {
    const heard = await read(mp3.subarray(0, mp3.length / 2))
    expect(heard.samples[0]!.length / 16_000).toBeCloseTo(2.5, 0)
    expect(heard.warnings[0]).toMatch(/cut off: 2\.\d of 5\.\d seconds/)
  })
})

test('damaged bytes never do more than lose sound', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9)
  console.log(`damage: SEED=${seed}`)
  const random = makeRandom(seed)
  const originals = [stereo, makeWav([left, right], { kind: 'mulaw' }), mp3]
  for (let round = 0; round < 90; round++) {
    const original = originals[round % originals.length]!
    const damaged = Buffer.from(original.subarray(0, random() < 0.3 ? random() * original.length : undefined))
    const reach = random() < 0.5 ? 64 : damaged.length
    for (let flips = random() * 40; flips > 0 && damaged.length > 0; flips--) {
      damaged[Math.floor(random() * Math.min(reach, damaged.length))] = random() * 256
    }
    const outcome = await read(damaged).catch((error: unknown) => error)
    if (outcome instanceof Error && !isAudioError(outcome)) throw outcome
  }
})

describe('with ffmpeg installed', () => {
  const withFfmpeg = needs('ffmpeg')
  const convert = async (name: string, ...args: string[]) => {
    const path = scratch.file('', name)
    const input = scratch.file(stereo)
    await Bun.$`ffmpeg -nostdin -v error -y -f wav -i ${input} ${args} ${path}`
    return Bun.file(path).bytes()
  }

  const formats = [
    ['ogg', 'a.ogg', ['-c:a', 'libopus']],
    ['flac', 'a.flac', []],
    ['mp4', 'a.m4a', ['-c:a', 'aac']],
    ['webm', 'a.webm', ['-c:a', 'libopus']],
    ['aiff', 'a.aiff', []],
    ['au', 'a.au', ['-c:a', 'pcm_mulaw']],
    ['wav', 'adpcm.wav', ['-c:a', 'adpcm_ima_wav']],
  ] as const
  for (const [format, name, args] of formats)
    withFfmpeg(`${name} comes through`, async () => {
      const heard = await read(await convert(name, ...args))
      expect(heard).toMatchObject({ format, channels: 2 })
      expect(heard.samples[0]!.length / heard.sample_rate).toBeCloseTo(1, 0)
      const power = (samples: number[]) =>
        samples.reduce((sum, each) => sum + each * each, 0) / samples.length
      expect(Math.sqrt(power(heard.samples[0]!) / power(heard.samples[1]!))).toBeCloseTo(2, 0)
    })

  withFfmpeg('MP3 inside WAV needs no help', async () => {
    const heard = await read(await convert('mp3.wav', '-c:a', 'libmp3lame', '-ar', '16000'))
    expect(heard).toMatchObject({ format: 'wav', codec: 'MP3', channels: 2 })
    expect(heard.samples[0]!.length / 16_000).toBeCloseTo(1, 0)
  })

  withFfmpeg('mono MP3 comes back as one channel', async () => {
    const heard = await read(await convert('mono.mp3', '-ac', '1'))
    expect(heard.channels).toBe(1)
  })

  withFfmpeg('what ffmpeg cannot read is named, without the path', async () => {
    const refused = await refusal(Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(5000, 7)]))
    expect(refused?.code).toBe('corrupt')
    expect(refused?.message).toMatch(/FLAC/)
    expect(refused?.message).not.toContain(scratch.directory)
  })
})
