import {
  ABOUT_OFFER,
  AGREES,
  CHECKING,
  CONFIRMS,
  DEFERS,
  NOT_CONFIRMS,
  OFFERS,
  UNAVAILABLE,
} from './booking-phrases.ts'
import {
  clean,
  isEmpty,
  isOld,
  isRefinement,
  keepOld,
  refuse,
  settle,
  type Talk,
  withFocus,
} from './booking-talk.ts'
import { sortOut } from './denials.ts'
import type { Slot, Statement } from './slots.ts'

export function hearAgent(talk: Talk, statement: Statement, before: Statement | undefined) {
  const text = statement.plain
  const [slots, refused] = sortOut(statement, text)
  const defers = DEFERS.test(text) && !ON_THE_WAY.test(text) && !slots.some((slot) => slot.time)
  if (defers) talk.deferred = statement.turn
  if (defers && slots.length > 0 && !OFFERS.test(text) && !CONFIRMS.test(text)) return
  const goesOn = talk.onOffer && talk.offerTurn === statement.turn
  talk.onOffer = slots.length > 0 || ABOUT_OFFER.test(text) || goesOn
  if (slots.length > 0 && OFFERS.test(text)) talk.offered = true
  if (slots.length > 0) talk.offerTurn = statement.turn
  else if (talk.onOffer && talk.offerTurn !== null && statement.turn - talk.offerTurn <= 2)
    talk.offerTurn = statement.turn
  if (isOld(talk, statement, text)) return keepOld(talk, slots)
  const confirms = CONFIRMS.test(text) && !NOT_CONFIRMS.test(text)
  if (confirms && refused.length === 0) return confirm(talk, slots, statement)
  if (UNAVAILABLE.test(text) && !(refused.length > 0 && slots.length > 0))
    return turnDown(talk, slots, refused)
  for (const slot of refused) refuse(talk, slot)
  if (slots.length > 0 && !isHours(text)) return offer(talk, slots, statement, text)
  if (before?.role !== 'agent' || before.turn === statement.turn) agree(talk, statement, text)
}

/** A call before the visit puts nothing off. */
const ON_THE_WAY =
  /\b(?:on (?:his|her|their|the|my|our) way|before (?:he|she|they|we|i)(?:'s|'re)? (?:head|come|go|leav|arriv)\w*|(?:half an|an) hour (?:before|ahead))\b/

/** «We're open from nine to five» is no offer. */
const isHours = (text: string) =>
  /\b(?:we(?:'re| are)|office is|shop is|store is|hours are|our hours) (?:\w+ )?(?:open|closed?|nine|eight|from|\d)|\bbusiness hours\b|\b(?:through|thru) (?:fri|sat|sun|thurs)/.test(
    text,
  )

function confirm(talk: Talk, slots: Slot[], statement: Statement) {
  const leaves = talk.intent.change !== null && /\bfrom\b/.test(statement.plain)
  const whole = Object.assign({}, ...(leaves ? slots : slots.toReversed()).map(clean)) as Slot
  const accepted = talk.offeredBy === 'agent' && talk.offers.length === 1 ? talk.offers[0]! : {}
  settle(talk, slots.length > 0 ? withFocus(talk, whole) : isEmpty(talk.current) ? accepted : {})
  talk.confirmed = statement.turn
  talk.deferred = null
  talk.offers = []
}

/** Slots beside «fully booked» are refused unless they come after «until» or «but». */
function turnDown(talk: Talk, slots: Slot[], refused: Slot[]) {
  for (const slot of [...refused, ...slots]) refuse(talk, slot)
  if (slots.length + refused.length === 0 && talk.offeredBy === 'customer') refuse(talk, talk.current)
  talk.agreed = null
}

function offer(talk: Talk, slots: Slot[], statement: Statement, text: string) {
  const whole = slots.map((slot) => withFocus(talk, slot))
  const fits =
    (talk.offeredBy === 'customer' || talk.agreed !== null) &&
    slots.length === 1 &&
    isRefinement(talk.current, slots[0]!)
  const open =
    /\?\s*$/.test(statement.text) ||
    /\b(?:would|how about|what about|does|do you|i have|we have|or)\b/.test(text)
  if (fits && !open) {
    settle(talk, whole[0]!)
    talk.agreed = statement.turn
    if (talk.current.date && talk.current.time) talk.offered = true
    return
  }
  if (fits && AGREES.test(text)) talk.agreed = statement.turn
  const sameTurn =
    talk.offeredBy === 'agent' &&
    talk.offers.some((one) => (one.dateAt ?? one.timeAt)?.turn === statement.turn)
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

function agree(talk: Talk, statement: Statement, text: string) {
  if (talk.offeredBy !== 'customer' || isEmpty(talk.current)) return
  if (AGREES.test(text) && !CHECKING.test(text) && !DEFERS.test(text)) talk.agreed = statement.turn
  if (CHECKING.test(text)) talk.agreed = null
}
