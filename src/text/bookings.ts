import type { Call } from '../plugin-host/contract.ts'
import {
  ABOUT_OFFER,
  ACCEPTS,
  AGREES,
  CHECKING,
  CONFIRMS,
  DEFERS,
  FIRST_CHOICE,
  LAST_CHOICE,
  NOT_CANCEL,
  NOT_CONFIRMS,
  REFUSES,
  REFUSES_TIME,
  STANDS,
  UNAVAILABLE,
  WANTS,
  WANTS_CANCEL,
  WANTS_CHANGE,
} from './booking-phrases.ts'
import { plain } from './contractions.ts'
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

interface Intent {
  wants: number | null
  change: number | null
  cancel: number | null
}

interface Talk {
  intent: Intent
  /** What both sides have come to, or the caller's wish as long as nobody objects. */
  current: Slot
  offers: Slot[]
  offeredBy: 'agent' | 'customer' | null
  /** An appointment from before the call. */
  old: Slot
  /** The day the talk is about, for times said without one. */
  focus: Slot
  agreed: number | null
  confirmed: number | null
  deferred: number | null
  /** The last thing the business said was about the time offered. */
  onOffer: boolean
}

/** Follows the talk about an appointment: wishes, offers, refusals, corrections; what was settled last counts. */
export function followBooking(call: Call, options: SlotOptions): Booking {
  const said = statements(call.turns, options)
  const talk = begin(intentOf(said))
  for (const [at, statement] of said.entries()) {
    if (statement.role === 'agent') hearAgent(talk, statement, said[at - 1])
    else hearCustomer(talk, statement)
  }
  return conclude(talk)
}

const begin = (intent: Intent): Talk => ({
  intent,
  current: {},
  offers: [],
  offeredBy: null,
  old: {},
  focus: {},
  agreed: null,
  confirmed: null,
  deferred: null,
  onOffer: false,
})

const lower = (statement: Statement) => plain(statement.text).trim()

function intentOf(said: Statement[]): Intent {
  const first = (test: (text: string, statement: Statement) => boolean) =>
    said.find((statement) => test(lower(statement), statement))?.turn ?? null
  const customers = (statement: Statement) => statement.role !== 'agent'
  return {
    wants: first((text) => WANTS.test(text) || WANTS_CHANGE.test(text)),
    change: first((text, one) => customers(one) && WANTS_CHANGE.test(text)),
    cancel: first((text, one) => customers(one) && WANTS_CANCEL.test(text) && !NOT_CANCEL.test(text)),
  }
}

function hearCustomer(talk: Talk, statement: Statement) {
  const text = lower(statement)
  const [slots, refused] = sortOut(statement, text)
  for (const slot of refused) refuse(talk, slot)
  if (isOld(talk, statement, text)) return keepOld(talk, slots)
  const wanted = changeTarget(talk, text, slots)
  if (wanted.length > 0) return propose(talk, wanted, statement, text)
  if (refused.length > 0) return
  if (REFUSES.test(text) && (talk.onOffer || !/^\W*(?:no|nope|nah)\b/.test(text))) return refuseOffers(talk, text)
  if (DEFERS.test(text)) talk.deferred = statement.turn
  acceptOffer(talk, statement, text)
}

/** «From Tuesday to Thursday»: the last one is the wish. */
function changeTarget(talk: Talk, text: string, slots: Slot[]): Slot[] {
  if (talk.intent.change === null || slots.length < 2 || !/\bfrom\b/.test(text)) return slots
  keepOld(talk, slots.slice(0, 1))
  return slots.slice(1)
}

