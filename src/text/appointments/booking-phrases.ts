/** What is said around appointments, in any trade. All patterns are for lower-case text. */

const THING =
  '(?:appointment|booking|reservation|visit|cleaning|check-?up|slot|session|table|room|consultation|lesson|class|pick-?up|(?:car|vehicle|boiler|annual|oil) service|service (?:appointment|visit|call)|meeting|viewing|tour|test drive|delivery|interview|stay|inspection|installation|repair|estimate|haircut|massage|oil change|exam)'

const SOME_DAY =
  '(?:the |a |an |like |maybe |some)*(?:later|earlier|another|different|next|this|tomorrow|today|morning|afternoon|evening|week|weekend|time|following|day after|mon|tues|wednes|thurs|fri|satur|sun|\\d|january|february|march|april|may|june|july|august|september|october|november|december|noon|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)'

/** Words of coming together, which outweigh talk of money or deadlines beside them. */
export const BOOKABLE = new RegExp(
  `\\b(?:${THING}|come (?:in|by|out|over)|bring (?:it|her|him|them)|see you|be there|drop (?:it|her|him) off|squeeze|fit you|book(?:ed|ing)? (?:you|me|us|a|for)|schedul\\w+)\\b`,
)

/** Somebody wants an appointment. */
export const WANTS = new RegExp(
  [
    `\\b(?:book|schedule|make|set up|arrange|reserve|get|have|need|want|like|looking for|cancel|move|change|confirm)(?:ing)? (?:an?|my|the|our|your|another|some|in for an?)? ?(?:\\w+ ){0,3}${THING}\\b`,
    '\\b(?:book|schedule|reserve|reschedule|squeeze|fit|pencil) (?:me|us|him|her|them|it|something|one|that|in|an?|my)\\b',
    '\\b(?:to|can i|could i|may i) (?:book|schedule|reserve|come in|come by|get in|be seen|bring (?:it|her|him|them|my|the))\\b',
    '\\b(?:do you|have you|is there|you) (?:have|got|guys have)? ?(?:anything|something|any time|any|room|space|time)\\b.{0,40}\\b(?:on|for|today|tomorrow|tonight|next|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\\b',
    '\\b(?:any|anything|something|nothing) (?:open|available|free)\\b',
    '\\b(?:any|have|next|first|earliest|soonest) (?:openings?|availabilit(?:y|ies)|available|appointments?|slots?|tables?|rooms?)\\b',
    '\\b(?:send|have) (?:someone|somebody|a (?:technician|tech|plumber|electrician|mechanic|guy|person)) (?:come |out|over|to)',
    '\\b(?:(?:come|get|stop|swing) (?:in|out|by|over)|take a look|look at it|see me|fit me|squeeze me)\\b.{0,30}\\b(?:today|tomorrow|this|next|on|sometime)\\b',
    '\\b(?:can|could|would|will) (?:you|someone|somebody|they|he|i|we) (?:guys )?(?:come|stop by|swing by|bring it)\\b',
    '\\btable for\\b|\\broom for\\b|\\bappointment\\b.{0,20}\\b(?:for|with|on|tomorrow|today|next)\\b|\\breservation\\b.{0,12}\\bfor\\b',
    '\\bcalling to (?:confirm|remind|schedule|book|set up)\\b',
  ].join('|'),
)

export const WANTS_CHANGE = new RegExp(
  [
    '\\b(?:re-?schedul(?:e|ed|ing)|re-?book(?:ed|ing)?)\\b',
    `\\b(?:move|moving|change|changing|push|switch|bump|shift|swap|postpone|delay)(?:ing)? (?:my|our|the|that|this|it|his|her|their|an)(?: \\w+){0,3}? ?(?:${THING}|time|day|date|back|up|earlier|later|forward|(?:to|from) ${SOME_DAY})\\b`,
    `\\b(?:move|push|change|bump) it\\b(?! (?:around|off|on|out))|\\bswitch it (?:to|from) ${SOME_DAY}`,
    "\\b(?:can't|cannot|won't|not going to|not gonna|not be able to|unable to)(?: be able to)? make (?:it|that|my|the)\\b(?! work)",
    '\\b(?:extend|keep (?:it|the \\w+)|stay)(?: \\w+){0,3} (?:longer|extra|more (?:days?|nights?))\\b',
    '\\bpostpone\\b|\\bcome in (?:earlier|later) than\\b',
  ].join('|'),
)

