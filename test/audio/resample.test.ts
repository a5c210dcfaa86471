import { expect, test } from 'bun:test'
import { makeResampler } from '../../src/audio/resample.ts'
import { tone } from '../support/wav.ts'

const TO = 16_000

function resample(input: Float32Array, from: number, blockSize = 1000) {
  const resampler = makeResampler(from, TO)
  const output: number[] = []
  for (let at = 0; at < input.length; at += blockSize)
    output.push(...resampler.push(input.subarray(at, at + blockSize)))
  output.push(...resampler.finish())
  return output
}

/** How much of one frequency is in the samples, as the amplitude of a sine. */
function amplitude(samples: number[], hertz: number) {
  let [re, im] = [0, 0]
  for (const [at, sample] of samples.entries()) {
    const angle = (2 * Math.PI * hertz * at) / TO
    re += sample * Math.cos(angle)
    im += sample * Math.sin(angle)
  }
  return (2 * Math.hypot(re, im)) / samples.length
}

const RATES = [4000, 8000, 11_025, 12_345, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000]

test.each(RATES)('1 kHz from %d Hz keeps pitch, level and length', (from) => {
  const output = resample(tone(1000, from, 1), from)
  expect(Math.abs(output.length - TO)).toBeLessThanOrEqual(1)
  expect(amplitude(output, 1000)).toBeCloseTo(0.5, 2)
  const meant = tone(1000, TO, 1)
  const worst = output
    .slice(200, -200)
    .reduce((most, each, at) => Math.max(most, Math.abs(each - meant[at + 200]!)), 0)
  expect(worst).toBeLessThan(0.01)
})

test('what lies above 8 kHz does not fold back', () => {
  const output = resample(tone(10_000, 48_000, 1), 48_000)
  expect(amplitude(output, 6000)).toBeLessThan(0.005)
})

test('the telephone band has no mirror image above 4 kHz', () => {
  const output = resample(tone(3000, 8000, 1), 8000)
  expect(amplitude(output, 3000)).toBeCloseTo(0.5, 1)
  expect(amplitude(output, 5000)).toBeLessThan(0.01)
})

test('block sizes make no difference', () => {
  const input = tone(700, 44_100, 0.2)
  expect(resample(input, 44_100, 37)).toEqual(resample(input, 44_100, 100_000))
})
