import type { Role } from '../../plugin-host/contract.ts'
import { BOOKABLE } from './booking-phrases.ts'

/** What a date or time is there for, when it is not a time somebody proposes. */
export type Aside = 'told' | 'other' | 'busy'

/**
 * Tells proposals from the rest: what happened before the call is told, dues, dates of birth and opening hours are
 * other, and where the caller is engaged is busy. `before` and `after` are the words around the date, in lower case.
 */
export function asideOf(
  before: string,
  said: string,
  after: string,
  whole: string,
  role: Role,
): Aside | undefined {
  const near = before.split(CLAUSE_BORDER).at(-1) ?? ''
  const next = after.split(CLAUSE_BORDER)[0] ?? ''
  if ((GREETING.test(near) || (role === 'agent' && ASKS_ABOUT.test(near))) && NOW.test(said)) return 'other'
  if (GONE.test(next) || GONE_BEFORE.test(near) || isTold(near, next, role)) return 'told'
  if (NOT_OURS.test(next) || ELSEWHERE.test(next)) return 'other'
  const bookable = BOOKABLE.test(whole)
  if (LIMIT.test(near) && !bookable) return 'other'
  if (HOURS.test(near) || HOURS_AFTER.test(next)) return 'other'
  if ((MONEY.test(`${near} ${next}`) || (MONEY.test(whole) && !WISH.test(near))) && !bookable) return 'other'
  if (OCCASION.test(next) || OCCASION_BEFORE.test(near)) return role === 'agent' ? 'other' : 'busy'
  if (role !== 'agent' && (BUSY.test(near) || BUSY_AFTER.test(next)) && !FREE.test(`${near} ${next}`))
    return 'busy'
  return undefined
}

