import { expect, test } from 'bun:test'
import { sniff } from '../../src/audio/index.ts'
import { makeRandom, makeWav, tone } from '../support/wav.ts'

const bytes = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1')
const mp3 = await Bun.file('test/samples/recording.mp3').bytes()

const AUDIO: [string, Uint8Array][] = [
  ['wav', makeWav([tone(440, 8000, 0.1)])],
  ['wav', bytes('RF64\xff\xff\xff\xffWAVEds64')],
  ['ogg', bytes('OggS\0\x02')],
  ['flac', bytes('fLaC')],
  ['mp4', bytes('\0\0\0\x20ftypM4A ')],
  ['webm', bytes('\x1aE\xdf\xa3')],
  ['amr', bytes('#!AMR\n')],
  ['aiff', bytes('FORM\0\0\0\0AIFF')],
  ['au', bytes('.snd')],
  ['mp3', mp3.subarray(1000)],
]

test.each(AUDIO)('%s is known by its content', (format, content) => {
  expect(sniff(content)).toMatchObject({ kind: 'audio', format })
})

test('MP3 is known from the frame behind its tag on', () => {
  const tag = sniff(mp3)
  expect(tag.kind).toBe('tagged')
  expect(sniff(mp3.subarray(tag.kind === 'tagged' ? tag.skip : 0))).toMatchObject({
    kind: 'audio',
    format: 'mp3',
  })
})

test('an ID3 tag says how much to skip, its footer included', () => {
  expect(sniff(bytes('ID3\x04\0\0\0\0\x02\x01'))).toEqual({ kind: 'tagged', skip: 10 + 257 })
  expect(sniff(bytes('ID3\x04\0\x10\0\0\x02\x01'))).toEqual({ kind: 'tagged', skip: 20 + 257 })
})

const OTHERS: [string, RegExp][] = [
  ['', /empty/],
  ['<!DOCTYPE html><title>Sign in</title>', /HTML/],
  ['\n  <html><body>', /HTML/],
  ['<?xml version="1.0"?><Error/>', /XML/],
  ['{"error": "not found"}', /JSON/],
  ['[1, 2]', /JSON/],
  ['#EXTM3U\nhttp://example.org/a.mp3', /playlist/],
  ['404 page not found', /plain text/],
  ['%PDF-1.7', /PDF/],
  ['PK\x03\x04', /ZIP/],
  ['\0\0\0\0\0\0\0\0', /zeros/],
]

test.each(OTHERS)('%j is told apart', (content, reason) => {
  const found = sniff(Buffer.from(content, 'latin1'))
  expect(found.kind === 'none' && found.reason).toMatch(reason)
})

test('noise is no recording', () => {
  const random = makeRandom(7)
  const found = sniff(Uint8Array.from({ length: 4096 }, () => random() * 256))
  expect(found.kind === 'none' && found.reason).toMatch(/no known audio format/)
})
