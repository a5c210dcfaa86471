import type { Turn } from '../../plugin-host/contract.ts'

export interface Annotation {
  field: string
  turn: number
  start: number
  end: number
}

/** The transcript as `Speaker: text` lines with an element of the field's name around each value. */
export function annotate(turns: readonly Turn[], annotations: readonly Annotation[]): string {
  return turns.map((turn) => `${turn.speaker}: ${annotateTurn(turn, annotations)}`).join('\n')
}

function annotateTurn(turn: Turn, annotations: readonly Annotation[]): string {
  const own = annotations.filter((one) => one.turn === turn.turn && one.end > one.start)
  let result = ''
  let place = 0
  for (const { field, start, end } of [...own].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < place) continue
    result += `${turn.text.slice(place, start)}<${field}>${turn.text.slice(start, end)}</${field}>`
    place = end
  }
  return result + turn.text.slice(place)
}
