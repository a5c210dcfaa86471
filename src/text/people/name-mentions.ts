import type { Role } from '../../plugin-host/contract.ts'
import type { Piece } from '../language/pieces.ts'
import { asName } from '../values/spelling.ts'
import type { NamePart, Whose } from './name-cues.ts'
import { keepCase, type Reader } from './name-words.ts'

/** Whose name it is: that of a side of the call, of the person a booking is for, or of somebody else. */
export type NameOwner = 'agent' | 'customer' | 'patient' | 'other'

export interface NameMention {
  /** As names are written, whatever the recogniser wrote. */
  name: string
  owner: NameOwner
  part: NamePart
  /** Dictated letter by letter. */
  spelled: boolean
  /** Said by its owner or on being asked for it. */
  stated: boolean
  turn: number
  /** Position in the given turns. */
  index: number
  start: number
  end: number
}

export function ownerOf(whose: Whose, role: Role): NameOwner {
  if (whose === 'customer' || whose === 'patient' || whose === 'other') return whose
  const speaks = role === 'agent' ? 'agent' : 'customer'
  const other = role === 'agent' ? 'customer' : 'agent'
  return whose === 'speaker' ? speaks : other
}

export function mention(
  reader: Reader,
  name: Piece[],
  owner: NameOwner,
  part: NamePart,
  stated: boolean,
): NameMention {
  const [first, last] = [name[0]!, name.at(-1)!]
  const end = last.end - (/['’]s$/i.exec(last.text)?.[0].length ?? 0)
  const text = asName(reader.turn.text.slice(first.start, end).replace(/\s+/g, ' '))
  const { turn, index } = reader
  return {
    name: keepCase(reader, first.start, end) ?? text,
    owner,
    part,
    spelled: false,
    stated,
    turn: turn.turn,
    index,
    start: first.start,
    end,
  }
}