/** The business has to move it. */
export const ASKS_CHANGE =
  /\b(?:could|can|would|may) (?:we|you) (?:\w+ ){0,2}(?:move|push|reschedule|switch|shift) (?:it|your|that|the|to)\b|\b(?:have|need|had|has|going) to (?:reschedule|rebook|(?:move|push|change) (?:your|her|his|the|that|their))\b/

export const WANTS_CANCEL =
  /\bcancel(?:l?ing|l?ed)?\b(?! ?(?:lation|fee|policy|list|charge)|s)(?!.{0,25}\b(?:subscription|membership|order|plan|policy|account|service|contract|insurance|card)\b)/
/** What is given up is a contract, not a date. */
export const CANCELS_CONTRACT =
  /\bcancel\w*\b.{0,25}\b(?:subscription|membership|order|plan|policy|account|service|contract|insurance|card)\b/
export const NOT_CANCEL =
  /\b(?:don't|do not|not|never|didn't|won't|without|rather than|instead of)\b[^.?!]{0,25}\bcancel|\b(?:you|they|he|she|it|somebody|someone)(?:'ve|'s| have| has|'d| had)? (?:just |already |guys )?cancel|\bcancel(?:l?ations?)\b/

/** The business says that it is settled. */
export const CONFIRMS = new RegExp(
  [
    `\\bremind(?:er|ing)?\\b.{0,40}\\b${THING}\\b`,
    "\\byou(?:'re| are| should be)(?: \\w+ ?ly)?(?: now| all| both)* (?:all )?(?:set|booked|scheduled|confirmed|reserved|down|good to go|in for|on the (?:calendar|schedule|books))\\b",
    '\\b(?:got|have|put|putting|booked|booking|scheduled|scheduling|reserved|moved|moving|rescheduled|changed|pencill?ed|confirmed|added|holding|get|got) (?:you|him|her|them|everyone|your \\w+)(?: all| both| guys)? (?:down|in|set|up|scheduled|booked|confirmed|for|on|at|to|over|back|through|tentatively)\\b',
    "\\bi(?:'ve| have|'ll| will)? (?:just )?(?:booked|scheduled|reserved|moved|rescheduled|changed|confirmed|made|put|switched|updated|set) (?:you|your|that|it|the|him|her|this|a|an)\\b",
    `\\b(?:${THING}|it|that|everything|you)(?:'s|'re| is| are| has been| was| have been)(?: now| all| been)* (?:confirmed|booked|scheduled|set|reserved|moved|made|rescheduled|changed|all set|in the (?:system|book|calendar))\\b`,
    "\\bsee (?:you|y'all|ya)(?: all| both| and \\w+)? (?:then|on|at|tomorrow|next|this|today|soon|in|\\w+day|the)\\b",
    "\\b(?:we|i|dr\\.? \\w+|doctor \\w+|he|she|they)(?:'ll| will)(?: be)? (?:see(?:ing)?|expect(?:ing)?|await) (?:you|y'all|ya|him|her|them)\\b",
    '\\b(?:look|looking) forward to (?:seeing|meeting|having|welcoming)\\b|\\bexpecting you\\b',
    "\\b(?:technician|tech|plumber|electrician|driver|someone|somebody|crew|team|he|she|they|inspector|mechanic|we|guy|installer)(?:'ll| will) (?:be there|be out|come|arrive|be by|stop by|swing by|be at)\\b",
    "\\b(?:booked|confirmed|scheduled|reserved) (?:for|on|at)\\b|\\bthat's (?:booked|confirmed|done|all done)\\b|^(?:all )?(?:booked|confirmed|done|all set)\\b",
  ].join('|'),
)

/** Looks settled but is a condition, an offer or a denial. */
export const NOT_CONFIRMS =
  /\?\s*$|\b(?:would you like|do you want|shall i|should i|can i (?:put|book|schedule|get)|could i|want me to|if (?:you|that|we|i)\b|once (?:you|we|i|it)|before i|in order to|can't|cannot|couldn't|unable|not able|not yet|isn't|is not|to get you|haven't|let me see|i can (?:get|put|book|schedule|see)|we can (?:get|put|book|schedule)|i could|we could|are you|is it|were you|did you|have to|may be|might)\b/

