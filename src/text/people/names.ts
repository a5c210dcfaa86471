import type { Turn } from '../../plugin-host/contract.ts'
import { onceFor } from '../language/once.ts'
import { type Piece, pieces } from '../language/pieces.ts'
import { lacksCasing } from '../language/tokens.ts'
import { emailsIn } from '../values/emails.ts'
import { FIRST_NAMES } from './first-names.ts'
import {
  ASKS,
  ASKS_FIRST,
  ASKS_LAST,
  ASKS_PATIENT,
  ASKS_WHETHER,
  CUES,
  type Cue,
  IS_KIN,
  isLead,
} from './name-cues.ts'
import { addressed, alone, pieceAt, reversed, signed, speaking } from './name-forms.ts'
import { mention, type NameMention, ownerOf } from './name-mentions.ts'
import { spelledMentions, varied } from './name-spellings.ts'
import { CUT, isCapital, type Reader, readName, startsSpelling, TITLES } from './name-words.ts'

/** Every place where somebody's name is given, asked for and answered, spelled, or used to address them. */
export const nameMentions = onceFor((turns: Turn[]): NameMention[] => {
  const mentions = turns.flatMap((turn, index) => mentionsOf(turns, turn, index))
  return withoutOverlaps(mentions)
})

function mentionsOf(turns: Turn[], turn: Turn, index: number): NameMention[] {
  const list = pieces(turn.text)
  if (list.length === 0) return []
  const raw = lacksCasing(turn.text)
  const reader: Reader = { turns, turn, index, list, raw }
  const spelled = spelledMentions(reader)
  const emails = emailsIn(turn.text)
  const found = [
    ...CUES.flatMap((cue) => cued(reader, cue)),
    ...answered(reader),
    ...reversed(reader),
    ...speaking(reader),
    ...alone(reader),
    ...signed(reader),
    ...varied(reader),
    ...addressed(reader),
    ...spelled,
  ]
  return found.filter((one) => !emails.some((email) => email.start < one.end && one.start < email.end))
}

function cued(reader: Reader, cue: Cue): NameMention[] {
  const found: NameMention[] = []
  for (const match of reader.turn.text.matchAll(cue.pattern)) {
    const at = pieceAt(reader.list, match.index + match[0].length)
    if (at < 0) continue
    if (cue.part && reader.turn.role === 'agent' && !/(?:is|'s|:|be|r|s|or)\.?\s+$/i.test(match[0])) continue
    const name = readName(reader, at, cue.weak ?? false)
    if (!name || (cue.whose === 'speaker' && /['’]s$/.test(name.at(-1)!.text))) continue
    const stated = cue.whose === 'speaker' || cue.whose === 'patient' || cue.whose === 'customer'
    const owner = ownerOf(cue.whose, reader.turn.role)
    found.push(mention(reader, name, owner, cue.part ?? partOf(reader, name, at), stated))
  }
  return found
}

/** «Is this Mrs. Molina?»: behind a title stands the last name. */
const partOf = ({ list }: Reader, name: Piece[], at: number) =>
  name.length > 1 ? 'full' : TITLES.test(list[at - 1]?.lower ?? '') ? 'last' : 'first'

function answered(reader: Reader): NameMention[] {
  const question = questionBefore(reader)
  if (!question) return []
  let at = 0
  let kin = false
  for (; at < reader.list.length && at < MAX_LEAD && isLead(reader.list[at]!.lower); at++)
    kin ||= IS_KIN.test(reader.list[at]!.lower)
  if (TITLES.test(reader.list[at]?.lower ?? '')) at += 1
  if (!reader.list[at] || startsSpelling(reader.list, at)) return []
  const name = readName(reader, at, false)
  if (!name || !looksAnswered(reader, name, at)) return []
  const part =
    name.length > 1 ? 'full' : ASKS_LAST.test(question) && !ASKS_FIRST.test(question) ? 'last' : 'first'
  return [mention(reader, name, kin || ASKS_PATIENT.test(question) ? 'patient' : 'customer', part, true)]
}

const MAX_LEAD = 10

/** The agent's question for a name, one or (after «sorry?») three turns back. */
function questionBefore(reader: Reader): string | undefined {
  const { turns, index, turn } = reader
  if (turn.role === 'agent') return undefined
  const before = turns
    .slice(Math.max(0, index - 1), index)
    .findLast((other) => other.speaker !== turn.speaker)
  const text = before?.text
    .split(/(?<=[.!?])\s+/)
    .slice(-2)
    .join(' ')
  const asked = text?.replace(/\b(?:my name(?:'s| is)?|name's) \S+/gi, ' ')
  return asked && (ASKS.test(asked) || ASKS_WHETHER.test(asked)) ? asked : undefined
}

/** An answer begins with the name; a whole sentence that begins otherwise is none. */
function looksAnswered(reader: Reader, name: Piece[], at: number) {
  const capital = isCapital(name[0]!) && !reader.raw
  const known = FIRST_NAMES.has(name[0]!.lower)
  const rest = reader.list[at + name.length]
  if (capital && (at > 0 || known || name.length > 1)) return true
  const closes =
    rest === undefined || /[.,?!;]/.test(rest.gap) || rest.lower.length === 1 || CUT.has(rest.lower)
  return known || closes
}

/** Where two readings meet, the one that was stated, then the longer one, stays. */
function withoutOverlaps(mentions: NameMention[]): NameMention[] {
  const ranked = [...mentions].sort(
    (a, b) =>
      Number(b.spelled) - Number(a.spelled) ||
      Number(b.stated) - Number(a.stated) ||
      b.end - b.start - (a.end - a.start),
  )
  const kept: NameMention[] = []
  for (const one of ranked) {
    const meets = kept.some(
      (other) => other.index === one.index && other.start < one.end && one.start < other.end,
    )
    if (!meets) kept.push(one)
  }
  return kept.sort((a, b) => a.index - b.index || a.start - b.start)
}
