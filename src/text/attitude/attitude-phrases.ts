import { GRIEVANCES } from './grievance-phrases.ts'

/** What a phrase says as a whole, whatever its words would add up to. `polite` ones are good manners only. */
export interface PhraseValue {
  value: number
  polite?: boolean
}

const polite = (value: number): PhraseValue => ({ value, polite: true })
const says = (value: number): PhraseValue => ({ value })

const SUBJECT = "(you've|you have|you|she|he|they|everyone|you guys|he's|she's|you're|you are|you were)"

const PRAISE: [string, PhraseValue][] = [
  // Gratitude and praise.
  ['thank (goodness|god|heavens)', says(1.2)],
  [
    "(you're|you are|y'all are|you guys are|you all are) [just] (the best|a peach|a doll|a gem|a treasure|too kind|so kind|wonderful|amazing|great)",
    says(2.6),
  ],
  ["(i love it|i love that|love it|love that|that's beautiful|now you're talking)", says(1.4)],
  ['(that|it|this) (was|is) [so|very|really|super] (easy|painless|quick|fast|simple|smooth)', says(1.2)],
  [
    "(you're|you are|he's|she's|you guys are|they're) (a|an|the|my) [absolute|real|total|true] (star|angel|best|gem|hero|legend|genius|doll|saint|rockstar|lifesaver|champ)",
    says(2.6),
  ],
  [
    '(made|makes|making) (it|this|that|everything) [so|really|very|super] (easy|simple|painless|smooth)',
    says(1.5),
  ],
  ['(turned|turning) (it|this|that|things) around', says(1.2)],
  ['(took|taken|taking) care of (everything|it all|all of it)', says(1)],
  ['(like|as good as) new', says(1.2)],
  ["(best|greatest) _ (i've|i have|we've|we have|i|we) [ever]", says(2.4)],
  ['(exceeded|beat|surpassed) [all] [my|our] expectations', says(2.4)],
  ["(didn't|did not) (expect|think) ... (fast|quick|easy|well|smoothly|good|great)", says(1.4)],
  ['(thank you|thanks) (a million|a ton|so very much|from the bottom) [for] [all]', says(1)],
  ['(thank you|thanks) so much [for] [all]', says(0.6)],
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
  ['(appreciate|appreciated) (it|that|you|your|the|all|this)', says(0.7)],
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
  ["(that's|that is|it's|it is|is|are) (fine|okay|alright|all right)", polite(0.2)],
  ['(happy|glad) to', polite(0.4)],
  ["(would|i'd|we'd|'d) (love|like) (to|it|that|a|an|some)", polite(0.2)],
]

const EVERYDAY: [string, PhraseValue][] = [
  // Courtesies and everyday uses that say nothing about attitude.
  [
    '(happy|merry) [early|belated] (birthday|holidays|thanksgiving|anniversary|new|easter|halloween|hanukkah|christmas|fourth|monday|friday)',
    polite(0.15),
  ],
  [
    '(thank you|thanks|bye|cheers|alright|okay|ok|yes|no|hello|hi) (love|lovely|darling|dear|hon|honey|sweetheart)',
    polite(0.3),
  ],
  ['(good|nice|glad) to know', polite(0.3)],
  ['(oh|okay|ok|ah|mm) (nice|good|lovely|wonderful|terrific|beautiful|sweet)', polite(0.4)],
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

export const PHRASES: [string, PhraseValue][] = [
  ...GRIEVANCES.map(([pattern, value]): [string, PhraseValue] => [pattern, says(value)]),
  ...PRAISE,
  ...EVERYDAY,
]
