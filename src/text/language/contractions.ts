const DROPPED: [RegExp, string][] = [
  [/\b(do|does|did|is|are|was|were|would|could|should|have|has|had|ca|wo)nt\b/g, "$1n't"],
  [/\b(you|they)(re|ve|ll)\b/g, "$1'$2"],
  [/\b(we)(ve)\b/g, "$1'$2"],
  [/\b(i)(m|ve)\b/g, "$1'$2"],
  [/\b(that|what|let|there|here|she|he|it|who|name)s\b/g, "$1's"],
]

/** Lower case with straight apostrophes; those that recognisers drop come back where no other word is meant. */
export function plain(text: string): string {
  let result = text.toLowerCase().replaceAll('’', "'")
  for (const [dropped, whole] of DROPPED) result = result.replace(dropped, whole)
  return result
}
