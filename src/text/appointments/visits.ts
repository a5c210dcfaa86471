import type { Turn } from '../../plugin-host/contract.ts'
import { answersTo, type Finding, firstSaid } from '../talk/replies.ts'

const ASKS_REASON =
  /\b(?:reason for (?:your|the|his|her|their|this) (?:visit|appointment|call)|what brings|what (?:is|are|'s|would|will|do|can|did|seems?|kind|type|sort|service|are you)(?: \w+){0,6} (?:coming in for|looking for|need(?:ing)? (?:done|to be done|help with)?|the (?:visit|appointment|booking|problem|issue|reason|occasion)|(?:to be )?(?:the )?(?:problem|issue|trouble|matter|going on|happening|wrong)|of (?:appointment|service|visit|treatment|work|cleaning))|what(?:'s| is) (?:going on|wrong|it for|the (?:appointment|visit|issue|problem) (?:for|with)?)|what (?:did you|do you|would you) (?:need|like|want)(?: \w+){0,4}(?:done|in for|today)?\?|what for\b|are you (?:experiencing|having)|what service|what are you (?:coming|looking)|for a (?:cleaning|check-?up|consultation) or|is this for (?:a|an)|tell me (?:what's|what is|about the (?:problem|issue))|what can we do for)/i

const THING = '(?:appointment|booking|reservation|visit|slot|session|time|opening)'
const NOUN = "((?:an? |the |my |our |some |his |her )?[\\p{L}][\\p{L}'’ -]{2,60}?)"
const END =
  '(?=[.,;!?]|$| (?:on|at|for (?:my|tomorrow|today|next|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday|two|three|four|five|six|the)|tomorrow|today|tonight|this (?:week|morning|afternoon|evening|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|next|sometime|as soon|please|if|and (?:i|my|we|can|could|what|do|is|it|if|was|need|also|then|maybe|he|she|they|the)|but|because|so|with|before|after|when|do you|can|could|my name|i|is|it|in the|later|monday|tuesday|wednesday|thursday|friday|saturday|sunday|soon|around|around|or)\\b)'
const pattern = (text: string) => new RegExp(text + END, 'iu')

const SERVICE = pattern(
  `\\b((?:teeth |dental |deep )?cleaning|check-?up|oil change|haircut|root canal|annual (?:physical|exam)|physical|tune-?up|eye exam|consultation|test drive|brake (?:job|inspection|check)|massage|manicure|vaccinations?|flu shot)`,
)
/** The business that calls names it itself: «time to schedule your roof inspection». */
const RAISED = pattern(
  `\\b(?:schedule|book|confirm|set up|due for|remind you (?:of|about)|about|regarding) your (?:upcoming |next |annual )?([\\p{L}][\\p{L}'’ -]{2,40}?)`,
)

const REASONS = [
  pattern(
    `\\b(?:an?|my|the|our|another) ${THING} (?:for|to get|to have|to do|regarding|about) (?:an? |my |the |some )?(?:${'quick '}?)?${NOUN}`,
  ),
  pattern(
    `\\b(?:book|schedule|make|set up|arrange|reserve)(?: in)?(?: for)? ((?:an?|my|the|our|some|his|her) [\\p{L}][\\p{L}'’ -]{2,50}?)`,
  ),
  pattern(
    `\\b(?:come|bring (?:it|him|her|them|my \\w+|the \\w+)|get|take (?:it|him|her)|fit me|squeeze me) in (?:for|to get|to have) ${NOUN}`,
  ),
  pattern(`\\b(?:it's|this is|it is|that's|calling|just) (?:for|about|regarding) ${NOUN}`),
  pattern(
    `\\b(?:i've been|i have been|i'm|i am|been|she's|he's|she is|he is) (?:having|experiencing|getting|suffering from|dealing with) ${NOUN}`,
  ),
  pattern(
    `\\b((?:my|our|the|his|her) (?:[\\p{L}'-]+ ){1,3}(?:is|are|has|have|keeps?|came on|comes on|came|comes|went out|went|goes|died|fell|got|gets|burst|cracked|chipped|clogged|leaks?|leaked|blew|started|stopped|broke|won't|isn't|aren't|hurts?|aches?|doesn't|went|makes|'s)(?: [\\p{L}'-]+){0,6}?)`,
  ),
  pattern(
    `\\b((?:a|an|some|this|really bad|bad|terrible|severe) (?:[\\p{L}'-]+ ){0,3}(?:pain|ache|toothache|leak|noise|problem|issue|rash|fever|cough|infection|crack|cavity|injury|headaches?|sore throat|flat tire|clog))`,
  ),
  pattern(
    `\\b(?:i|we|she|he|it|they|(?:my|our) [\\p{L}]+)(?:'d| would| really| just|'re|'m)* (?:needs?|wants?|like|looking for|looking to get|due for|hoping for|like to (?:get|have|book|schedule)|need to (?:get|have|book|schedule)|want to (?:get|have|book|schedule)|due)(?: for)? ((?:an?|my|the|some|new|our|his|her|to \\p{L}+|\\p{L}+ing) [\\p{L}][\\p{L}'’ -]{1,50}?)`,
  ),
  SERVICE,
  pattern(`\\b(?:for|get|have) ((?:an?|the|some) [\\p{L}][\\p{L}'’ -]{2,40}?)`),
  pattern(
    `\\b((?:a )?(?:table|room|party|group) (?:for|of) (?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: people| guests| adults)?)`,
  ),
]
const EVERY_REASON = REASONS.map((reason) => new RegExp(reason, 'giu'))
const EMPTY =
  /^(?:(?:an?|my|the|our|some|another|this|that|his|her)\s+)?(?:(?:new|existing|old|next|quick|earlier|later|different|regular|first)\s+)?(?:appointments?|booking|reservation|visit|slot|time|date|day|it|one|that|this|something|opening|help|information|question|name|number|call|patient|customer|days?|weeks?|hours?|morning|afternoon|evening|schedule|calendar|daughter|son|wife|husband|mother|father|mom|dad|mum|kid|child|phone|email|insurance|address|account|time slot|table|someone|somebody|you|me|him|her|them|him in|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|noon|no|yes|please|sure|okay|few minutes|second|moment|way|confirmation|reschedule|cancel|move|same time|day off|meeting|conflict)?(?:\s+(?:in|with|at|on|for|please|there|then|up|instead|is|was|change|has|works?|would).*)?$/i
const UNFINISHED =
  /^(?:my |the |an? |another )?(?:\w+ )?(?:appointment|booking|reservation)\b|^to (?:make|book|schedule|get|set|see|come|know|speak|talk|ask|check|confirm|do|have|change|move|bring)\b(?: (?:an?|the|my|it|in|up|with|you|someone|appointment))*$|\b(?:an?|the|my|to)$/i
const DEAD =
  /\b(?:how much|do you (?:take|accept)|my name|my number|my insurance|my (?:phone|e-?mail|schedule|husband|wife|mom|dad|boss|neighbor|friend|appointment|booking|reservation|date of birth|last name|first name|birthday|address)|i was wondering|reschedule|cancel|looking forward|name is|number is)\b/i

/** Why the caller wants to come, as a short phrase in the words of the call. */
export function visitReason(turns: Turn[]): Finding | undefined {
  const answers = answersTo(turns, ASKS_REASON).filter(
    (answer) => isReason(answer.value) && !isName(answer.value),
  )
  const said = reasonsSaid(turns)
  const [answer] = answers
  const fromAnswer = answer && said.find((one) => one.turn === answer.turn)
  const chosen = fromAnswer ?? answer ?? said[0] ?? firstSaid(turns, [SERVICE, RAISED], 'agent')
  return chosen && trimmed(chosen)
}

const isName = (value: string) => /^(?:\p{Lu}\p{Ll}+ ?){1,3}$/u.test(value) && value.split(' ').length > 1

function reasonsSaid(turns: Turn[]): Finding[] {
  const customers = turns.filter((turn) => turn.role !== 'agent')
  return EVERY_REASON.flatMap((reason) => customers.flatMap((turn) => matchesIn(turn, reason))).filter(
    (found) => isReason(found.value),
  )
}

function matchesIn(turn: Turn, reason: RegExp): Finding[] {
  return Array.from(turn.text.matchAll(reason), (match) => {
    const start = match.index + match[0].indexOf(match[1]!)
    return { value: match[1]!, turn: turn.turn, start, end: start + match[1]!.length }
  })
}

const LIVING =
  /^(?:for )?(?:my|our|his|her|a|the)?\s*(?:\w+ )?(?:daughter|son|wife|husband|mother|mom|mum|father|dad|sister|brother|partner|child|kids?|baby|dog|cat|puppy|kitten|rabbit|horse|pet|friend|boss|grandson|granddaughter|grandmother|grandfather|car|truck)(?:'s name)?(?: \p{L}+)?$/iu
const PARTY = /^(?:a )?(?:table|room|party|group) (?:for|of) /i

const isReason = (value: string) => PARTY.test(value) || (!LIVING.test(value.trim()) && isTelling(value))

const isTelling = (value: string) =>
  value.length > 2 &&
  /\p{L}{3}/u.test(value) &&
  !EMPTY.test(value.trim()) &&
  !DEAD.test(value) &&
  !UNFINISHED.test(value) &&
  !/^(?:no|nope|yes|yeah)\b/i.test(value)

const FRONT =
  /^(?:(?:i|we|she|he|it)(?:'ve| have|'m| am|'d| would|'s)? (?:just |really |also )?(?:need(?:s)?|want(?:s)?|like|have|having|been having|would like|looking for|due for|got|am having|experiencing)(?: to (?:get|have|book|schedule|come in for))? )?(?:to (?:(?:get|have|schedule|book) )?)?(?:(?:an?|my|the|some|our|just|quick|his|her) )*/i
const BACK =
  /\s+(?:for (?:my|our|tomorrow|today|next|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|the|my)|tomorrow|today|next week|this week|please|appointment|scheduled|done|booked|since|soon|asap|as soon as possible|at (?:noon|\d|ten|nine|eight|one|two|three|four|five|six|seven)).*$/i
const SENTENCE =
  /^(?:my|our|his|her|the) .*(?: is| are| has| came| comes| went| died| fell| got| blew| burst| keeps?| stopped| started| won't| isn't| broke| hurts?| aches?)/i

/** «a teeth cleaning» is `teeth cleaning`; a whole sentence about a fault stays one. */
function trimmed(found: Finding): Finding {
  const lead = SENTENCE.test(found.value) ? 0 : (FRONT.exec(found.value)?.[0].length ?? 0)
  const value = found.value
    .slice(lead)
    .replace(BACK, '')
    .replace(/[\s,.!?;]+$/, '')
  if (value.length < 3) return found
  return { value, turn: found.turn, start: found.start + lead, end: found.start + lead + value.length }
}

export type PatientType = 'new' | 'existing'

const WHO = '(?:patient|customer|client|guest|member|here|student)'
const SAYS_NEW = new RegExp(
  `\\b(?:(?:i'm|i am|im|we're|we are|he's|she's|he is|she is|be|as|for|being) (?:actually |just )?(?:a |an? )?(?:brand )?new ${WHO}|new ${WHO}s?\\b(?! or)|(?:my|our|his|her|the) (?:very )?first (?:time|visit|appointment)|first[- ]time(?: ${WHO})?|(?:i've|i have|we've|we have|he's|she's|haven't|never) (?:never |not )?(?:been (?:there|to|in|here|a|with|seen)|visited|come|used|seen|stayed)(?: \\w+){0,4}|never (?:been|visited|used|seen|stayed|come)|haven't (?:been|visited|used|seen|come)|just moved|(?:don't|do not) have (?:a|an|any) (?:file|account|record|chart))\\b`,
  'i',
)
const SAYS_OLD = new RegExp(
  `\\b(?:(?:existing|current|returning|regular|established|long[- ]?time|old|repeat) ${WHO}|(?:i've|i have|we've|we have|i'd|he's|she's) been (?:coming|going|there|in|here|a (?:patient|customer|client|member)|seeing|seen|with you|to you|before)|been (?:there|here|in|to (?:you|your \\w+)) before|i(?:'m| am) (?:already )?(?:a|your) (?:patient|customer|client|member)|(?:i|we) (?:come|came|go|went|was|were|used) (?:there|here|to you|in|your) (?:\\w+ ){0,3}(?:last|before|all the time|regularly|every|ago|year|month)|my last (?:visit|appointment|cleaning|service|check-?up|stay|oil change)|(?:since|at|from|during) (?:my|our) last|i(?:'ve| have) (?:seen|visited|used|stayed)(?! never)|last time i (?:was|came|saw|went)|i(?:'m| am) in your system|you (?:have|should have) (?:my|me|us|our)|see(?:ing)? dr\\.? \\w+ (?:for|since|every)|six[- ]month|regular (?:check-?up|cleaning|visit))\\b`,
  'i',
)
const DENIES = /\b(?:never|haven't|hasn't|not)\b/i
const AGENT_KNOWS =
  /\b(?:i (?:see|have|found|got) (?:you|your (?:file|account|chart|record|profile|info\w*))(?: \w+){0,3} (?:here|in (?:the|our) (?:system|file|records?|computer)|on file|right here)|(?:found|pulled up|have|see) your (?:file|account|chart|record|profile)|welcome back|you were (?:last )?(?:here|in|seen)|your last (?:visit|appointment|cleaning|service))\b/i
const ASKS_BEFORE =
  /\b(?:have you (?:ever )?(?:been|visited|seen|come|used|stayed|had)|been (?:here|in|with us|to (?:us|our)|seen)(?: \w+){0,4} before|are you (?:an? )?(?:existing|current|returning|established)|visited us|seen us|already (?:a )?(?:patient|customer|client)|used us)\b/i
const ASKS_NEW = /\b(?:is this|will this be|are you|would this be|is it|your) (?:\w+ ){0,3}(?:new|first)\b/i
const ASKS_EITHER = /\bnew\b.{0,40}\bor\b|\bor\b.{0,40}\bnew\b/i
const YES =
  /^(?:(?:um|uh|oh|well),? )*(?:yes|yeah|yep|yup|i am|i have|it is|we have|sure|correct|that's right|right|i do|many times|a few times|once|twice|several)\b/i
const NO =
  /^(?:(?:um|uh|oh|well),? )*(?:no|nope|nah|not yet|i haven't|i'm not|never|it isn't|we haven't|i don't)\b/i

export interface PatientTypeFinding extends Omit<Finding, 'value'> {
  value: PatientType
}

/** Whether the caller has been there before, as far as it was said. */
export function patientTypeOf(turns: Turn[]): PatientTypeFinding | undefined {
  for (const [index, turn] of turns.entries()) {
    const found =
      turn.role === 'agent' ? saidByAgent(turn) : (saidByCustomer(turn) ?? answeredBy(turn, turns[index - 1]))
    if (found) return found
  }
  return undefined
}

const place = (turn: Turn, match: RegExpExecArray, value: PatientType): PatientTypeFinding => ({
  value,
  turn: turn.turn,
  start: match.index,
  end: match.index + match[0].length,
})

function saidByCustomer(turn: Turn): PatientTypeFinding | undefined {
  const fresh = SAYS_NEW.exec(turn.text)
  if (fresh && !/\b(?:not|n't) (?:a )?new\b/i.test(turn.text) && isDenial(fresh[0]))
    return place(turn, fresh, 'new')
  const old = SAYS_OLD.exec(turn.text)
  if (!old || /\b(?:you (?:take|accept|taking)|for) new\b/i.test(turn.text)) return undefined
  const denied = DENIES.test(turn.text.slice(Math.max(0, old.index - 12), old.index + old[0].length))
  return place(turn, old, denied ? 'new' : 'existing')
}

/** «I've been there» only says new when it is denied. */
const isDenial = (text: string) =>
  /\b(?:been|visited|come|used|seen|stayed)\b/i.test(text) ? DENIES.test(text) : true

const saidByAgent = (turn: Turn) => {
  const known = AGENT_KNOWS.exec(turn.text)
  return known && !turn.text.trim().endsWith('?') ? place(turn, known, 'existing') : undefined
}

function answeredBy(turn: Turn, question: Turn | undefined): PatientTypeFinding | undefined {
  if (question?.role !== 'agent') return undefined
  const asked = question.text
    .split(/(?<=[.!?])\s+/)
    .slice(-2)
    .join(' ')
  if (ASKS_EITHER.test(asked)) return either(turn)
  const [yes, no] = [YES.exec(turn.text), NO.exec(turn.text)]
  const given = yes ?? no
  if (!given) return undefined
  if (ASKS_BEFORE.test(asked)) return place(turn, given, yes ? 'existing' : 'new')
  return ASKS_NEW.test(asked) ? place(turn, given, yes ? 'new' : 'existing') : undefined
}

function either(turn: Turn): PatientTypeFinding | undefined {
  const fresh = /\b(?:new|first)\b/i.exec(turn.text)
  if (fresh) return place(turn, fresh, 'new')
  const old = /\b(?:existing|returning|current|established|regular|been (?:there|here|before))\b/i.exec(
    turn.text,
  )
  return old ? place(turn, old, 'existing') : undefined
}
