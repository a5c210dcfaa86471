import type { Turn } from '../../plugin-host/contract.ts'

/** A value with the place it was read from. */
export interface Finding {
  value: string
  turn: number
  start: number
  end: number
}

const LEADING =
  /^(?:(?:yes|yeah|yep|yup|sure|okay|ok|oh|um|uh|er|hmm|well|so|of course|actually|just|basically|you know|like|it's|its|it is|that's|that is|that would be|it was|it would be|i think|i guess|i believe|hi|hello|no problem|absolutely|please|thanks|thank you|right|let me see|let's see|and|for|it's for|through|from|on|by)\b[\s,.:;!-]*)+/i

/** The answer that the next speaker gives to a question, without the words that only lead up to it. */
export function answersTo(turns: Turn[], question: RegExp): Finding[] {
  return turns.flatMap((turn, index) => {
    const asked = turn.role !== 'customer' && question.test(turn.text)
    const reply = asked
      ? turns.slice(index + 1, index + 3).find((next) => next.speaker !== turn.speaker)
      : undefined
    const answer = reply && firstThought(reply.text)
    return reply && answer ? [{ ...answer, turn: reply.turn }] : []
  })
}

function firstThought(text: string): Omit<Finding, 'turn'> | undefined {
  const lead = LEADING.exec(text)?.[0].length ?? 0
  const rest = text.slice(lead)
  const stop = /[.?!;](?=\s|$)|\s+(?:and (?:i|my|can|could|what|do|is)|but|so i|because)\b/i.exec(rest)
  const value = (stop ? rest.slice(0, stop.index) : rest).replace(/[\s,.!?;]+$/, '')
  return value ? { value, start: lead, end: lead + value.length } : undefined
}

/** The first group of the first pattern that is found in what the given side said. */
export function firstSaid(turns: Turn[], patterns: RegExp[], role?: Turn['role']): Finding | undefined {
  for (const pattern of patterns) {
    for (const turn of turns) {
      if (role && turn.role !== role && turn.role !== 'other') continue
      const match = pattern.exec(turn.text)
      const value = match?.[1]?.replace(/[\s,.!?;]+$/, '')
      if (!match || !value) continue
      const start = match.index + match[0].indexOf(match[1]!)
      return { value, turn: turn.turn, start, end: start + value.length }
    }
  }
  return undefined
}
