/**
 * Remembers what was read from the turns of a call: several algorithms ask for the same names, numbers and dates,
 * one after the other. Further arguments are part of the question; the memory goes with the call.
 */
export function onceFor<
  Turns extends object,
  Rest extends (string | number | boolean | null | undefined)[],
  Result,
>(read: (turns: Turns, ...rest: Rest) => Result): (turns: Turns, ...rest: Rest) => Result {
  const known = new WeakMap<Turns, Map<string, Result>>()
  return (turns, ...rest) => {
    const answers = known.get(turns) ?? new Map<string, Result>()
    known.set(turns, answers)
    const question = rest.join('|')
    if (!answers.has(question)) answers.set(question, read(turns, ...rest))
    return answers.get(question)!
  }
}
