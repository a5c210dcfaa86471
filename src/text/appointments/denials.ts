import { plain } from '../language/contractions.ts'
import { reachOf, type Slot, type Statement } from './slots.ts'

const DENIED_BEFORE =
  /(?:\b(?:not|cannot|no|nothing|instead of|rather than|except|other than|unable|busy|closed|neither|nor)\b|n't\b)(?!.*\b(?:until|till|before|sooner than|earlier than|worry|problem)\b)/

const NEVER_DENIED =
  /\b(?:why don't|don't worry|no problem|not sure|can't wait|if not|don't forget|not only|no worries|wouldn't mind|don't mind)\b/

const DENIED_AFTER =
  /^\W*(?:full|booked|out|gone|taken|packed|closed|no good)\b|^(?:[^,]{0,30}?)(?:\b(?:is not|not (?:work|good|available|going|open)|cannot|no good|too (?:early|late)|(?:is|are|'s) (?:full|taken|gone|booked|closed)|fully booked|booked (?:up|solid)|conflict)\b|\b(?:doesn't|don't|won't|isn't|can't|aren't|didn't)\b)/

/** The slots of the statement, and those it denies: «not Monday», «Monday doesn't work». */
export function sortOut(statement: Statement, text: string): [Slot[], Slot[]] {
  const denied = statement.slots.filter((slot, at) => isDenied(statement, slot, at, text))
  return [statement.slots.filter((slot) => !denied.includes(slot)), [...statement.busy, ...denied]]
}

function isDenied(statement: Statement, slot: Slot, at: number, text: string) {
  if (
    NEVER_DENIED.test(text) ||
    (/^(?:(?:is|isn't|can't|don't|couldn't|would|do|does|could|can|are)\b)/.test(text) && text.endsWith('?'))
  )
    return false
  const around = surroundings(statement, slot, at)
  return DENIED_BEFORE.test(around.before) || DENIED_AFTER.test(around.after)
}

function surroundings(statement: Statement, slot: Slot, at: number) {
  const text = statement.text
  const offset = statement.start
  const [from, to] = reachOf(slot)
  const previous = at > 0 ? reachOf(statement.slots[at - 1]!)[1] : offset
  const next = statement.slots[at + 1] ? reachOf(statement.slots[at + 1]!)[0] : offset + text.length
  const between = (start: number, end: number) =>
    plain(text.slice(Math.max(0, start - offset), Math.max(0, end - offset)))
  return { before: between(previous, from), after: between(to, next) }
}
