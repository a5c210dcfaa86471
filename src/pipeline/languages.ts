const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const TAG = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$/i

let byName: Map<string, string> | undefined

/** Recognisers answer with a tag or, as Whisper's servers do, with the English name; null when it is neither. */
export function languageTag(given: string | undefined): string | null {
  if (!given) return null
  if (TAG.test(given)) return given
  byName ??= tagsByName()
  return byName.get(given.trim().toLowerCase()) ?? null
}

function tagsByName(): Map<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
  const tags = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second))
  return new Map(tags.map((tag) => [names.of(tag)?.toLowerCase() ?? tag, tag]))
}
