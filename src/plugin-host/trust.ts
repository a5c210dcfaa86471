import type { CatalogueEntry, Failure } from './messages.ts'

const SUCCESSES_NEEDED = 20
const PATIENCE_ENDS_AT = 3
const STALLS_ALLOWED = 2

interface Record {
  fingerprint: string
  successes: number
  stalls: number
  /** In a row. */
  faults: number
  last: Failure | null
}

/** Remembers which plugins hung, crashed or held others up: they work apart until they have proven themselves. */
export function createTrust(fingerprintOf: (entry: CatalogueEntry) => string) {
  const records = new Map<string, Record>()

  function recordOf(entry: CatalogueEntry): Record {
    const fingerprint = fingerprintOf(entry)
    const known = records.get(entry.id)
    if (known?.fingerprint === fingerprint) return known
    const fresh = { fingerprint, successes: 0, stalls: 0, faults: 0, last: null }
    records.set(entry.id, fresh)
    return fresh
  }

  function noteFault(entry: CatalogueEntry, failure: Failure) {
    const record = recordOf(entry)
    record.successes = 0
    record.faults++
    record.last = failure
  }

  /** Once may be the machine's fault: everything is slow when it has other things to do. */
  function noteStall(entry: CatalogueEntry) {
    const record = recordOf(entry)
    record.successes = 0
    record.stalls++
  }

  function noteSuccess(entry: CatalogueEntry) {
    const record = records.get(entry.id)
    if (!record) return
    record.faults = 0
    if (++record.successes >= SUCCESSES_NEEDED) records.delete(entry.id)
  }

  /** A changed file starts anew. */
  function isOnProbation(entry: CatalogueEntry): boolean {
    if (records.size === 0) return false
    const record = records.get(entry.id)
    if (record?.fingerprint !== fingerprintOf(entry)) return false
    return record.last !== null || record.stalls >= STALLS_ALLOWED
  }

  const findLastFault = (entry: CatalogueEntry): Failure | null => records.get(entry.id)?.last ?? null

  /** It has failed so often in a row that further runs should not be kept waiting for it. */
  const isHopeless = (id: string) => (records.get(id)?.faults ?? 0) >= PATIENCE_ENDS_AT

  return { noteFault, noteStall, noteSuccess, isOnProbation, findLastFault, isHopeless }
}

export type Trust = ReturnType<typeof createTrust>
