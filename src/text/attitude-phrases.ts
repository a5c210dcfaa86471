/** What a phrase says as a whole, whatever its words would add up to. `polite` ones are good manners only. */
export interface PhraseValue {
  value: number
  polite?: boolean
}

const polite = (value: number): PhraseValue => ({ value, polite: true })
const says = (value: number): PhraseValue => ({ value })

const TIMES = '(second|third|fourth|fifth|sixth|seventh|tenth|2nd|3rd|4th|5th|hundredth|umpteenth|nth)'
const COUNTED = '(two|three|four|five|six|seven|ten|2|3|4|5|6|several|multiple|many|countless)'
const NOBODY = '(nobody|no one|no-one|none of you|not one person)'
const COMPANY = '(service|account|contract|subscription|plan|membership|policy|everything)'
const SUBJECT = "(you've|you have|you|she|he|they|everyone|you guys|he's|she's|you're|you are|you were)"

export const PHRASES: [string, PhraseValue][] = [
  // Trying again and again, and being left waiting.
  [`${TIMES} time (i've|i have|i|i'm|we've|we|that|this|in|you've|you|now)`, says(-2)],
  [
    `(called|call|asked|told|tried|emailed|explained|explaining|rescheduled|transferred|been transferred) ... ${COUNTED} times`,
    says(-2),
  ],
  ['(every|each) single (time|day|month|week)', says(-1.5)],
  [
    '(keep|keeps|kept) (calling|getting|having|telling|asking|saying|charging|sending|transferring|happening|repeating|promising|changing|giving)',
    says(-1.4),
  ],
  ['(happened|happening|happens) (again|before|twice)', says(-1)],
  ['(over and over|again and again|time and again|going in circles|back and forth)', says(-1.8)],
  ['(been|was|were|sitting|waiting|left) [sitting|left|put] on hold', says(-1.8)],
  ['on hold for', says(-1.6)],
  [
    '(been waiting|waited|waiting) [here] [for] (over|almost|nearly|hours|forever|weeks|months|days|all|two|three|four|five|six|45|forty|thirty|an)',
    says(-1.6),
  ],
  ['(took|take|taking|takes) [you] (forever|so long|too long|this long|that long|ages)', says(-1.6)],
  [
    "still (waiting|nothing|haven't|hasn't|have not|has not|no|not|can't|cannot|isn't|don't|doesn't|didn't|down|broken|charged|charging|getting|having)",
    says(-0.9),
  ],
  [
    `${NOBODY} [ever] [has] (called|calls|came|come|showed|shows|answers|answered|answering|picked|picks|seems|knows|told|can|helps|helped|bothered|responded|responds|contacted|emailed|cares|listens|wants|got|returned|returns|has|is|even|replied)`,
    says(-1.9),
  ],
  [
    "(never|didn't|did not|don't|doesn't|hasn't|haven't|not) [even] [ever] (called|call|show|showed|shown|come|came|got|get|heard|hear|responded|respond|returned|return|followed|follow|bother|bothered) [me|from|my call|my calls|anything] (back|up|through)",
    says(-1.7),
  ],
  [
    '(no|without) (response|callback|reply|explanation|notice|warning|apology|follow-up|update|updates|show|one)',
    says(-1.2),
  ],
  [
    '(stood me up|hung up on me|hang up on me|hung up on|cut me off|blew me off|passed around|bounced around|brushed off|brushed me off|tossed around)',
    says(-2.4),
  ],
  ['(transferred|passed|bounced|sent) [me] [from] (around|again|person|department)', says(-1.7)],
  ['(a|the|getting|been|get|given) [the] (runaround|run around)', says(-2.5)],
  [
    '(already|just) (told|explained|gave|said|answered|did) [you|this|that|it|all] [all|that|this|to]',
    says(-1),
  ],
  ["(i was|we were|i've been|was) (promised|assured|guaranteed)", says(-1)],
  ['another (hour|week|day|month|fee|charge|two|three) [weeks|days|hours]', says(-0.7)],
  ['(have|having|had) to (repeat|chase|call back|explain again|keep|beg|fight)', says(-1.5)],
  // Money and trust.
  ['(charged|billed|charging|billing) [me] (twice|double|again|extra|for something)', says(-1.2)],
  ['(double|wrongly|over) (charged|billed)', says(-1.2)],
  [
    '(rip off|ripping me off|ripped off|ripping people off|highway robbery|daylight robbery|money grab|cash grab|bait and switch)',
    says(-3),
  ],
  ['(not|never) (paying|going to pay|gonna pay)', says(-1.5)],
  [
    "(waste|wasting|wasted) [of] [my|our|everyone's|your] (time|money|day|morning|afternoon|breath)",
    says(-3),
  ],
  ['(want|need|demand|give me) my money back', says(-2)],
  ["what (am i|are we|i'm|we're) (even|actually|exactly) paying for", says(-2.5)],
  ['what (am i|are we) paying [you] for', says(-2.5)],
  ['(lied to|lying to|been lied|false promises|broken promises|empty promises|promise after)', says(-2.5)],
  // Giving up and going away.
  [
    `(cancel|canceling|cancelling|close|closing|end) (my|the|our|this) [whole|entire|internet|cable] ${COMPANY}`,
    says(-1.2),
  ],
  ['(take|taking) (my|our) business (elsewhere|somewhere else)', says(-2.5)],
  ['(losing|lose|lost|run out of|running out of) [a|my|all] [all] (patience|customer|business)', says(-2.2)],
  ['never (again|using|coming back|doing business|recommend|buying|going back|ordering|dealing)', says(-2.4)],
  ['(bad|negative|terrible|scathing|one star|one-star|1-star) review', says(-2.2)],
  ['(one|zero) stars', says(-2.5)],
  [
    '(better business bureau|small claims|legal action|my lawyer|my attorney|consumer protection|file a complaint|make a complaint|formal complaint|lodge a complaint)',
    says(-2),
  ],
  [
    '(talk|speak|speaking|talking) (to|with) [your|a|the|somebody] (manager|supervisor|boss|superior|someone else|someone higher)',
    says(-1.8),
  ],
  [
    '(get|want|put|give|transfer|need|connect|escalate) [me] [to|on] (a|your|the) [line] (manager|supervisor)',
    says(-1.8),
  ],
  [
    '(i give up|had enough|enough is enough|last straw|fed up|sick of|sick and tired|tired of|at my wits end|wits end|beyond frustrated|done with (you|this))',
    says(-2.8),
  ],
  ["(forget it|don't bother|no point|what's the point|what is the point|never mind then)", says(-1.6)],
  // Reproach.
  [
    "(are you kidding|are you serious|you've got to be kidding|you must be kidding|you can't be serious|give me a break|gimme a break|this is a joke|what a joke|is this a joke)",
    says(-3),
  ],
  ['(how hard|how difficult) (is|can) (it|that|this) [be]', says(-2.5)],
  ['(how many times|how much longer|how many more times|how long do i have to)', says(-2.3)],
  ['(get|got) your act together', says(-3)],
  ["(makes no|doesn't make any|does not make any|make no|doesn't make) sense", says(-1.4)],
  ["(don't|do not|can't|cannot) understand (why|how) (you|this|it|i|nobody|no)", says(-1.4)],
  [
    "(don't|do not) (care|want) [about] [to hear] [your|any more|more] (policy|excuses|excuse|apologies|procedure)",
    says(-2.4),
  ],
  ['(excuses|excuse after excuse)', says(-1.8)],
  ["(can't|cannot|don't) believe (this|it|you|how|that|they|the)", says(-1.6)],
  ["you (people|guys) (are|always|never|keep|don't|can't|should|need|have|just|said|told)", says(-1)],
  [
    'not (good enough|acceptable|right|fair|okay with|ok with|how you treat|what i (paid|ordered|signed up|was told|asked) [for])',
    says(-1.8),
  ],
  ["(isn't|wasn't|ain't) (good enough|acceptable|right|fair)", says(-1.8)],
  [
    'not [very|really|at all|too|exactly|particularly|so] (happy|satisfied|pleased|impressed|thrilled|helpful)',
    says(-2.4),
  ],
  [
    "(isn't|aren't|wasn't|weren't|haven't been|hasn't been) [very|really|exactly|particularly] (happy|satisfied|pleased|impressed|thrilled|helpful|helping)",
    says(-2.2),
  ],
  ["(don't|do not|didn't) [really] (appreciate|trust|like) (being|the way|how|your|that|this|you)", says(-2)],
  ["(not|isn't|aren't|doesn't|didn't|don't) [really|even] (help|helping|listening|care)", says(-1.2)],
  [
    '(let me down|let down|letting me down|dropped the ball|screwed up|messed up|screwed this up|messed this up|botched)',
    says(-1.9),
  ],
  ['thanks (for nothing|a lot for nothing)', says(-3)],
  ['no thanks to you', says(-2.5)],
  [
    "(should have|should not have|should never have|shouldn't have) [been] (told|to|taken|happened|been|called|known)",
    says(-0.9),
  ],
  ['what (the hell|the heck|on earth|a mess|a shame|kind of (company|service|business))', says(-2)],
  ['(kind of|sort of|a bit|a little)', says(0)],
  ['(real|big|huge|major|ongoing|constant) (problem|issue|inconvenience|headache|hassle)', says(-0.9)],
  ['(too|so|way too|very) expensive', says(-1)],
  ["(i am|i'm) (done|out)", says(-1)],
  [
    '(nothing|not a thing|not anything) (works|worked|helps|helped|has worked|changed|has changed|has been done|gets done|was done)',
    says(-1.5),
  ],
  // Gratitude and praise.
  ['(thank you|thanks) (so much|a million|a ton|so very much|from the bottom) [for] [all]', says(1.3)],
  ['(thank you|thanks) (very much|a lot|a bunch|again)', polite(0.5)],
  [
    '(thank you|thanks) [for (your time|calling|holding|letting me know|getting back|checking|that)]',
    polite(0.25),
  ],
  [
    '(thank you|thanks) for (your help|helping|the help|understanding|your patience|explaining|that)',
    polite(0.6),
  ],
  ['(thank you|thanks) for (all [of] your help|being|taking care|sorting|fixing|everything|going)', says(1)],
  ["(can't|cannot) thank you enough", says(3.2)],
  [
    "(can't|couldn't|cannot|could not) (be happier|be better|ask for more|complain|have asked for [more|better])",
    says(2.6),
  ],
  ['(appreciate|appreciated) (it|that|you|your|the|all|this)', says(1)],
  ['(much|really|very much|greatly) appreciated', says(1.4)],
  [
    `${SUBJECT} [guys] [have|really] [been|were|are] [been] (so|very|really|extremely|super|incredibly|most|just|all) [so|very] (helpful|kind|great|patient|nice|amazing|wonderful|awesome|friendly|sweet|professional|good)`,
    says(2.6),
  ],
  [
    '[been] (a|an|such a|such an|of) (big|great|huge|tremendous|wonderful|enormous|real|massive) help',
    says(2.5),
  ],
  [
    '(made my day|saved my day|saved the day|saved me|above and beyond|life saver|life-saver|angel|weight off my)',
    says(2.8),
  ],
  [
    '(great|good|excellent|amazing|wonderful|fantastic|outstanding|awesome|best) (job|service|work|experience|customer service|support|team|company|care)',
    says(2.2),
  ],
  ["(what a|such a|that's a|that is a|a huge|a big|a) relief", says(2.4)],
  ['(five stars|5 stars|five-star|10 out of 10|ten out of ten)', says(3)],
  ['(highly|definitely|absolutely) recommend', says(2.6)],
  ['(exactly|just) what (i|we) (needed|wanted|was looking for|were looking for|was hoping)', says(1.6)],
  [
    '(that|this|it|which) (fixed|solved|did|worked|resolved) [it|the problem|the issue|the trick|that|everything]',
    says(1.4),
  ],
  [
    "(it's|it is|that's|they're|everything's|everything is|is|are) [all] (working|fixed|sorted|back up|back online|resolved|solved) [now|again|perfectly|great|fine]",
    says(1.3),
  ],
  ['(works|working) (now|again|perfectly|great|fine|like a charm)', says(1.3)],
  [
    "(we'll|i'll|will|we will|i will) [definitely|certainly|be sure to] (be back|come back|be coming back|use you again|recommend you)",
    says(1.8),
  ],
  [
    "(not bad|can't complain|no complaints|nothing to complain|much better|way better|so much better|a lot better|makes me feel better|feel better)",
    says(1.3),
  ],
  ["(can't wait|looking forward)", says(1.1)],
  ['(good|great|glad|happy|nice|wonderful|relieved) (to hear|to know|news)', says(1)],
  ['(faster|quicker|easier|better) than i (expected|thought|hoped)', says(1.8)],
  [
    '(no problem|no worries|no rush|no big deal|not a problem|no trouble|no issues|no issue|all good|all set|fair enough|makes sense|good point|good idea|sounds (good|fine|great|perfect|wonderful|lovely|like a plan))',
    polite(0.4),
  ],
  ["(that|it|this|which) (works|would work|will work|'ll work)", polite(0.4)],
  ['(works|work) for me', polite(0.4)],
  [
    "(would|will|'ll|that'd|it'd) be (great|perfect|good|nice|fine|helpful|wonderful|ideal|awesome|lovely|best|better|amazing|fantastic|excellent|easier|appreciated)",
    polite(0.35),
  ],
  ["(would have been|would've been|it'd be|would be) (nice|good|helpful|great) (if|to have)", says(-0.6)],
  ["(that's|that is|it's|it is) (fine|okay|alright|all right)", polite(0.2)],
  ['(happy|glad) to', polite(0.4)],
  ["(would|i'd|we'd|'d) (love|like) (to|it|that|a|an|some)", polite(0.2)],
  // Courtesies and everyday uses that say nothing about attitude.
  [
    '(good|great) (morning|afternoon|evening|day|night|one|time|question|weekend|rest|number|size|amount|while|deal of)',
    says(0),
  ],
  [
    '(have|enjoy) [yourself] (a|your|the) [very] (good|great|nice|wonderful|lovely|fantastic|awesome|pleasant|blessed) (day|one|night|evening|weekend|afternoon|rest|week|time|holiday)',
    polite(0.15),
  ],
  [
    '(you too|same to you|likewise|take care|nice (to meet|meeting|talking|speaking) [with|to] [you])',
    polite(0.15),
  ],
  [
    "(the|a|your|my|what's the|is the|be the|at the) [very] (best|good|better) (time|way|number|day|phone|email|place|option|thing|method|address|one|contact|price|rate|deal|offer|date|bet)",
    says(0),
  ],
  ['(best|good|better) (time|way|number|day|phone|email|option|price|rate|deal|bet|buy)', says(0)],
  ['(try|do|did|doing|tried) (my|your|our|their) best', says(0)],
  [
    "(if|when|whenever|as soon as) (it's|it is|that's|you're|there's) (better|good|best|easier|fine)",
    says(0),
  ],
  [
    '(as good as|good as|pretty good chance|so far|as well as|kind of (a|like|thing|car|place|service|work)|what kind of|any kind|this kind|that kind|some kind|same kind|all kinds|too bad|hard drive|hard time finding|hard copy|cold water|hot water|fast food|bad (signal|reception|connection|line))',
    says(0),
  ],
  ['(love|trust) (you|ya)', says(0.5)],
  [
    "(wrong (number|person|address|date|day|time|department|size|item|one)|lost my (card|phone|keys|password|wallet|job|key)|worry about it|no need to worry|don't worry|not to worry|not worried)",
    says(-0.2),
  ],
  ["(don't|doesn't|didn't|no) (mind|hurry|matter)", polite(0.2)],
  ["(i'm|i am) afraid [that] (it|it's|not|so|we|i|the|he|she|there|he's|of)", says(-0.2)],
  ['(in|at|for|of) (good|bad) (shape|standing|condition|faith|hands)', says(0)],
  ["no (idea|doubt|longer|matter|more|later|need|sir|ma'am)", says(0)],
  ["(i'm|i am|we're|are you|is it|that's|that) [not] (sure|correct|right)", says(0)],
  [
    '(yeah right|oh please|good luck with that|how convenient|how nice for you|big surprise|what a surprise|surprise surprise)',
    says(-2),
  ],
  [
    "(oh|well|just|that's just|isn't that|how) (great|wonderful|lovely|perfect|fantastic|brilliant|terrific|peachy) (another|now i|so now|so i|that's all i need|just what i needed|so you)",
    says(-2),
  ],
  [
    "(that's|this is|it's|well that's|isn't that|oh that's) just (great|wonderful|lovely|perfect|fantastic|brilliant|terrific|peachy|dandy)",
    says(-1.6),
  ],
]
