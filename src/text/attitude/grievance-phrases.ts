const TIMES = '(second|third|fourth|fifth|sixth|seventh|tenth|2nd|3rd|4th|5th|hundredth|umpteenth|nth)'
const COUNTED = '(two|three|four|five|six|seven|ten|2|3|4|5|6|several|multiple|many|countless)'
const NOBODY = '(nobody|no one|no-one|none of you|not one person)'
const COMPANY = '(service|account|contract|subscription|plan|membership|policy|everything)'

/** Reproaches, by strength: what people say who were let down. */
export const GRIEVANCES: [string, number][] = [
  // Trying again and again, and being left waiting.
  [`${TIMES} time (i've|i have|i|i'm|we've|we|that|this|in|you've|you|now)`, -2],
  [
    `(called|call|asked|told|tried|emailed|explained|explaining|rescheduled|transferred|been transferred) ... ${COUNTED} times`,
    -2,
  ],
  ['(every|each) single (time|day|month|week)', -1.5],
  [
    '(keep|keeps|kept) (calling|getting|having|telling|asking|saying|charging|sending|transferring|happening|repeating|promising|changing|giving)',
    -1.4,
  ],
  ['(happened|happening|happens) (again|before|twice)', -1],
  ['(over and over|again and again|time and again|going in circles|back and forth)', -1.8],
  ['(been|was|were|sitting|waiting|left) [sitting|left|put] on hold', -1.8],
  ['on hold for', -1.6],
  [
    '(been waiting|waited|waiting) [here] [for] (over|almost|nearly|hours|forever|weeks|months|days|all|two|three|four|five|six|45|forty|thirty|an)',
    -1.6,
  ],
  ['(took|take|taking|takes) [you] (forever|so long|too long|this long|that long|ages)', -1.6],
  [
    "still (waiting|nothing|haven't|hasn't|have not|has not|no|not|can't|cannot|isn't|don't|doesn't|didn't|down|broken|charged|charging|getting|having)",
    -0.9,
  ],
  [
    `${NOBODY} [ever] [has] (called|calls|came|come|showed|shows|answers|answered|answering|picked|picks|seems|knows|told|can|helps|helped|bothered|responded|responds|contacted|emailed|cares|listens|wants|got|returned|returns|has|is|even|replied)`,
    -1.9,
  ],
  [
    "(never|didn't|did not|don't|doesn't|hasn't|haven't|not) [even] [ever] (called|call|show|showed|shown|come|came|got|get|heard|hear|responded|respond|returned|return|followed|follow|bother|bothered) [me|from|my call|my calls|anything] (back|up|through)",
    -1.7,
  ],
  [
    '(no|without) (response|callback|reply|explanation|notice|warning|apology|follow-up|update|updates|show|one)',
    -1.2,
  ],
  [
    '(stood me up|hung up on me|hang up on me|hung up on|cut me off|blew me off|passed around|bounced around|brushed off|brushed me off|tossed around)',
    -2.4,
  ],
  ['(transferred|passed|bounced|sent) [me] [from] (around|again|person|department)', -1.7],
  ['(a|the|getting|been|get|given) [the] (runaround|run around)', -2.5],
  ['(already|just) (told|explained|gave|said|answered|did) [you|this|that|it|all] [all|that|this|to]', -1],
  ["(i was|we were|i've been|was) (promised|assured|guaranteed)", -1],
  ['another (hour|week|day|month|fee|charge|two|three) [weeks|days|hours]', -0.7],
  ['(have|having|had) to (repeat|chase|call back|explain again|keep|beg|fight)', -1.5],
  // Money and trust.
  ['(charged|billed|charging|billing) [me] (twice|double|again|extra|for something)', -1.2],
  ['(double|wrongly|over) (charged|billed)', -1.2],
  [
    '(rip off|ripping me off|ripped off|ripping people off|highway robbery|daylight robbery|money grab|cash grab|bait and switch)',
    -3,
  ],
  ['(not|never) (paying|going to pay|gonna pay)', -1.5],
  ["(waste|wasting|wasted) [of] [my|our|everyone's|your] (time|money|day|morning|afternoon|breath)", -3],
  ['(want|need|demand|give me) my money back', -2],
  ["what (am i|are we|i'm|we're) (even|actually|exactly) paying for", -2.5],
  ['what (am i|are we) paying [you] for', -2.5],
  ['(lied to|lying to|been lied|false promises|broken promises|empty promises|promise after)', -2.5],
  // Giving up and going away.
  [
    `(cancel|canceling|cancelling|close|closing|end) (my|the|our|this) [whole|entire|internet|cable] ${COMPANY}`,
    -1.2,
  ],
  ['(take|taking) (my|our) business (elsewhere|somewhere else)', -2.5],
  ['(losing|lose|lost|run out of|running out of) [a|my|all] [all] (patience|customer|business)', -2.2],
  ['never (again|using|coming back|doing business|recommend|buying|going back|ordering|dealing)', -2.4],
  ['(bad|negative|terrible|scathing|one star|one-star|1-star) review', -2.2],
  ['(one|zero) stars', -2.5],
  [
    '(better business bureau|small claims|legal action|my lawyer|my attorney|consumer protection|file a complaint|make a complaint|formal complaint|lodge a complaint)',
    -2,
  ],
  [
    '(talk|speak|speaking|talking) (to|with) [your|a|the|somebody] (manager|supervisor|boss|superior|someone else|someone higher)',
    -1.8,
  ],
  [
    '(get|want|put|give|transfer|need|connect|escalate) [me] [to|on] (a|your|the) [line] (manager|supervisor)',
    -1.8,
  ],
  [
    '(i give up|had enough|enough is enough|last straw|fed up|sick of|sick and tired|tired of|at my wits end|wits end|beyond frustrated|done with (you|this))',
    -2.8,
  ],
  ["(forget it|don't bother|no point|what's the point|what is the point|never mind then)", -1.6],
  // Reproach.
  [
    "(are you kidding|are you serious|you've got to be kidding|you must be kidding|you can't be serious|give me a break|gimme a break|this is a joke|what a joke|is this a joke)",
    -3,
  ],
  ['(how hard|how difficult) (is|can) (it|that|this) [be]', -2.5],
  ['(how many times|how much longer|how many more times|how long do i have to)', -2.3],
  ['(get|got) your act together', -3],
  ["(makes no|doesn't make any|does not make any|make no|doesn't make) sense", -1.4],
  ["(don't|do not|can't|cannot) understand (why|how) (you|this|it|i|nobody|no)", -1.4],
  [
    "(don't|do not) (care|want) [about] [to hear] [your|any more|more] (policy|excuses|excuse|apologies|procedure)",
    -2.4,
  ],
  ['(excuses|excuse after excuse)', -1.8],
  ["(can't|cannot|don't) believe (this|it|you|how|that|they|the)", -1.6],
  ["you (people|guys) (are|always|never|keep|don't|can't|should|need|have|just|said|told)", -1],
  [
    'not (good enough|acceptable|right|fair|okay with|ok with|how you treat|what i (paid|ordered|signed up|was told|asked) [for])',
    -1.8,
  ],
  ["(isn't|wasn't|ain't) (good enough|acceptable|right|fair)", -1.8],
  [
    'not [very|really|at all|too|exactly|particularly|so] (happy|satisfied|pleased|impressed|thrilled|helpful)',
    -2.4,
  ],
  [
    "(isn't|aren't|wasn't|weren't|haven't been|hasn't been) [very|really|exactly|particularly] (happy|satisfied|pleased|impressed|thrilled|helpful|helping)",
    -2.2,
  ],
  ["(don't|do not|didn't) [really] (appreciate|trust|like) (being|the way|how|your|that|this|you)", -2],
  ["(not|isn't|aren't|doesn't|didn't|don't) [really|even] (help|helping|listening|care)", -1.2],
  [
    '(let me down|let down|letting me down|dropped the ball|screwed up|messed up|screwed this up|messed this up|botched)',
    -1.9,
  ],
  ['thanks (for nothing|a lot for nothing)', -3],
  ['no thanks to you', -2.5],
  [
    "(should have|should not have|should never have|shouldn't have) [been] (told|to|taken|happened|been|called|known)",
    -0.9,
  ],
  ['what (the hell|the heck|on earth|a mess|a shame|kind of (company|service|business))', -2],
  ['(kind of|sort of|a bit|a little)', 0],
  ['(real|big|huge|major|ongoing|constant) (problem|issue|inconvenience|headache|hassle)', -0.9],
  ['(too|so|way too|very) expensive', -1],
  ["(i am|i'm) (done|out)", -1],
  [
    '(nothing|not a thing|not anything) (works|worked|helps|helped|has worked|changed|has changed|has been done|gets done|was done)',
    -1.5,
  ],
  // Distrust and refusal.
  ['(every|each) time (i|we) (call|ask|try|use|come|go|get)', -1.2],
  ['(heard|been told) (that|this|it) [all] before', -1.5],
  ["(don't|do not|can't) (believe|trust) (you|a word|anything|a thing|any of)", -2],
  [
    "(i was|we were|i've been) told (it|that|you|they|i|we|he|she|someone|somebody|the|by|two|three|twice|something)",
    -0.6,
  ],
  ['(i|we) want [a|my] (full refund|refund|money back)', -1.2],
  [
    "don't want (a|an|another|your|any|any more) (discount|credit|coupon|voucher|apology|plan|excuses|visit|appointment|technician)",
    -1.2,
  ],
  ['stop (calling|emailing|texting|contacting|harassing|charging|sending) (me|us)', -1.8],
  ['(you again|you lot|report you|reporting you)', -1.6],
  ['take (me|us|my number) off [of] (your|the|this)', -0.5],
  ["(i'm|i am|i'll|i will|we'll|we're|we are|i would) never", -1.9],
  [
    "(won't|will not|not|never) be (coming back|back|returning|using|ordering|calling|staying|renewing|shopping)",
    -2,
  ],
  ['(not|never) (coming back|going back|recommend|renewing|staying|trust)', -1.8],
  ["(wouldn't|won't|can't|cannot|would not|will not|don't) [really] recommend", -2.2],
  ['what (am i|are we) supposed to', -1.9],
  [
    "(was|were|is|are|you're|it's|you were) supposed to (be|come|arrive|get|call|send|show|fix|take|have|happen|deliver|ship)",
    -0.6,
  ],
  ['(is|was) (that|this) (how|what) you', -1.9],
  ["(just wow|for what|good grief|for god's sake|for crying out loud|for heaven's sake)", -1],
  [
    '(same|exact same) (problem|issue|thing|mistake|noise|error|story|answer) (again|every|the minute|as|all over)',
    -1.2,
  ],
  [
    "(hasn't|haven't|didn't|never|has not|have not) (returned|answered|responded|followed|fixed|solved|resolved|helped|done|refunded|delivered|apologized)",
    -1.2,
  ],
  ['(left|leave|leaving) (two|three|four|five|several|multiple|many|a dozen) (messages|voicemails)', -1.2],
  [
    "that's (the problem|exactly the problem|what you said|what they said|what they told me|what you told me)",
    -0.9,
  ],
  ["(don't|doesn't|do not) (make|care|add up)", -0.8],
  ['(shorter|worse|slower|lower) than (i|you|what|before|promised)', -1],
  ["(not|isn't|wasn't|aren't) (great|ideal|the best|so great|going well|that great)", -1.5],
  ["(not|isn't) (great|ideal|good) for (me|us)", 0],
  ['(go|going|went) with (another|a different|someone else|somebody else)', -1.3],
  [
    '(find|found|finding|hire|use) (someone else|somebody else|another (company|provider|vendor|place|insurer|doctor|dentist|contractor|shop))',
    -1.5,
  ],
  [
    'never (came|arrived|showed|happened|worked|called|responded|replied|returned|answered|delivered|fixed|helped|apologized)',
    -1.6,
  ],
  ['because of (you|your|you guys)', -1.6],
  ['what good (does|is|will|are)', -2.2],
  [
    '(punished|punishing|penalized|cheated|tricked|deceived|robbed|ignored|disrespected|insulted|mistreated)',
    -2,
  ],
]
