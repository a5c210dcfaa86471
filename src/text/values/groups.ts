/** One dictated group with its place. */
export interface Item {
  characters: string
  turn: number
  /** Position in the given turns. */
  index: number
  start: number
  end: number
}

export interface Stretch {
  turn: number
  start: number
  end: number
}

/** The stretches of the items, one for each turn they lie in; an opening bracket or a plus belongs to them. */
export function spansOf(items: Item[]): Stretch[] {
  const spans: Stretch[] = []
  for (const item of items) {
    const last = spans.at(-1)
    if (last?.turn === item.turn) last.end = item.end
    else spans.push({ turn: item.turn, start: item.start, end: item.end })
  }
  return spans
}

export const charactersOf = (items: Item[]) => items.map((item) => item.characters).join('')

/** The groups of neighbouring items that `accepts` takes, the longest first from each place, none overlapping. */
export function windows(
  items: Item[],
  longest: number,
  accepts: (characters: string, part: Item[]) => boolean,
): Item[][] {
  const found: Item[][] = []
  for (let from = 0; from < items.length; ) {
    const part = windowAt(items, from, longest, accepts)
    if (part) found.push(part)
    from += part?.length ?? 1
  }
  return found
}

function windowAt(
  items: Item[],
  from: number,
  longest: number,
  accepts: (characters: string, part: Item[]) => boolean,
) {
  let best: Item[] | undefined
  let characters = ''
  for (let to = from; to < items.length && characters.length < longest; to++) {
    characters += items[to]!.characters
    const part = items.slice(from, to + 1)
    if (characters.length <= longest && accepts(characters, part)) best = part
  }
  return best
}
