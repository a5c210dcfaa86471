/** The query's values by name; a repeated name gives a list. Escapes that mean nothing are taken literally. */
export function readQuery(url: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null)
  const start = url.indexOf('?')
  if (start === -1) return values
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const before = values[name]
    values[name] = before === undefined ? value : [before, value].flat()
  }
  return values
}
