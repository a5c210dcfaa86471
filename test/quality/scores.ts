import appointments from '../../plugins/appointment_scheduling.ts'
import competitors from '../../plugins/competitor_mentions_v1.ts'
import pii from '../../plugins/pii_v1.ts'
import sentiment from '../../plugins/sentiment_v1.ts'
import type { Call } from '../../src/plugin-host/contract.ts'
import { context } from '../support/calls.ts'
import type { Expected, LabelledCall } from './calls.ts'

/** One comparison: of a value, or of one thing that was to be found or was found. */
export interface Outcome {
  field: string
  call: string
  expected: string | null
  found: string | null
}

/** The kinds of personal data with goals; names and addresses have no labels. */
const SCORED_TYPES = ['email', 'phone', 'card', 'iban', 'ssn', 'date_of_birth']
/** A found span is the labelled one when they share this much of both. */
const SAME_SPAN = 0.6

type Compared = [field: string, expected: string | null, found: string | null]
type Scorer<T> = (call: Call, expected: T) => Promise<Compared[]>

/** Runs the labelled algorithms on a call and compares. */
export async function runCall({ name, call, expected }: LabelledCall): Promise<Outcome[]> {
  const compared = await Promise.all([
    expected.appointment_scheduling ? scoreAppointment(call, expected.appointment_scheduling) : [],
    expected.sentiment_v1 ? scoreSentiment(call, expected.sentiment_v1) : [],
    expected.competitor_mentions_v1 ? scoreCompetitors(call, expected.competitor_mentions_v1) : [],
    expected.pii_v1 ? scorePii(call, expected.pii_v1) : [],
  ])
  return compared.flat().map(([field, wanted, found]) => ({ field, call: name, expected: wanted, found }))
}

const scoreAppointment: Scorer<NonNullable<Expected['appointment_scheduling']>> = async (call, expected) => {
  const result = await appointments.analyze(call, appointments.variables.parse({}), context)
  const found: Record<string, string | null> = {
    ...result.patient,
    additional_spellings: null,
    ...result.appointment,
    status: result.status,
    answered_by: result.answered_by,
  }
  return Object.entries(expected).map(([field, value]) => [field, value, found[field] ?? null])
}

const scoreSentiment: Scorer<NonNullable<Expected['sentiment_v1']>> = async (call, expected) => {
  const { sentiment: found } = await sentiment.analyze(call, {}, context)
  return [['sentiment', expected.sentiment, found]]
}

const scoreCompetitors: Scorer<NonNullable<Expected['competitor_mentions_v1']>> = async (
  call,
  { counts },
) => {
  const variables = competitors.variables.parse({
    competitors: Object.keys(counts).map((name) => ({ name })),
  })
  const { competitors: found } = await competitors.analyze(call, variables, context)
  return Object.entries(counts).flatMap(([name, count]) => {
    const times = found.find((competitor) => competitor.name === name)?.count ?? 0
    return Array.from({ length: Math.max(count, times) }, (_, at) => {
      const compared: Compared = ['competitors', at < count ? name : null, at < times ? name : null]
      return compared
    })
  })
}

const scorePii: Scorer<NonNullable<Expected['pii_v1']>> = async (call, { entities: labels }) => {
  const { entities } = await pii.analyze(call, pii.variables.parse({}), context)
  const open = entities.filter(({ type }) => SCORED_TYPES.includes(type))
  const wanted = labels.flatMap(({ type, turn, text, optional }) => {
    const at = open.findIndex(
      (entity) => entity.type === type && entity.turn === turn && isSameSpan(entity.text, text),
    )
    const [entity] = at < 0 ? [] : open.splice(at, 1)
    const compared: Compared = [`pii ${type}`, `${turn}: ${text}`, entity ? `${turn}: ${text}` : null]
    return optional ? [] : [compared]
  })
  const spurious = open.map(({ type, turn, text }) => [`pii ${type}`, null, `${turn}: ${text}`] as Compared)
  return [...wanted, ...spurious]
}

function isSameSpan(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return long.toLowerCase().includes(short.toLowerCase()) && short.length >= SAME_SPAN * long.length
}

export function misses(outcomes: Outcome[]): string[] {
  return outcomes
    .filter(({ expected, found }) => expected !== found)
    .map(
      ({ field, call, expected, found }) => `${field.padEnd(18)} ${call.padEnd(36)} ${expected} ≠ ${found}`,
    )
    .sort()
}