function propose(talk: Talk, slots: Slot[], statement: Statement, text: string) {
  const chosen = slots.map((slot) => talk.offeredBy === 'agent' && matchOffer(talk, slot)).find((offer) => offer)
  if (chosen) {
    settle(talk, { ...chosen, ...clean(slots[0]!) })
    talk.agreed = statement.turn
    talk.offers = []
    return
  }
  settle(talk, withFocus(talk, slots[0]!))
  talk.offers = slots.map((slot) => withFocus(talk, slot))
  talk.offeredBy = 'customer'
  if (!/^(?:yes|yeah|yep|correct|right|perfect|great|ok|okay|thanks|thank you)\b/.test(text)) {
    talk.agreed = null
    talk.confirmed = null
  }
}

function matchOffer(talk: Talk, slot: Slot): Slot | undefined {
  return talk.offers.find((offer) => {
    const [sameDate, sameTime] = [slot.date === offer.date, slot.time === offer.time]
    if (slot.date && slot.time) return sameDate && sameTime
    return slot.date ? sameDate : sameTime
  })
}

const clean = (slot: Slot): Slot => Object.fromEntries(Object.entries(slot).filter(([, value]) => value !== undefined))

function acceptOffer(talk: Talk, statement: Statement, text: string) {
  if (talk.offeredBy !== 'agent' || talk.offers.length === 0) return
  const offer = choose(talk.offers, text)
  if (/\?\s*$/.test(text) && !ACCEPTS.test(text)) return
  settle(talk, offer)
  if (ACCEPTS.test(text)) {
    talk.agreed = statement.turn
    talk.offers = []
  }
}

function choose(offers: Slot[], text: string): Slot {
  if (offers.length > 1 && LAST_CHOICE.test(text)) return offers.at(-1)!
  if (offers.length > 1 && FIRST_CHOICE.test(text)) return offers[0]!
  return offers[0]!
}

function refuseOffers(talk: Talk, text: string) {
  if (talk.offeredBy !== 'agent' || talk.offers.length === 0) return
  for (const offer of talk.offers) {
    const keepsDay = REFUSES_TIME.test(text)
    refuse(talk, keepsDay ? { time: offer.time, timeAt: offer.timeAt } : offer)
    if (keepsDay && offer.date) talk.focus = { date: offer.date, dateAt: offer.dateAt }
  }
  talk.offers = []
}

function hearAgent(talk: Talk, statement: Statement, before: Statement | undefined) {
  const text = lower(statement)
  const [slots, refused] = sortOut(statement, text)
  if (DEFERS.test(text)) talk.deferred = statement.turn
  talk.onOffer = slots.length > 0 || ABOUT_OFFER.test(text)
  if (isOld(talk, statement, text)) return keepOld(talk, slots)
  const confirms = CONFIRMS.test(text) && !NOT_CONFIRMS.test(text)
  if (confirms && refused.length === 0) return confirm(talk, slots, statement)
  if (UNAVAILABLE.test(text)) return turnDown(talk, slots, refused)
  for (const slot of refused) refuse(talk, slot)
  if (slots.length > 0 && !isHours(text)) return offer(talk, slots, statement, text)
  if (before?.role !== 'agent' || before.turn === statement.turn) agree(talk, statement, text)
}

