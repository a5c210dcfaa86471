import {
  ACCEPTS,
  DECLINES,
  DEFERS,
  FIRST_CHOICE,
  LAST_CHOICE,
  REFUSES,
  REFUSES_TIME,
  TAKES,
} from './booking-phrases.ts'
import { clean, isOld, keepOld, matchOffer, refuse, settle, type Talk, withFocus } from './booking-talk.ts'
import { sortOut } from './denials.ts'
import type { Slot, Statement } from './slots.ts'

export function hearCustomer(talk: Talk, statement: Statement) {
  const text = statement.plain
  const [slots, refused] = sortOut(statement, text)
  for (const slot of refused) refuse(talk, slot)
  if (DECLINES.test(text)) return decline(talk, statement)
  if (isOld(talk, statement, text)) return keepOld(talk, slots)
  const wanted = changeTarget(talk, text, slots)
  if (wanted.length > 0) return propose(talk, wanted, statement, text)
  if (refused.length > 0) return
  if (REFUSES.test(text) && (talk.onOffer || !/^\W*(?:no|nope|nah)\b/.test(text)))
    return refuseOffers(talk, text)
  if (DEFERS.test(text)) {
    talk.deferred = statement.turn
    return
  }
  acceptOffer(talk, statement, text)
}

/** «From Tuesday to Thursday»: the last one is the wish. */
function changeTarget(talk: Talk, text: string, slots: Slot[]): Slot[] {
  if (talk.intent.change === null || slots.length < 2 || !/\bfrom\b/.test(text)) return slots
  keepOld(talk, slots.slice(0, 1))
  return slots.slice(1)
}

function decline(talk: Talk, statement: Statement) {
  if (talk.confirmed !== null || talk.intent.cancel !== null) return
  talk.declined = statement.turn
  talk.agreed = null
  talk.current = {}
  talk.offers = []
}

/** After all is settled a date in passing changes nothing, unless the words say that it should. */
const REOPENS =
  /\b(?:actually|wait|instead|make (?:it|that)|can (?:we|i|you)|could|change|rather|sorry|hold on|how about|what about|would it|is it possible|any chance|scratch)\b|\?\s*$/

function propose(talk: Talk, slots: Slot[], statement: Statement, text: string) {
  const chosen = slots
    .map((slot) => talk.offeredBy === 'agent' && matchOffer(talk, slot))
    .find((offer) => offer)
  if (chosen) {
    settle(talk, { ...chosen, ...clean(slots[0]!) })
    talk.agreed = statement.turn
    talk.offers = []
    return
  }
  if (talk.confirmed !== null && !REOPENS.test(text)) return
  settle(talk, withFocus(talk, slots[0]!))
  talk.offers = slots.map((slot) => withFocus(talk, slot))
  talk.offeredBy = 'customer'
  if (!/^(?:yes|yeah|yep|correct|right|perfect|great|ok|okay|thanks|thank you)\b/.test(text)) {
    talk.agreed = null
    talk.confirmed = null
  }
}

function acceptOffer(talk: Talk, statement: Statement, text: string) {
  if (talk.offeredBy !== 'agent' || talk.offers.length === 0) return
  const fresh = talk.onOffer && talk.offerTurn !== null && statement.turn - talk.offerTurn <= FRESH_TURNS
  if (!fresh && !TAKES.test(text)) return
  const offer = choose(talk.offers, text)
  if (TAKES.test(text) && offer.date && offer.time) talk.offered = true
  if (/\?\s*$/.test(text) && !ACCEPTS.test(text)) return
  settle(talk, offer)
  if (ACCEPTS.test(text)) {
    talk.agreed = statement.turn
    talk.offers = []
  }
}

const FRESH_TURNS = 2

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
