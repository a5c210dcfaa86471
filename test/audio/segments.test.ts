import { describe, expect, test } from 'bun:test'
import { makeMeter } from '../../src/audio/meter.ts'
import { findSpeech, type SpeechSegment } from '../../src/audio/segments.ts'
import { makeRandom, speechLike, tone } from '../support/wav.ts'

const RATE = 16_000
const TALK: [number, number][] = [
  [1, 3.5],
  [6, 6.6],
  [9, 14],
]

function framesOf(samples: Float32Array) {
  const meter = makeMeter()
  meter.push(samples)
  return meter.finish().frames
}

const listen = (samples: Float32Array) => findSpeech(framesOf(samples))

function expectSpans(found: SpeechSegment[], spans: [number, number][], slack = 0.2) {
  expect(found).toHaveLength(spans.length)
  for (const [at, [from, to]] of spans.entries()) {
    expect(Math.abs(found[at]!.start_ms / 1000 - from)).toBeLessThan(slack)
    expect(Math.abs(found[at]!.end_ms / 1000 - to)).toBeLessThan(slack)
  }
}

describe('speech is found', () => {
  test.each([
    ['without noise', { level: 0.3, noise: 0 }],
    ['over faint noise', { level: 0.3, noise: 0.002 }],
    ['over loud noise', { level: 0.3, noise: 0.05 }],
    ['when quiet', { level: 0.02, noise: 0.0005 }],
    ['when loud', { level: 1, noise: 0.01 }],
  ])('%s', (_, options) => expectSpans(listen(speechLike(TALK, RATE, 16, options)), TALK))

  test('over mains hum', () => {
    const hum = tone(50, RATE, 16, 0.2)
    expectSpans(listen(speechLike(TALK, RATE, 16, { noise: 0.002 }).map((each, at) => each + hum[at]!)), TALK)
  })

  test('after the noise has risen', () => {
    const samples = speechLike(
      [
        [1, 3],
        [25, 28],
      ],
      RATE,
      30,
      { noise: 0.001 },
    )
    const random = makeRandom(3)
    const risen = samples.map((each, at) => (at > 12 * RATE ? each + 0.04 * (random() - 0.5) : each))
    expectSpans(
      listen(risen),
      [
        [1, 3],
        [25, 28],
      ],
      0.3,
    )
  })

  test('in one piece across short pauses, apart across long ones', () => {
    expectSpans(
      listen(
        speechLike(
          [
            [1, 2],
            [2.2, 3],
            [4, 5],
          ],
          RATE,
          6,
          { noise: 0.001 },
        ),
      ),
      [
        [1, 3],
        [4, 5],
      ],
    )
  })
})

/** Two tones for two seconds, then three of silence. */
const ring = (time: number) =>
  time % 5 < 2 ? 0.2 * Math.sin(2 * Math.PI * 440 * time) + 0.2 * Math.sin(2 * Math.PI * 480 * time) : 0

describe('no speech is', () => {
  const random = makeRandom(5)
  const hiss = (level: number) => Float32Array.from({ length: RATE * 10 }, () => level * (random() * 2 - 1))
  const clicks = new Float32Array(RATE * 10).map((_, at) => (at % (RATE / 4) < 8 ? 0.8 : 0))

  test.each([
    ['nothing', new Float32Array(0)],
    ['digital silence', new Float32Array(RATE * 10)],
    ['the idle noise of a codec', hiss(0.0003)],
    ['steady hiss', hiss(0.1)],
    ['a steady tone', tone(425, RATE, 10, 0.3)],
    ['hum', tone(50, RATE, 10, 0.3)],
    ['clicks', clicks],
    ['a direct offset', new Float32Array(RATE * 10).fill(0.3)],
  ])('%s', (_, samples) => expect(listen(samples)).toEqual([]))

  test('ringing before the talk', () => {
    const talk = speechLike(
      [
        [12, 16],
        [18, 22],
      ],
      RATE,
      24,
    )
    const rung = talk.map((each, at) => each + (at < RATE * 10 ? ring(at / RATE) : 0))
    expectSpans(listen(rung), [
      [12, 16],
      [18, 22],
    ])
  })

  test.each([0.02, 0.1, 0.2])('the echo of the other side at a gain of %d', (gain) => {
    const agent = speechLike(TALK, RATE, 16, { noise: 0.001 })
    const own: [number, number][] = [
      [4.3, 5.4],
      [15, 15.7],
    ]
    const customer = speechLike(own, RATE, 16, { noise: 0.001, seed: 2 })
    const late = 0.12 * RATE
    const mixed = framesOf(customer.map((each, at) => each + gain * (agent[at - late] ?? 0)))
    expectSpans(findSpeech(mixed, framesOf(agent)), own, 0.25)
    expect(findSpeech(framesOf(agent), mixed)).toHaveLength(3)
  })
})

test('talking at the same time is no echo', () => {
  const one = framesOf(speechLike([[1, 4]], RATE, 6))
  const other = framesOf(speechLike([[2, 3]], RATE, 6, { level: 0.1, seed: 2 }))
  expectSpans(findSpeech(other, one), [[2, 3]])
})

test('sounds as loud as a voice count even when steady and long, where there is nothing livelier', () => {
  const burst = (at: number) =>
    at >= RATE && at < RATE * 13 ? 0.3 * Math.sin((2 * Math.PI * 440 * at) / RATE) : 0
  expectSpans(listen(Float32Array.from({ length: RATE * 20 }, (_, at) => burst(at))), [[1, 13]])
})

test('segments lie in order, apart, and inside the recording', () => {
  const random = makeRandom(11)
  const spans = Array.from(
    { length: 20 },
    (_, at) => [at * 1.5 + random() / 2, at * 1.5 + 0.6 + random()] as [number, number],
  )
  const found = listen(speechLike(spans, RATE, 30, { noise: 0.003 }))
  expect(found.length).toBeGreaterThan(5)
  for (const [at, { start_ms, end_ms }] of found.entries()) {
    expect(end_ms).toBeGreaterThan(start_ms)
    expect(start_ms).toBeGreaterThanOrEqual(found[at - 1]?.end_ms ?? 0)
    expect(end_ms).toBeLessThanOrEqual(30_000)
  }
})
