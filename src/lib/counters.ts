/** Counts of what happened since the process began, by the values of some labels. */
export interface Counter {
  readonly labels: readonly string[]
  add(...values: string[]): void
  all(): { values: string[]; count: number }[]
}

/** How long things took, by the values of some labels. */
export interface Histogram {
  readonly labels: readonly string[]
  /** Upper bounds in seconds. */
  readonly bounds: readonly number[]
  observe(seconds: number, ...values: string[]): void
  all(): HistogramRow[]
}

export interface HistogramRow {
  values: string[]
  /** One for each bound, and a last one for what lies beyond; not yet added up. */
  counts: number[]
  sum: number
}

/** A label whose values get out of hand must not fill the memory: what comes later is counted together. */
const MOST_ROWS = 2000
const REST = 'other'

export function createCounter(labels: readonly string[]): Counter {
  const rows = rowsOf(labels, () => ({ count: 0 }))
  return {
    labels,
    add: (...values) => {
      rows.of(values).count++
    },
    all: () => rows.all().map(({ values, row }) => ({ values, count: row.count })),
  }
}

export function createHistogram(labels: readonly string[], bounds: readonly number[]): Histogram {
  const rows = rowsOf(labels, () => ({ counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }))
  return {
    labels,
    bounds,
    observe(seconds, ...values) {
      const row = rows.of(values)
      let at = 0
      while (at < bounds.length && seconds > bounds[at]!) at++
      row.counts[at]!++
      row.sum += seconds
    },
    all: () => rows.all().map(({ values, row }) => ({ values, ...row })),
  }
}

function rowsOf<Row>(labels: readonly string[], make: () => Row) {
  const rows = new Map<string, { values: string[]; row: Row }>()

  function of(values: string[]): Row {
    const key = values.length === 1 ? values[0]! : values.join('\n')
    const found = rows.get(key)
    if (found) return found.row
    if (rows.size >= MOST_ROWS && values[0] !== REST) return of(labels.map(() => REST))
    const made = { values, row: make() }
    rows.set(key, made)
    return made.row
  }

  return { of, all: () => [...rows.values()] }
}
