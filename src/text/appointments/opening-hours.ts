import type { Call } from '../../plugin-host/contract.ts'
import type { Opening } from '../dates/times.ts'

/** The hours that decide between morning and afternoon on this call: by the trade it is about. */
export const hoursOf = (call: Call, hours: Opening) => {
  if (isDining(call)) return eveningHours(hours)
  return call.turns.some((turn) => BEGINS_EARLY.test(turn.text)) ? earlyHours(hours) : hours
}

const DINING = /\b(?:table (?:for|of)|party of|dinner|restaurant|bistro|trattoria)\b/i

const MEALS_BEFORE_NOON = /\b(?:breakfast|brunch)\b/i

/** A table «at eight» is meant for the evening. */
const isDining = (call: Call) =>
  call.turns.some((turn) => DINING.test(turn.text)) &&
  !call.turns.some((turn) => MEALS_BEFORE_NOON.test(turn.text))

/** Workshops, craftsmen and laboratories begin before the offices do. */
const BEGINS_EARLY =
  /\b(?:brakes?|oil change|tires?|truck|engine|transmission|mechanic|furnace|boiler|heater|plumb\w+|technician|installer|adjuster|contractor|electrician|inspector|roof\w*|leak\w*|blood ?(?:work|draw)|lab|surgery|fasting)\b/i

const earlyHours = (hours: Opening): Opening => ({ ...hours, opens: Math.min(hours.opens, 7) })

const eveningHours = (hours: Opening): Opening => ({
  opens: Math.max(hours.opens, 11),
  closes: Math.max(hours.closes, 22),
})
