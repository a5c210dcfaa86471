import type { Call } from '../../plugin-host/contract.ts'
import { hearAgent } from './agent-moves.ts'
import {
  ASKS_CHANGE,
  CANCELS_CONTRACT,
  DUES,
  NOT_CANCEL,
  WANTS,
  WANTS_CANCEL,
  WANTS_CHANGE,
} from './booking-phrases.ts'
import { begin, clean, type Intent, isEmpty, type Talk } from './booking-talk.ts'
import { hearCustomer } from './customer-moves.ts'
import { type Slot, type SlotOptions, type Statement, statements } from './slots.ts'

export const bookingStatuses = ['booked', 'requested', 'rescheduled', 'cancelled', 'none'] as const

export type BookingStatus = (typeof bookingStatuses)[number]

export interface Booking extends Slot {
  status: BookingStatus
  /** The turn that settled it, or the one that asked for it. */
  turn: number | null
  /** True when the business said in so many words that it is settled. */
  confirmed: boolean
}

/** Follows the talk about an appointment: wishes, offers, refusals, corrections; what was settled last counts. */
export function followBooking(call: Call, options: SlotOptions): Booking {
  const said = statements(call.turns, options)
  const talk = begin(intentOf(said))
  for (const [at, statement] of said.entries()) {
    if (statement.role === 'agent') hearAgent(talk, statement, said[at - 1])
    else hearCustomer(talk, statement)
  }
  return conclude(
    talk,
    said.some(({ plain }) => DUES.test(plain)),
  )
}

function intentOf(said: Statement[]): Intent {
  const first = (test: (text: string, statement: Statement) => boolean) =>
    said.find((statement) => test(statement.plain, statement))?.turn ?? null
  const contract = said.some(({ plain }) => CANCELS_CONTRACT.test(plain))
  const customers = (statement: Statement) => statement.role !== 'agent'
  return {
    wants: first((text, one) => customers(one) && (WANTS.test(text) || WANTS_CHANGE.test(text))),
    raised: first((text, one) => !customers(one) && WANTS.test(text)),
    change: first((text, one) => (customers(one) ? WANTS_CHANGE : ASKS_CHANGE).test(text)),
    cancel: first(
      (text, one) => customers(one) && !contract && WANTS_CANCEL.test(text) && !NOT_CANCEL.test(text),
    ),
  }
}

function conclude(talk: Talk, dues: boolean): Booking {
  const { intent, current } = talk
  const settled = talk.confirmed ?? talk.agreed
  const known = !isEmpty(current)
  if (isBesideThePoint(talk, dues) || (talk.declined !== null && settled === null && intent.cancel === null))
    return result('none', talk, {}, null)
  const holds =
    settled !== null && !(talk.deferred !== null && talk.deferred >= settled && talk.confirmed === null)
  if (intent.cancel !== null && !(known && holds))
    return result('cancelled', talk, known && isEmpty(talk.old) ? current : talk.old, intent.cancel)
  if (intent.change !== null || intent.cancel !== null)
    return result(holds && known ? 'rescheduled' : 'requested', talk, current, settled ?? intent.change)
  if (holds && (known || intent.wants !== null || intent.raised !== null))
    return result(known || talk.confirmed !== null ? 'booked' : 'requested', talk, current, settled)
  const wish = intent.wants ?? (known ? intent.raised : null)
  if (wish !== null) return result('requested', talk, current, wish)
  return result('none', talk, {}, null)
}

/** Dates were named, but nobody spoke of coming together. */
const isBesideThePoint = ({ intent, agreed, confirmed, current, offered }: Talk, dues: boolean) =>
  intent.wants === null &&
  intent.raised === null &&
  intent.change === null &&
  intent.cancel === null &&
  (confirmed === null || dues || !current.date || !current.time) &&
  (!offered || dues || (agreed ?? confirmed) === null || isEmpty(current))

const result = (status: BookingStatus, talk: Talk, slot: Slot, turn: number | null): Booking => ({
  ...clean(slot),
  status,
  turn,
  confirmed: talk.confirmed !== null,
})
