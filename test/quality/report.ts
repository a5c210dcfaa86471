import type { Outcome } from './scores.ts'

export interface Score {
  field: string
  count: number
  precision: number
  recall: number
  f1: number
  accuracy: number
}

const COLUMNS = ['field', 'compared', 'precision', 'recall', 'F1', 'accuracy']
const WIDTH = 11

/** The table of all fields, with all kinds of personal data once more together. */
export function report(calls: number, outcomes: Outcome[]): string {
  const lines = [COLUMNS, ...scores(outcomes).map(cells)].map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(20) : cell.padStart(WIDTH))).join(''),
  )
  return [`${calls} labelled calls`, ...lines, ''].join('\n')
}

export function scores(outcomes: Outcome[]): Score[] {
  const pii = outcomes.filter(({ field }) => field.startsWith('pii '))
  const fields = Map.groupBy(
    [...outcomes, ...pii.map((one) => ({ ...one, field: 'pii' }))],
    ({ field }) => field,
  )
  return [...fields].map(([field, compared]) => score(field, compared))
}

function score(field: string, outcomes: Outcome[]): Score {
  const right = outcomes.filter(({ expected, found }) => expected === found)
  const hits = right.filter(({ expected }) => expected !== null).length
  const found = outcomes.filter((one) => one.found !== null).length
  const expected = outcomes.filter((one) => one.expected !== null).length
  const precision = share(hits, found)
  const recall = share(hits, expected)
  return {
    field,
    count: outcomes.length,
    precision,
    recall,
    f1: hits === 0 ? Number(found + expected === 0) : (2 * precision * recall) / (precision + recall),
    accuracy: share(right.length, outcomes.length),
  }
}

const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole)

function cells({ field, count, precision, recall, f1, accuracy }: Score): string[] {
  return [field, String(count), ...[precision, recall, f1, accuracy].map((figure) => figure.toFixed(3))]
}