const GONE =
  /^\W*(?:one |appointment |slot )?(?:is |has been |'s |will be )?(?:now )?(?:cancell?ed|taken off|released)\b/

const GONE_BEFORE =
  /\b(?:the one (?:on|for)|instead of|rather than|originally (?:for|on|at)?|cancell?ed (?:the|your|that|my)(?: \w+){0,3})\s*$/

const CLAUSE_BORDER =
  /[;!?]|\.(?=\s|$)|,? \b(?:and then|but|because|cause|'cause|which|that's (?:why|when)|unless)\b|, (?:so|and) (?:i|we|he|she|they|it|you)\b/

/** The last of these words before a date says which way it looks. */
const SIGNAL =
  /\b(?:(?<told>was|were|did|didn't|had|came|went|told|said|left|paid|bought|signed|called|started|happened|ended|saw|made|took|sent|gave|picked|spoke|talked|shipped|ordered|placed|checked|reported|received|expired|worked|moved in|opened|closed|charged|billed|filed|fixed|installed|delivered|retired|promised|noticed|showed|stopped|broke|died|visited|used to|last|ago|since|back (?:on|in|around)|ever since|got (?:it|one|them|that|mine|the|my|a|an|this|home|back)|i've been|we've been|it's been|been (?:since|down|out))|(?<wish>will|'ll|would|'d|could|can|can't|won't|may|might|need|wants?|love|should|shall|going to|gonna|has to|have to|book(?:ed|ing)?|schedul(?:e|ed|ing)|re-?schedul\w+|see (?:you|him|her|them)|let's|how about|what about|available|free|openings?|offer|hoping|thinking|wondering|looking|wanted|prefer|moved you|moved (?:it|that|your)|put you|got you|have you|set for|confirmed|changed|pencill?ed|appointments?|reservation|is|are|am|do|does|'s|'re|'m|i have|we have|i've got|we've got|come|make it|make that))(?![\w'])/g

function isTold(near: string, next: string, role: Role): boolean {
  let last: 'told' | 'wish' | undefined
  for (const match of near.matchAll(SIGNAL)) last = match.groups?.told ? 'told' : 'wish'
  if (last === 'told') return !/\b(?:appointment|reservation|booking)\b/.test(near)
  if (last === 'wish') return false
  return TOLD_AFTER.test(next) || (role !== 'agent' && /^\W*(?:i|we|they|he|she|it) \w+ed\b/.test(next))
}

const TOLD_AFTER =
  /^\W*(?:(?:\w+ )?(?:i|we|they|he|she|it) )?(?:was|were|came|went|got|had|told|said|called|paid|did|last year)\b/

const WISH =
  /\b(?:could|can|would|'d|how about|what about|let's|have|'ve got|open|available|free|see you|come|works?)\b/

const GREETING =
  /\b(?:how (?:can|may|could) (?:i|we)|how are (?:you|things)|what can (?:i|we)|anything else|help(?: you)?|assist(?: you)?|doing|going)\b[^,.]*$/

/** «What are you using today?» */
const ASKS_ABOUT = /^\W*(?:\w+,? ){0,2}(?:what|who|which|how|why)\b/
const NOW = /^(?:today|tonight|this (?:morning|afternoon|evening))$/

const LIMIT =
  /\b(?:until|till|til|cancel (?:\w+ ){0,3}by|expires?(?: on)?|valid (?:through|until)|good (?:through|until)|up to|no later than|as of|effective|starting|begins?|beginning)\s*(?:on )?$/

const HOURS =
  /\bcheck-? ?(?:in|out)(?: time)?(?:'s| is)?(?: at| after| by| before| from)?\s*$|\b(?:open(?:s|ed)?|clos(?:es|ed?)|in|there|here)(?: up)?(?: \w+)? (?:from|at|till|til|until)\s*$|\b(?:hours (?:are|is)|business hours|we(?:'re| are) (?:\w+ )?(?:open|closed)(?: (?:on|from|till|until|at))?|nobody's (?:in|here)|lunch (?:is )?from)\b[^,]*$/

/** «The one o'clock ferry.» */
const NOT_OURS =
  /^\W*(?:hours|ferry|flight|train|bus|plane|show|class|game|shift|mass|movie|match|kick-?off|news|crowd|rush|deadline|cutoff|promo|special|sale|statement|bill|payment|invoice)\b/

/** «That's eight at night my time.» */
const ELSEWHERE = /^\W*(?:\w+ ){0,4}(?:my|their|our) time\b/

const HOURS_AFTER = /^\W*(?:is |'s )?(?:when (?:i|we) (?:open|close)|is when we)\b/

const MONEY =
  /[$€£]|\b(?:pay(?:ing|ments?|s|day)?|paid|paycheck|bill(?:ed|s|ing)?|due|past due|charge[ds]?|refund(?:ed)?|invoice|balance|owe|late fee|dollars|bucks|euros|deposit|rent|salary|install?ments?|debit(?:ed)?|withdraw\w*|renew(?:al|s|ed|ing)?|expir(?:e|es|ed|ation|y)|effective|promo(?:tion)?|warranty|deadline|standing order|premium|cancellation|coverage|trial|auto ?pay|contract|lease|statement|interest|settle(?:ment)?|activation)\b/

const OCCASION =
  /^'s (?!(?:good|fine|great|better|best|perfect|okay|ok|ideal|easier|possible|open|free|available|wonderful|lovely|alright|all right|when|the (?:best|better|day|only|one|earliest|soonest|next)|a good|no good|not|too|full|gone|taken|booked|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)[a-z]+|^\W*(?:my|our|her|his) (?:day off|birthday|anniversary|\w+ day)\b|^\W*(?:is|'s|that's|was) (?:my|our|her|his|your|the|a|memorial|labor|election|thanksgiving|christmas)\b|^\W*(?:is|'s) (?:packed|crazy|hectic|slammed|impossible|out|bad|full)\b/

const OCCASION_BEFORE =
  /\b(?:birthday|anniversary|wedding|vacation|holiday|flight|flying|fly|graduation|party|game|concert|conference|funeral|move-?in|move in|moving|due date|trip|leave|land|lands|school (?:starts|ends)|closing on)\b[^,]*$/

const BUSY =
  /\b(?:i|we|he|she|they|my \w+)(?:'m| am|'re| are|'s| is)? (?:working|work|works|at work|at (?:the|my)|out of town|away|travell?ing|flying|on (?:a job|shift|call|vacation)|in (?:court|class|meetings|surgery|school|\p{L}+ all day)|teaching|busy|booked|packed|slammed|tied up|getting|stuck)\b|\b(?:i'm|i am|we're|i'll be|we'll be) (?:in|at|on|over|up|down) (?!the (?:calendar|schedule|list|phone))\p{L}|\b(?:i|we|he|she|they|my \w+)(?:'ve|'s| have| has)? (?:got|have|has) (?!(?:it|that|one|an? (?:appointment|reservation|opening|slot|table|room)|until|till|time|from|anything|something)\b)(?:an?|my|the|his|her|our|to|this|piano|soccer|school|work|class|practice|court|church)\b/u

const BUSY_AFTER =
  /^\W*(?:i'm|i am|we're|we are|i|we|he's|she's|he|she|they) (?:(?:\p{L}+ )?(?:working|at work|away|out of town|travell?ing|busy|booked|stuck|getting|teaching|flying|in class|in meetings|in \p{L}+ all day|on shift|at the)|(?:work|works|have (?:an?|my|the|to|school|class|work|practice)|has (?:an?|his|her|to)|have got|got (?:an?|my|to)|'ve got (?:an?|my|to)))\b|^\W*(?:i've|he's|she's|we've) got (?:an?|my|to|his|her|piano|soccer|class|work|school)\b/u

const FREE =
  /\b(?:off|free|available|open|appointment|reservation|can (?:do|make|come)|works?(?! (?:on )?\w+days)|after)\b/
