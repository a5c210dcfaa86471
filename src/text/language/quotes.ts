import { sentences } from './sentences.ts'

const LONGEST = 140

/** The sentence around a place in a text, verbatim; a very long one is cut at word borders around the place. */
export function quoteAround(text: string, start: number, end: number = start): string {
  const sentence = sentences(text).find((each) => start < each.end && start >= each.start)
  const span = sentence ?? { text, start: 0, end: text.length }
  if (span.text.length <= LONGEST) return span.text
  const from = Math.max(0, Math.min(start - span.start - LONGEST / 3, span.text.length - LONGEST))
  const to = Math.max(from + LONGEST, end - span.start)
  return span.text.slice(wordBorder(span.text, from), nextBorder(span.text, to)).trim()
}

/** A text of at most `length` characters, cut between words and then ending in «…». */
export function shorten(text: string, length = LONGEST): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), length / 2)).replace(/[\s,;:.–-]+$/, '') + '…'
}

function wordBorder(text: string, at: number): number {
  if (at <= 0) return 0
  const space = text.indexOf(' ', Math.floor(at))
  return space === -1 ? Math.floor(at) : space + 1
}

function nextBorder(text: string, at: number): number {
  const space = text.indexOf(' ', Math.floor(at))
  return space === -1 ? text.length : space
}