/** «We're open from nine to five» is no offer. */
const isHours = (text: string) => /\b(?:we(?:'re| are)|office is|shop is|store is|hours are|our hours) (?:\w+ )?(?:open|closed?|nine|eight|from|\d)|\bbusiness hours\b|\b(?:through|thru) (?:fri|sat|sun|thurs)/.test(text)

function confirm(talk: Talk, slots: Slot[], statement: Statement) {
  const whole = Object.assign({}, ...slots.map(clean)) as Slot
  const accepted = talk.offeredBy === 'agent' && talk.offers.length === 1 ? talk.offers[0]! : {}
  settle(talk, slots.length > 0 ? withFocus(talk, whole) : isEmpty(talk.current) ? accepted : {})
  talk.confirmed = statement.turn
  talk.deferred = null
  talk.offers = []
}

const isEmpty = (slot: Slot) => !slot.date && !slot.time

/** Slots beside «fully booked» are refused unless they come after «until» or «but». */
function turnDown(talk: Talk, slots: Slot[], refused: Slot[]) {
  for (const slot of [...refused, ...slots]) refuse(talk, slot)
  if (slots.length + refused.length === 0 && talk.offeredBy === 'customer') refuse(talk, talk.current)
  talk.agreed = null
}

function offer(talk: Talk, slots: Slot[], statement: Statement, text: string) {
  const whole = slots.map((slot) => withFocus(talk, slot))
  const fits = (talk.offeredBy === 'customer' || talk.agreed !== null) && slots.length === 1 && isRefinement(talk.current, slots[0]!)
  const open = /\?\s*$/.test(statement.text) || /\b(?:would|how about|what about|does|do you|i have|we have|or)\b/.test(text)
  if (fits && !open) {
    settle(talk, whole[0]!)
    talk.agreed = statement.turn
    return
  }
  if (fits && AGREES.test(text)) talk.agreed = statement.turn
  const sameTurn = talk.offeredBy === 'agent' && talk.offers.some((one) => (one.dateAt ?? one.timeAt)?.turn === statement.turn)
  talk.offers = sameTurn ? joinOffers(talk.offers, whole) : whole
  talk.offeredBy = 'agent'
  const last = whole.at(-1)!
  if (last.date) talk.focus = { date: last.date, dateAt: last.dateAt }
}

/** «I have Tuesday. Ten or two thirty.»: a time that follows completes the day before it. */
function joinOffers(before: Slot[], slots: Slot[]): Slot[] {
  const only = before.length === 1 && before[0]!.date && !before[0]!.time ? before[0]! : undefined
  const completes = only && slots.every((slot) => slot.time && (!slot.date || slot.date === only.date))
  return completes ? slots.map((slot) => ({ ...only, ...clean(slot) })) : [...before, ...slots]
}

const isRefinement = (current: Slot, slot: Slot) =>
  (!slot.date || !current.date || slot.date === current.date) && (!slot.time || !current.time || slot.time === current.time)

function agree(talk: Talk, statement: Statement, text: string) {
  if (talk.offeredBy !== 'customer' || isEmpty(talk.current)) return
  if (AGREES.test(text) && !CHECKING.test(text) && !DEFERS.test(text)) talk.agreed = statement.turn
  if (CHECKING.test(text)) talk.agreed = null
}

function settle(talk: Talk, slot: Slot) {
  talk.current = { ...talk.current, ...clean(slot) }
  if (slot.date) talk.focus = { date: slot.date, dateAt: slot.dateAt }
}

const withFocus = (talk: Talk, slot: Slot): Slot => (slot.date || !slot.time ? slot : { ...talk.focus, ...clean(slot) })

function refuse(talk: Talk, slot: Slot) {
  const { current } = talk
  if (slot.date && slot.time && !(current.date === slot.date && current.time === slot.time)) {
    talk.offers = talk.offers.filter((one) => one.date !== slot.date || one.time !== slot.time)
    return
  }
  if (slot.time && current.time === slot.time) talk.current = { date: talk.current.date, dateAt: talk.current.dateAt }
  if (slot.date && current.date === slot.date) talk.current = { time: slot.time ? undefined : talk.current.time, timeAt: talk.current.timeAt }
  if (slot.date && talk.focus.date === slot.date && !slot.time) talk.focus = {}
  talk.offers = talk.offers.filter((one) => (slot.date ? one.date !== slot.date : one.time !== slot.time))
}

const DENIED_BEFORE = /(?:\b(?:not|cannot|no|nothing|instead of|rather than|except|other than|unable|busy|closed|neither|nor)\b|n't\b)(?!.*\b(?:until|till|before|sooner than|earlier than|worry|problem)\b)/
const NEVER_DENIED = /\b(?:why don't|don't worry|no problem|not sure|can't wait|if not|don't forget|not only|no worries|wouldn't mind|don't mind)\b/
const DENIED_AFTER =
  /^(?:[^,]{0,30}?)(?:\b(?:is not|not (?:work|good|available|going|open)|cannot|no good|too (?:early|late)|(?:is|are|'s) (?:full|taken|gone|booked|closed)|fully booked|booked (?:up|solid)|conflict)\b|\b(?:doesn't|don't|won't|isn't|can't|aren't|didn't)\b)/

/** The slots of the statement, and those it denies: «not Monday», «Monday doesn't work». */
function sortOut(statement: Statement, text: string): [Slot[], Slot[]] {
  if (statement.slots.length === 0) return [[], []]
  const denied = statement.slots.filter((slot, at) => isDenied(statement, slot, at, text))
  return [statement.slots.filter((slot) => !denied.includes(slot)), denied]
}

function isDenied(statement: Statement, slot: Slot, at: number, text: string) {
  if (NEVER_DENIED.test(text) || (/^(?:(?:is|isn't|can't|don't|couldn't|would|do|does|could|can|are)\b)/.test(text) && text.endsWith('?'))) return false
  const around = surroundings(statement, slot, at)
  return DENIED_BEFORE.test(around.before) || DENIED_AFTER.test(around.after)
}

function surroundings(statement: Statement, slot: Slot, at: number) {
  const text = statement.text
  const offset = statement.start
  const [from, to] = reach(slot)
  const previous = at > 0 ? reach(statement.slots[at - 1]!)[1] : offset
  const next = statement.slots[at + 1] ? reach(statement.slots[at + 1]!)[0] : offset + text.length
  const between = (start: number, end: number) => plain(text.slice(Math.max(0, start - offset), Math.max(0, end - offset)))
  return { before: between(previous, from), after: between(to, next) }
}

const reach = (slot: Slot): [number, number] => {
  const places = [slot.dateAt, slot.timeAt].filter((place) => place !== undefined)
  return [Math.min(...places.map((place) => place.start)), Math.max(...places.map((place) => place.end))]
}

function isOld(talk: Talk, statement: Statement, text: string) {
  if (talk.intent.change === null && talk.intent.cancel === null) return false
  if (statement.slots.length === 0 || !isEmpty(talk.current) || talk.offers.length > 0) return false
  if (talk.intent.change === null) return true
  return STANDS.test(text) && !/\b(?:to|for) (?:next|this)? ?\w+ instead\b/.test(text) && !WANTS_TO.test(text)
}

/** «Move my appointment to Friday» names the new day. */
const WANTS_TO = /\b(?:move|change|push|switch|reschedule|bump|shift)\b.{0,40}\b(?:to|for|until)\b/

function keepOld(talk: Talk, slots: Slot[]) {
  talk.old = Object.assign({ ...talk.old }, ...slots.map(clean)) as Slot
}

function conclude(talk: Talk): Booking {
  const { intent, current } = talk
  const settled = talk.confirmed ?? talk.agreed
  const known = !isEmpty(current)
  const holds = settled !== null && !(talk.deferred !== null && talk.deferred >= settled && talk.confirmed === null)
  if (intent.cancel !== null && !(known && holds)) return result('cancelled', talk, known && isEmpty(talk.old) ? current : talk.old, intent.cancel)
  if (intent.change !== null || intent.cancel !== null) return result(holds && known ? 'rescheduled' : 'requested', talk, current, settled ?? intent.change)
  if (holds && (known || intent.wants !== null)) return result(known || talk.confirmed !== null ? 'booked' : 'requested', talk, current, settled)
  if (intent.wants !== null) return result('requested', talk, current, intent.wants)
  return result('none', talk, {}, null)
}

const result = (status: BookingStatus, talk: Talk, slot: Slot, turn: number | null): Booking => ({
  ...clean(slot),
  status,
  turn,
  confirmed: talk.confirmed !== null,
})


