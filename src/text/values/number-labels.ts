import type { Turn } from '../../plugin-host/contract.ts'

/** What the words before a number say it is. */
export type NumberLabel = 'phone' | 'card' | 'ssn' | 'birth' | 'iban' | 'other'

const LABELS: [NumberLabel, RegExp][] = [
  ['ssn', /\b(?:social(?: security)?(?: number)?|ssn)\b/gi],
  ['birth', /\b(?:dates? of birth|birth ?dates?|birth ?days?|d\.? ?o\.? ?b\b\.?|born)\b/gi],
  ['iban', /\b(?:iban|eye ban|bank account)\b/gi],
  [
    'card',
    /\b(?:(?:credit|debit|bank|payment|gift)? ?card(?: number)?|visa|master ?card|amex|american express|long number|card ending)\b/gi,
  ],
  [
    'phone',
    /\b(?:(?:tele)?phone|cell(?: ?phone)?|mobile|contact|call ?back|callback|best|landline|home|work) (?:number|phone|#)|\b(?:phone|telephone|cell|mobile|landline|whats ?app)\b|\b(?:call|reach|text|ring|contact|phone) (?:me|us|you|him|her|them)(?: back)?\b|\bcall(?:ing)? (?:back|from)\b|\bmy number\b|\byour number\b|\bour number\b|\b(?:good|best) number\b|\bnumber (?:to (?:call|reach)|where)\b|\barea code\b|\breach(?:ed)? at\b|\bdial\b|\bfax\b/gi,
  ],
  [
    'other',
    /\b(?:order|tracking|confirmation|reference|account|policy|membership|member|claim|case|ticket|invoice|serial|model|routing|part|group|booking|reservation|customer|client|employee|job|item|product|loyalty|contract|meter|unit|license|licence|passport|registration|purchase order|flight|insurance|subscriber|patient|file|record|work order|quote|shipment|package|badge|case|frequent flyer|rewards|asset|device|imei|certificate|permit|docket|prescription|rx)(?: i\.?d\.?)? (?:(?:number|id|no\.?|code|#)(?![a-z])|is\b|ending\b)|\b(?!(?:(?:tele)?phone|cell|mobile|contact|call|back|callback|home|work|office|best|good|my|your|our|his|her|their|the|a|new|old|right|same|this|that|fax|social|security|card|landline|direct|main|free|other|daytime|evening|correct|current|better|another|first|second|last|long)\b)[a-z]+ (?:number|id)(?: is|'s| will be|:)|\b(?:zip|postal|gate|access|security|pin|promo|discount|verification|pass) ?codes?\b|\b(?:vin|rma|sku|upc|isbn|npi|ein|tax id|barcode|extension|odometer|mileage)\b|\b(?<!\bon (?:the|this|your|my) )(?:reference|invoice|order|tracking|confirmation|ticket|claim|case|account|policy|routing|serial|model|part|member)\s*[#:]?\s*$/gi,
  ],
]

const REACH_TURNS = 3
const REACH_CHARACTERS = 140

/** The nearest label before the place: in the turn itself, else in the few turns before it. */
export function labelBefore(turns: Turn[], index: number, start: number): NumberLabel | undefined {
  const own = lastLabel(turns[index]!.text.slice(Math.max(0, start - REACH_CHARACTERS), start))
  if (own) return own
  for (let back = index - 1; back >= Math.max(0, index - REACH_TURNS); back--) {
    const label = lastLabel(turns[back]!.text)
    if (label) return label
  }
  return undefined
}

/** The label in the same sentence directly before the place, without looking at other turns. */
export const labelBeside = (text: string, start: number): NumberLabel | undefined =>
  lastLabel(
    text
      .slice(0, start)
      .slice(-60)
      .split(/[.?!]\s/)
      .at(-1) ?? '',
  )

function lastLabel(text: string): NumberLabel | undefined {
  let best: { label: NumberLabel; at: number } | undefined
  for (const [label, pattern] of LABELS) {
    for (const match of text.matchAll(pattern)) {
      const at = match.index + match[0].length
      if (!best || at > best.at) best = { label, at }
    }
  }
  return best?.label
}
