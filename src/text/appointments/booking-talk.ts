import { STANDS } from './booking-phrases.ts'
import type { Slot, Statement } from './slots.ts'

export interface Intent {
  wants: number | null
  /** The business brought it up; that alone is no wish of the caller. */
  raised: number | null
  change: number | null
  cancel: number | null
}

export interface Talk {
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
  /** The business put a time forward. */
  offered: boolean
  /** The caller said in so many words that nothing comes of it. */
  declined: number | null
  /** The turn in which the business last spoke of the time offered. */
  offerTurn: number | null
  /** The last thing the business said was about the time offered. */
  onOffer: boolean
}

export const begin = (intent: Intent): Talk => ({
  intent,
  current: {},
  offers: [],
  offeredBy: null,
  old: {},
  focus: {},
  agreed: null,
  confirmed: null,
  deferred: null,
  offered: false,
  declined: null,
  offerTurn: null,
  onOffer: false,
})

export function matchOffer(talk: Talk, slot: Slot): Slot | undefined {
  return talk.offers.find((offer) => {
    const [sameDate, sameTime] = [slot.date === offer.date, slot.time === offer.time]
    if (slot.date && slot.time) return sameDate && sameTime
    return slot.date ? sameDate : sameTime
  })
}

export const clean = (slot: Slot): Slot =>
  Object.fromEntries(Object.entries(slot).filter(([, value]) => value !== undefined))

export const isEmpty = (slot: Slot) => !slot.date && !slot.time

export const isRefinement = (current: Slot, slot: Slot) =>
  (!slot.date || !current.date || slot.date === current.date) &&
  (!slot.time || !current.time || slot.time === current.time)

export function settle(talk: Talk, slot: Slot) {
  talk.current = { ...talk.current, ...clean(slot) }
  if (slot.date) talk.focus = { date: slot.date, dateAt: slot.dateAt }
}

export const withFocus = (talk: Talk, slot: Slot): Slot =>
  slot.date || !slot.time ? slot : { ...talk.focus, ...clean(slot) }

export function refuse(talk: Talk, slot: Slot) {
  const { current } = talk
  if (slot.date && slot.time && !(current.date === slot.date && current.time === slot.time)) {
    talk.offers = talk.offers.filter((one) => one.date !== slot.date || one.time !== slot.time)
    return
  }
  if (slot.time && current.time === slot.time)
    talk.current = { date: talk.current.date, dateAt: talk.current.dateAt }
  if (slot.date && current.date === slot.date)
    talk.current = { time: slot.time ? undefined : talk.current.time, timeAt: talk.current.timeAt }
  if (slot.date && talk.focus.date === slot.date && !slot.time) talk.focus = {}
  talk.offers = talk.offers.filter((one) => (slot.date ? one.date !== slot.date : one.time !== slot.time))
}

export function isOld(talk: Talk, statement: Statement, text: string) {
  if (talk.intent.change === null && talk.intent.cancel === null) return false
  if (statement.slots.length === 0 || !isEmpty(talk.current) || talk.offers.length > 0) return false
  if (talk.intent.change === null) return true
  return STANDS.test(text) && !/\b(?:to|for) (?:next|this)? ?\w+ instead\b/.test(text) && !WANTS_TO.test(text)
}

/** «Move my appointment to Friday» names the new day. */
const WANTS_TO = /\b(?:move|change|push|switch|reschedule|bump|shift)\b.{0,40}\b(?:to|for|until)\b/

export function keepOld(talk: Talk, slots: Slot[]) {
  const [first = {}] = slots
  talk.old = { ...talk.old, ...clean(first) }
}
