import { findMpegFrame } from './mpeg.ts'

/** How many bytes from the start of a file `sniff` wants to see. */
export const SNIFF_BYTES = 4096

export type Sniffed =
  | { kind: 'audio'; format: string; name: string; demuxer: string }
  | { kind: 'tagged'; skip: number }
  | { kind: 'none'; reason: string }

interface Signature {
  at: number
  bytes: string
  also?: [at: number, bytes: string]
  format: string
  name: string
  demuxer: string
}

const SIGNATURES: Signature[] = [
  { at: 0, bytes: 'RIFF', also: [8, 'WAVE'], format: 'wav', name: 'WAV', demuxer: 'wav' },
  { at: 0, bytes: 'RF64', also: [8, 'WAVE'], format: 'wav', name: 'WAV (RF64)', demuxer: 'wav' },
  { at: 0, bytes: 'BW64', also: [8, 'WAVE'], format: 'wav', name: 'WAV (BW64)', demuxer: 'wav' },
  { at: 0, bytes: 'RIFX', also: [8, 'WAVE'], format: 'rifx', name: 'big-endian WAV', demuxer: 'wav' },
  { at: 0, bytes: 'OggS', format: 'ogg', name: 'Ogg', demuxer: 'ogg' },
  { at: 0, bytes: 'fLaC', format: 'flac', name: 'FLAC', demuxer: 'flac' },
  { at: 4, bytes: 'ftyp', format: 'mp4', name: 'MP4/M4A', demuxer: 'mov' },
  { at: 0, bytes: '\x1aE\xdf\xa3', format: 'webm', name: 'WebM/Matroska', demuxer: 'matroska' },
  { at: 0, bytes: '#!AMR', format: 'amr', name: 'AMR', demuxer: 'amr' },
  { at: 0, bytes: 'FORM', also: [8, 'AIF'], format: 'aiff', name: 'AIFF', demuxer: 'aiff' },
  { at: 0, bytes: '.snd', format: 'au', name: 'Sun AU', demuxer: 'au' },
  { at: 0, bytes: 'caff', format: 'caf', name: 'Apple CAF', demuxer: 'caf' },
  { at: 0, bytes: 'riff\x2e\x91\xcf\x11', format: 'w64', name: 'Wave64', demuxer: 'w64' },
  { at: 0, bytes: '\x30\x26\xb2\x75\x8e\x66\xcf\x11', format: 'asf', name: 'Windows Media', demuxer: 'asf' },
  { at: 0, bytes: 'FLV\x01', format: 'flv', name: 'Flash video', demuxer: 'flv' },
  { at: 0, bytes: 'ADIF', format: 'aac', name: 'AAC', demuxer: 'aac' },
]

const LOOKALIKES: [RegExp, string][] = [
  [/^<(!doctype html|html|head|body)\b/i, 'an HTML page (often a login or error page behind the address)'],
  [/^<\?xml|^<[a-z][^>]*>/i, 'an XML document'],
  [/^[{[]/, 'a JSON document'],
  [/^#EXTM3U|^\[playlist\]/i, 'a playlist, which only names recordings'],
  [/^%PDF-/, 'a PDF document'],
  [/^PK\x03\x04/, 'a ZIP archive'],
  [/^\x1f\x8b/, 'gzip-compressed data'],
  [/^\x89PNG|^\xff\xd8\xff|^GIF8/, 'an image'],
]

/**
 * Tells by its first bytes what a file is, whatever its name or content type say.
 * `tagged` asks to look again after an ID3 tag, which may be longer than what was shown.
 */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return none('The file is empty.')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFF_BYTES)).toString(
    'latin1',
  )
  const found = SIGNATURES.find((each) => matches(text, each))
  if (found) return { kind: 'audio', format: found.format, name: found.name, demuxer: found.demuxer }
  if (text.startsWith('ID3') && bytes.length >= 10) return { kind: 'tagged', skip: id3Length(bytes) }
  return sniffFrames(bytes, text) ?? none(describe(text))
}

function matches(text: string, { at, bytes, also }: Signature) {
  return text.startsWith(bytes, at) && (!also || text.startsWith(also[1], also[0]))
}

/** Four bytes of seven bits each; a footer of ten bytes may follow. */
function id3Length(bytes: Uint8Array) {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes[at]! & 0x7f), 0)
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0)
}

function sniffFrames(bytes: Uint8Array, text: string): Sniffed | undefined {
  if (bytes[0] === 0xff && (bytes[1]! & 0xf6) === 0xf0 && isAdts(bytes)) {
    return { kind: 'audio', format: 'aac', name: 'AAC', demuxer: 'aac' }
  }
  if (LOOKALIKES.some(([pattern]) => pattern.test(text.trimStart()))) return undefined
  return findMpegFrame(bytes) ? { kind: 'audio', format: 'mp3', name: 'MP3', demuxer: 'mp3' } : undefined
}

/** One AAC header says little; the next has to stand where the first says. */
function isAdts(bytes: Uint8Array) {
  const length = ((bytes[3]! & 3) << 11) | (bytes[4]! << 3) | (bytes[5]! >> 5)
  return length > 7 && bytes[length] === 0xff && (bytes[length + 1]! & 0xf6) === 0xf0
}

function describe(text: string) {
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart()
  const known = LOOKALIKES.find(([pattern]) => pattern.test(start))
  if (known) return `The file is no recording but ${known[1]}.`
  if (isText(text)) return 'The file is no recording but plain text.'
  if (/^\x00*$/.test(text)) return 'The file holds nothing but zeros.'
  return 'The file is in no known audio format; raw samples without a header cannot be read.'
}

function isText(text: string) {
  return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
}

const none = (reason: string): Sniffed => ({ kind: 'none', reason })
