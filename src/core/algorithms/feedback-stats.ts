import type { Queryable } from '../../db/db.ts'
import { DAY } from '../../lib/clock.ts'
import type { Actor } from '../tenancy/actors.ts'
import { type FeedbackFilter, type ReviewedField, type Verdict, verdicts } from './feedback.sql.ts'
import { feedbackSlices } from './feedback-slices.ts'

export interface FeedbackStats {
  reviewedRuns: number
  /** Share of the judged fields that were correct; null without any. */
  accuracy: number | null
  fields: Map<string, FieldStats>
  byVersion: ({ version: string | null; revision: number } & Score)[]
  /** `week` is the date of its Monday, UTC. */
  byWeek: ({ week: string } & Score)[]
}

export interface Score {
  reviewedRuns: number
  accuracy: number | null
}

export interface FieldStats extends Record<Verdict, number> {
  reviewed: number
  accuracy: number | null
  /** The most frequent ones first. */
  confusions: Confusion[]
}

export interface Confusion {
  predicted: unknown
  corrected: unknown
  count: number
}

const SHOWN_CONFUSIONS = 20
/** Free text is no class that could be confused with another one. */
const LONGEST_CLASS = 200
/** Of one field: what comes after them is counted only where it repeats one of these. */
const MAX_PAIRS = 2000
/** The first day of the epoch was a Thursday. */
const MONDAY_SHIFT = 3
const DAYS_OF_WEEK = 7

/** How right an algorithm was in the eyes of its reviewers. Only what counts now is judged, each run counts once. */
export async function feedbackStats(
  db: Queryable,
  actor: Actor,
  filter: FeedbackFilter & { algorithmId: string; workspaceId?: number },
): Promise<FeedbackStats> {
  const whole = newTally()
  const fields = new Map<string, FieldTally>()
  const versions = new Map<string, Tally & { version: string | null; revision: number }>()
  const weeks = new Map<string, Tally & { week: string }>()
  // Also the superseded ones: it may be the first feedback about its run that has been superseded.
  for await (const rows of feedbackSlices(db, actor, { ...filter, all: true }))
    for (const [at, row] of rows.entries()) {
      const { version, revision } = row
      const week = mondayOf(row.createdAt)
      const key = `${revision} ${version}`
      const tallies = [
        whole,
        obtain(versions, key, () => ({ ...newTally(), version, revision })),
        obtain(weeks, week, () => ({ ...newTally(), week })),
      ]
      if (row.isFirst === 1 && rows[at - 1]?.feedbackId !== row.feedbackId)
        for (const tally of tallies) tally.runs++
      if (row.supersededBy !== null) continue
      for (const tally of tallies) judge(tally, row.verdict)
      count(obtain(fields, row.fieldGroup, newField), row)
    }
  return {
    ...scoreOf(whole),
    fields: new Map([...fields].sort(byName).map(([name, tally]) => [name, statsOf(tally)])),
    byVersion: [...versions.values()].map((each) => ({
      version: each.version,
      revision: each.revision,
      ...scoreOf(each),
    })),
    byWeek: [...weeks.values()]
      .map((each) => ({ week: each.week, ...scoreOf(each) }))
      .sort((one, other) => (one.week < other.week ? -1 : 1)),
  }
}

interface Tally {
  runs: number
  reviewed: number
  correct: number
}

interface FieldTally extends Record<Verdict, number> {
  pairs: Map<string, Confusion>
}

const newTally = (): Tally => ({ runs: 0, reviewed: 0, correct: 0 })

const newField = (): FieldTally => ({
  ...(Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>),
  pairs: new Map(),
})

function judge(tally: Tally, verdict: Verdict) {
  tally.reviewed++
  if (verdict === 'correct') tally.correct++
}

function count(field: FieldTally, { verdict, predicted, corrected }: ReviewedField) {
  field[verdict]++
  if (verdict === 'correct' || (corrected === null && verdict !== 'spurious')) return
  if ((predicted?.length ?? 0) > LONGEST_CLASS || (corrected?.length ?? 0) > LONGEST_CLASS) return
  const key = `${predicted} ${corrected}`
  const known = field.pairs.get(key)
  if (known) known.count++
  else if (field.pairs.size < MAX_PAIRS)
    field.pairs.set(key, { predicted: parsed(predicted), corrected: parsed(corrected), count: 1 })
}

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json))

function statsOf({ pairs, ...counts }: FieldTally): FieldStats {
  const reviewed = verdicts.reduce((sum, verdict) => sum + counts[verdict], 0)
  const confusions = [...pairs.values()].sort((one, other) => other.count - one.count)
  return {
    reviewed,
    ...counts,
    accuracy: ratio(counts.correct, reviewed),
    confusions: confusions.slice(0, SHOWN_CONFUSIONS),
  }
}

const scoreOf = ({ runs, reviewed, correct }: Tally): Score => ({
  reviewedRuns: runs,
  accuracy: ratio(correct, reviewed),
})

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)

const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1)

function mondayOf(time: number): string {
  const day = Math.floor(time / DAY)
  return new Date((day - ((day + MONDAY_SHIFT) % DAYS_OF_WEEK)) * DAY).toISOString().slice(0, 10)
}

function obtain<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
