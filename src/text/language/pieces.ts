/** A word or a digit group with its place in the text; `gap` is what stands between it and the piece before. */
export interface Piece {
  text: string
  lower: string
  start: number
  end: number
  gap: string
}

const PIECE = /\d+(?:st|nd|rd|th)\b|\d+|\p{L}\p{M}*(?:\p{L}|\p{M})*(?:['’]\p{L}+)*/giu

/** Many readers go over the same turns one after the other; the bound keeps a long-lived host small. */
const CACHED_TEXTS = 1000
const cache = new Map<string, Piece[]>()

export function pieces(text: string): Piece[] {
  const known = cache.get(text)
  if (known) return known
  if (cache.size >= CACHED_TEXTS) cache.clear()
  const list = readPieces(text)
  cache.set(text, list)
  return list
}

function readPieces(text: string): Piece[] {
  const list: Piece[] = []
  let last = 0
  for (const match of text.matchAll(PIECE)) {
    const end = match.index + match[0].length
    const lower = match[0].toLowerCase().replace('’', "'")
    list.push({ text: match[0], lower, start: match.index, end, gap: text.slice(last, match.index) })
    last = end
  }
  return list
}

const LOOSE_GAP = /^[\s-]*$/

/** True when nothing but blanks or a hyphen stands before the piece, so that it continues the one before. */
export const continues = (piece: Piece | undefined): piece is Piece =>
  piece !== undefined && LOOSE_GAP.test(piece.gap)

const SENTENCE_END = /[.?!;:\n]/
export const endsSentence = (piece: Piece | undefined) => piece === undefined || SENTENCE_END.test(piece.gap)
