import type { Turn } from '../../plugin-host/contract.ts'
import { answersTo, type Finding, firstSaid } from '../talk/replies.ts'

const ASKS =
  /\bhow (?:did|do|'?d) you (?:\w+ )?(?:hear|find|come across|learn|know|get our|discover|end up)\b|\bwho (?:referred|recommended|sent)|\bwhere did you (?:\w+ )?(?:hear|find|see|get our)|\bwhat brought you to us\b|\bhow you (?:heard|found)\b|\bwere you referred\b/i

const SUBJECT = '(?:(?:my|a|an|our|the|one of my|some) )?'
const VOLUNTEERED = [
  /\b(?:found|saw|heard (?:about|of)|discovered|came across|noticed|got|read about|seen|looked) (?:you|you guys|y'all|this place|about you)(?: \w+)?(?: guys)? (?:on|through|via|from|in|at|by|online at) ([^.,;!?]{2,45})/i,
  new RegExp(
    `\\b(?:referred|recommended|sent|suggested)(?: to (?:you|me))?(?: here)? by (${SUBJECT}[^.,;!?]{2,40})`,
    'i',
  ),
  /\b((?:my|a|our|one of my) (?:\w+ )?\w+(?: [A-Z]\w+)?) (?:recommended|referred|suggested|told|sent)\b/i,
  /\b((?:dr\.?|doctor) \w+) (?:recommended|referred|suggested|sent|told)\b/i,
  /\b(?:saw|heard|seen|got) (?:your|an|the|a|one of your) ((?:\w+ ){0,2}(?:ad|ads|advert|advertisement|commercial|flyer|flier|billboard|sign|website|mailer|coupon|post|reviews?|postcard|brochure|leaflet|truck|van)(?: (?:on|in) [^.,;!?]{2,30})?)/i,
  /\b(?:googled|google) (?:you|search)/i,
]
const CHANNEL =
  /\b(?:google(?: maps| search| ads)?|facebook|instagram|yelp|tik ?tok|twitter|linkedin|youtube|nextdoor|bing|zocdoc|healthgrades|angi(?:e'?s list)?|thumbtack|home ?advisor|trip ?advisor|open ?table|booking\.com|expedia|groupon|pinterest|reddit|craigslist|radio|tv|television|newspaper|billboard|podcast|flyer|magazine|website|internet|online|word of mouth|insurance (?:company|website|directory))\b/i
const PROPER =
  /^(?:google|facebook|instagram|yelp|tik ?tok|twitter|linkedin|youtube|nextdoor|bing|zocdoc|healthgrades|angi|thumbtack|home ?advisor|trip ?advisor|open ?table|expedia|groupon|pinterest|reddit|craigslist)/i

/** How the caller heard of the business: the channel or the person, as it was said. */
export function referralOf(turns: Turn[]): Finding | undefined {
  const [answer] = answersTo(turns, ASKS)
  const found = answer ?? volunteered(turns)
  return found && !/^(?:no|nope|not sure|i don't (?:know|remember)|none)\b/i.test(found.value)
    ? shortened(found)
    : undefined
}

function volunteered(turns: Turn[]): Finding | undefined {
  const said = firstSaid(turns, VOLUNTEERED.slice(0, -1), 'customer')
  if (said) return said
  const searched = turns.find((turn) => turn.role === 'customer' && VOLUNTEERED.at(-1)!.test(turn.text))
  const match = searched && /google(?:d)?/i.exec(searched.text)
  return match
    ? { value: 'Google', turn: searched.turn, start: match.index, end: match.index + match[0].length }
    : undefined
}

/** «I found you guys on google» is `Google`, «my neighbor recommended you» is `neighbor`. */
function shortened(found: Finding): Finding {
  const channel = CHANNEL.exec(found.value)
  if (channel)
    return cut(
      found,
      channel.index,
      channel[0].length,
      PROPER.test(channel[0]) ? capitals(channel[0]) : channel[0],
    )
  const inner = firstInner(found.value)
  const trimmed =
    /^(?:(?:i (?:was )?|we )?(?:referred|recommended|sent|heard|found|saw) (?:\w+ )?(?:by|from|about|it|you)? ?)?(?:(?:my|a|an|our|the|one of my|some|through|from|by|i think) )*/i.exec(
      inner.value,
    )?.[0].length ?? 0
  const value = inner.value
    .slice(trimmed)
    .replace(
      /\s+(?:recommended|referred|suggested|told|sent|who|that|which|and|actually|she|he|they)\b.*$/i,
      '',
    )
  return value ? cut(found, inner.at + trimmed, value.length, value) : found
}

function firstInner(value: string): { value: string; at: number } {
  for (const pattern of VOLUNTEERED) {
    const match = pattern.exec(value)
    if (match?.[1]) return { value: match[1], at: match.index + match[0].indexOf(match[1]) }
  }
  return { value, at: 0 }
}

const cut = (found: Finding, at: number, length: number, value: string): Finding => ({
  value,
  turn: found.turn,
  start: found.start + at,
  end: found.start + at + length,
})

const capitals = (text: string) =>
  /\p{Lu}/u.test(text) ? text : text.replace(/(^|\s)\p{Ll}/gu, (sign) => sign.toUpperCase())