/** The caller leaves it: nothing offered is taken. */
export const DECLINES =
  /\bnot (?:really |that )?(?:interested|looking|ready|right now|at this time|today|for me)\b|\b(?:somewhere|someone|somebody) else\b|\belsewhere\b|\bi'll pass\b|\bnever ?mind\b|\bforget (?:it|about it)\b|\b(?:maybe )?(?:another|some other) time\b|\bhold off\b|\bleave it (?:for now|there|at that)\b|\blocked in\b|\b(?:don't|do not) (?:want|need) (?:one|an?|any|to)\b.{0,20}(?:appointment|meeting|visit|demo|now|right now)|\bno,? (?:i'm|we're) (?:good|fine|all set)\b|\babsolutely not\b|\btake (?:me|us|my number) off\b|\bstop calling\b|\bi said no\b|\bleave me alone\b|\b(?:don't|do not) (?:call|send (?:any|some)\w*|come)\b|\bi'm not (?:changing|switching|buying|signing)\b/

/** The business puts forward times. */
export const OFFERS =
  /\b(?:i|we)(?:'ve| have| could| can|'d)?(?: \w+ly)? (?:got|have|do|offer|squeeze|fit|get)\b|\b(?:he|she|they|dr\.? \w+|doctor \w+|there)(?:'s|'ve| has| is| have) (?:\w+ )?(?:got|free|available|an? opening|in your area)?\b|\b(?:would|does|do|will|could|can) .{0,40}\b(?:works?|suit|be (?:okay|ok|good|fine|better)|do|come|make|bring)\b|\b(?:how|what) about\b|\b(?:soonest|earliest|(?:next|first) (?:available|opening|one|thing))\b|\bprefer\b|\bavailable\b|\bopenings?\b|\bfree\b|\bbring it\b/

/** Talk of debts and dues, where dates are those of payments. */
export const DUES =
  /\b(?:collect a debt|past due|payment (?:plan|arrangement)s?|make a payment|outstanding balance|balance (?:of|with|on)|(?:was|is|are) (?:past )?due|overdue|standing order|set up a plan|autopay)\b/

/** Consent that needs no offer directly before it. */
export const TAKES =
  /\b(?:let's (?:do|go with|take|make it|say)|lets (?:do|go with|say)|i'll take|we'll take|i will take|book (?:it|that|me|us)|that one|i can (?:do|make) (?:that|it)|that'll (?:do|work)|that(?:'ll| will|'d| would)? (?:works?|time works)|works for (?:me|us)|sign me up|put me down|the (?:first|second|earlier|later|morning|afternoon|latter|former|last) (?:one|slot|appointment|time)?|(?:is|would be|sounds) (?:better|best|perfect|great|fine|good|ideal))\b/

/** The decision is put off. */
export const DEFERS =
  /\b(?:call|get back to|contact|text|e-?mail|phone|ring|let) you (?:back|know|to confirm|once|when|with|later|as soon|shortly|after)|\b(?:call|get back) (?:to )?you\b|\b(?:someone|somebody|they|he|she|the (?:office|doctor|manager|scheduler|owner|team)|dr\.? \w+)(?:'ll| will| can| is going to) (?:\w+ )?(?:call|contact|reach|get back|text|phone|be in touch|follow up)|\bhave (?:someone|somebody|\w+|the \w+) (?:call|contact|reach|get back)|\bwe(?:'ll| will) (?:\w+ )?(?:call|be in touch|get back|contact|reach out|let you know|confirm)|\bwait(?:ing)? ?list|\bcancellation list|\bneed to (?:check|confirm) with|\bi(?:'ll| will) (?:pass|leave|take) (?:it|this|that|a|the|your|along)|\bcan't confirm|\bnot confirmed|\bpending\b|\b(?:i'll|i will|let me) (?:call|think|talk|check with|get back|call you) (?:back|about it|to my|my|you|y'all)/

/** Words that refuse what was just offered. */
export const REFUSES =
  /^(?:(?:um|uh|oh|hmm|well|ah|actually|sorry),? )*(?:no|nope|nah|unfortunately)\b(?!,? (?:problem|worries|(?:that's|that is|that'll be|that would be|it's|this is|i think that's) (?:fine|ok|okay|alright|great|perfect|it|all|right|good|beautiful|wonderful|lovely|awesome|fantastic|excellent|amazing|everything|correct|really|what|so|just|the only|about)|i'm (?:good|fine|all set|okay|ok)|we're (?:good|fine)|nothing|thanks|thank|not at all))|\b(?:doesn't|don't|won't|does not|do not|will not|can't|cannot|couldn't|isn't going to|wouldn't)(?: really| quite| \w+)? (?:work|do|make|come|suit|fit)\b|\btoo (?:early|late|soon|far)\b|\b(?:i'm|i am|i'll be|im) (?:busy|at work|working|out of town|away|not (?:available|free)|teaching|traveling|travelling)\b|\b(?:is|that's|it's) (?:not|no) (?:good|great|ideal|going to)\b|\b(?:anything|something|any(?:thing)? other|one) (?:\w+ )?(?:later|earlier|else|sooner|different|after|before)\b|\bany other\b|\ba (?:bit|little) (?:later|earlier|sooner)\b|\bi(?:'ve| have) (?:a|an|another|work|school|class) (?:\w+ )?(?:meeting|conflict|class|appointment|shift|then)\b|\bwon't be able\b/

/** Only the hour was refused, the day may stay. */
export const REFUSES_TIME =
  /\btoo (?:early|late)\b|\b(?:later|earlier)\b(?! (?:in the week|that week|this week|date|day))/

/** A refusal by the business: no room then. */
export const UNAVAILABLE =
  /\b(?:fully|all|completely|totally)? ?booked(?: (?:up|solid|out|full)|,? i'm afraid)?\b(?! (?:you|for|in|that|it|your))|\b(?:don't|do not|doesn't|didn't) (?:have|see) (?:any|anything|an|that|a)\b|\bno (?:openings?|availability|appointments?|slots?|tables?|rooms?|space)\b|\bnothing (?:available|open|left|on|for|at|that)\b|\b(?:unfortunately|i'm afraid|sorry),?.{0,30}\b(?:closed|full|taken|gone|booked|not available|unavailable|don't|can't|no)\b|\b(?:is|are|'s|we're) (?:closed|full|taken|gone|not available|unavailable|booked)\b|\bnot open\b|\bsold out\b/

export const ACCEPTS =
  /\b(?:yes|yeah|yep|yup|sure|okay|ok|perfect|great|sounds? (?:good|great|perfect|fine|lovely|wonderful)|works?(?: for me| great| fine| perfectly| well| better| best)?|fine|wonderful|excellent|please do|please|absolutely|definitely|go ahead|awesome|lovely|brilliant|fantastic|good|i'll take|we'll take|i will take|let's do|let's go with|lets do|book (?:it|that|me|us)|that one|i can (?:do|make) (?:that|it)|that'll do|that will do|deal|cool|correct|right|of course|i'll be there)\b/

export const FIRST_CHOICE = /\b(?:first|earlier|earliest|former|morning|sooner|soonest)\b/
export const LAST_CHOICE = /\b(?:second|later|latest|latter|last|afternoon|evening)\b/

/** The business agrees to what the caller proposed. */
export const AGREES =
  /^(?:(?:oh|um|uh|ok|okay|alright|all right|great|well),? )*(?:yes|yeah|sure|absolutely|of course|no problem|certainly|perfect|great|okay|ok|alright|all right|done|sounds good|wonderful|you got it|not a problem|excellent|lovely|fantastic|got it|that works|that's (?:fine|available|open|perfect|no problem)|we can do that|i can do that|definitely|very good)\b/
export const CHECKING =
  /\b(?:let me (?:check|see|look|pull|find|take a look|get)|one (?:moment|second|sec)|checking|i'll (?:check|look|see)|unfortunately|afraid|hold on|just a (?:moment|second|minute)|bear with me|what (?:day|time|date)|which (?:day|time|date)|when would|how about|what about|would you prefer|do you prefer)\b/

/** Speaks of an appointment that already stands. */
export const STANDS = new RegExp(
  [
    `\\b(?:i|we|my \\w+|he|she)(?:'ve| have| had|'d)? (?:already )?(?:have|had|got|has)? ?(?:an?|my|our|the|this)? ?(?:\\w+ ){0,3}(?<!cancel )${THING} (?:\\w+ ){0,4}?(?:on|at|for|scheduled|booked|set|with|tomorrow|today|this|next|coming|monday|tuesday|wednesday|thursday|friday|saturday|sunday)`,
    `\\b(?:my|our|her|his|your|the|existing|current|original) (?:\\w+ ){0,2}${THING}(?:'s| is| was| on| for| at| tomorrow| today| this| next| scheduled| currently)`,
    "\\b(?:currently|originally|existing|supposed to|was (?:for|on|at|scheduled|booked)|i(?:'m| am) (?:scheduled|booked|down|set|coming in))\\b",
    "\\b(?:i see|i have|i've got|we have|looks like|i see that) (?:you|your|it|him|her)\\b|\\byou(?:'re| are) (?:currently |already )?(?:scheduled|booked|down)\\b|\\b(?:instead of|rather than)\\b",
  ].join('|'),
)

/** What the answer to is about the time that was offered. */
export const ABOUT_OFFER =
  /\b(?:work|suit|okay|ok|alright|good|sound|prefer|either|that|those|fine|best|convenient)\b/
