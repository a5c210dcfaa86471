import { isNumberWord } from '../values/numbers.ts'
import { asName, spelledWords } from '../values/spelling.ts'
import {
  ASKS,
  partAsked,
  SAME_SOUND,
  SPELLED_FIRST,
  SPELLED_LAST,
  SPELLED_OTHER,
  WITH_LETTER,
} from './name-cues.ts'
import { mention, type NameMention } from './name-mentions.ts'
import { isCapital, type Reader, readName } from './name-words.ts'

export function spelledMentions(reader: Reader): NameMention[] {
  const { turn, index, turns } = reader
  return spelledWords(turn.text).flatMap(({ word, start, end }) => {
    const before = turn.text.slice(Math.max(0, start - 60), start)
    const asked = index > 0 ? turns[index - 1]!.text : ''
    if (
      /\bdot \w+\b|@|\.(?:com|org|net)\b/i.test(before) ||
      SPELLED_OTHER.test(before) ||
      /^[^a-z]*(?:at\b|dot\b|@|underscore\b|dash\b|hyphen\b|\d)/i.test(turn.text.slice(end))
    )
      return []
    if (isAmongDigits(reader, start, end)) return []
    if (EMAIL_ASKED.test(asked) && !ASKS.test(asked)) return []
    if (before.trim() === '' && SPELLED_OTHER.test(asked) && !ASKS.test(asked)) return []
    const part = SPELLED_LAST.test(before) ? 'last' : SPELLED_FIRST.test(before) ? 'first' : partAsked(asked)
    return [
      {
        name: asName(word),
        owner: 'customer' as const,
        part,
        spelled: true,
        stated: true,
        turn: turn.turn,
        index,
        start,
        end,
      },
      ...surnameAfter(reader, end),
    ]
  })
}

/** «g b two nine n w b k six»: letters of an account, not of a name. */
function isAmongDigits({ list }: Reader, start: number, end: number): boolean {
  const from = list.findIndex((piece) => piece.start >= start)
  const next = list.findIndex((piece) => piece.start >= end)
  const isFigure = (at: number) => at >= 0 && list[at] !== undefined && FIGURE(list[at].lower)
  return isFigure(from - 1) || (next > 0 && isFigure(next) && isFigure(next + 1))
}

const FIGURE = (word: string) => /^\d/.test(word) || isNumberWord(word)

const EMAIL_ASKED = /\be-?mail\b/i

/** «It's Olivia, O-L-I-V-I-A, Grant.» */
function surnameAfter(reader: Reader, end: number): NameMention[] {
  const at = reader.list.findIndex((piece) => piece.start >= end)
  const next = reader.list[at]
  if (!next || reader.raw || !isCapital(next) || !/^,? $/.test(next.gap)) return []
  const name = readName(reader, at, true)
  return name ? [mention(reader, name, 'customer', 'last', true)] : []
}

/** «Catherine with a K»: the letter stands for the sound the name begins with. */
export function varied(reader: Reader): NameMention[] {
  const { turn, index } = reader
  return Array.from(turn.text.matchAll(WITH_LETTER)).flatMap((match) => {
    const [, word = '', letter = ''] = match
    if (!SAME_SOUND.test((word[0] ?? '').toLowerCase() + letter.toLowerCase())) return []
    const start = match.index + match[0].length - 1
    const name = asName(letter + word.slice(1))
    return [
      {
        name,
        owner: 'customer' as const,
        part: 'first' as const,
        spelled: true,
        stated: true,
        turn: turn.turn,
        index,
        start,
        end: start + 1,
      },
    ]
  })
}
