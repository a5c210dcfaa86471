/** What good service sounds like. Each cue is tried on one turn; the first that fits is quoted. */
export const SERVICE_CUES = {
  greeting: [
    /^(?:\W*(?:um|uh|yes|okay|so)\W+)*(?:hi|hello|hey|greetings|welcome|good (?:morning|afternoon|evening|day))\b/i,
    /\b(?:thank you|thanks) (?:so much )?for (?:calling|contacting|choosing|reaching|holding|being)/i,
    /\bwelcome to\b|(?<!(?:have|enjoy) (?:a|your) )\bgood (?:morning|afternoon|evening)\b|\b(?:how|what) (?:can|may|could) (?:i|we) (?:do|help|assist|direct|be of|get)\b/i,
  ],
  identification: [
    /\b(?:my name is|my name's|you(?:'re| are) (?:speaking|talking) (?:with|to)|you've reached|you have reached)\s+\p{L}+/iu,
    /\bthis is (?!a\b|an\b|the\b|my\b|your\b|our\b|about\b|regarding\b|in\b|not\b|why\b|how\b|what\b|where\b|to\b|for\b|so\b|very\b|just\b|it\b|being\b|call\b|because\b|really\b|all\b|going\b|something\b|only\b|ridiculous\b)\p{L}+/iu,
    /\b\p{L}+ speaking\b|\b(?:it's|i'm|i am) \p{L}+(?: \p{L}+)? (?:with|from|at|here at|calling from)\b/iu,
    /\bcalling (?:you )?(?:from|on behalf of)\b/i,
  ],
  empathy: [
    /\b(?:sorry|apologi[sz]e|apologies)\b(?=.{0,60}\b(?:hear|trouble|inconvenience|delay|wait|happen|experience|frustrat|confus|issue|problem|mistake|error|mix|this|that|about|for|you)\b|[.,!]|$)(?![.,]? (?:could|can|what|i (?:didn't|missed|couldn't|can't)|did you|who|how|would you))/i,
    /\bi (?:do |can |completely |totally |fully |really |definitely |certainly )*(?:understand|appreciate|hear|see|imagine|know|get)\b (?:how|that|why|your|what|you|it(?:'s| must| can)|the frustrat|this (?:is|must|has))/i,
    /\b(?:i (?:completely|totally|fully|certainly|absolutely) (?:understand|agree)|that (?:must|has to|can|sounds?|does sound|would)(?: be| have been)?\b.{0,20}\b(?:frustrat\w*|stress\w*|annoy\w*|difficult|hard|painful|uncomfortable|upset\w*|scary|awful|terrible|disappoint\w*|inconvenient|rough|miserable|worr\w*|tough)|no one should|nobody should|you have every right|don't blame you|i'd (?:be|feel) (?:the same|frustrated|upset)|you're right to|oh no|poor thing|get well|feel better)/i,
    /\b(?:thank you|thanks|appreciate)\b.{0,12}\bpatience\b|\bthe inconvenience\b/i,
  ],
  resolution: [
    /\b(?:i|we)(?:'ve| have)(?: got)? (?:you|it|that|him|her|them|everything) (?:all )?(?:down|booked|in|scheduled|set|reserved|marked|on the|ready|covered)\b/i,
    /\b(?:i|we)(?:'ve| have| just|'ve just| have just| went ahead and| was able to)+ (?:\w+ ){0,2}?(?:book|schedul|reschedul|reserv|cancel|refund|credit|reset|fix|updat|sent|email|transfer|escalat|open|replac|order|appl|waiv|remov|chang|process|issu|restart|add|put|mov|set|creat|submit|resolv|correct|adjust|confirm|got|log|clear|merg|re-?enabl|unlock|activat)\w*/i,
    /\b(?:you(?:'re| are)|that's|everything(?:'s| is)|it(?:'s| is)|your \w+(?: \w+)? (?:is|has been|are)) (?:now |all |been )*(?:set|booked|confirmed|scheduled|good to go|resolved|fixed|sorted|taken care of|refunded|cancell?ed|processed|updated|working|done|ready|reserved|active|unlocked)\b/i,
    /\b(?:i'll|i will|we'll|we will|i'm going to|we're going to|i can|we can|let me) (?:go ahead and |have |get )?(?:\w+ ){0,2}?(?:book|schedule|send|refund|credit|replace|escalate|transfer|call you|email|text|waive|issue|fix|reset|set (?:that|it|you) up|put you|add|submit|schedule|ship|deliver|provide|arrange|look into|follow up|get back|be there|come (?:out|by)|drop|bring|make sure|pass (?:this|that|it) on|forward|fill|prepare|get you|get that|see you|look after|take care|move|swap|connect|file|open a)\b/i,
    /\b(?:here's what|what (?:i|we) can do|the (?:fix|solution) is|try (?:to |turning|restarting|resetting|clicking|going|logging))\b/i,
  ],
  closing: [
    /\banything else\b|\bany other (?:question|concern)|\bsomething else i can\b/i,
    /\b(?:have|enjoy) (?:yourself )?(?:a|your|the) (?:\w+ )?(?:great|good|nice|wonderful|lovely|fantastic|pleasant|safe|day|evening|weekend|rest|night|afternoon|stay|trip)\b/i,
    /\b(?:good ?bye|bye|take care|see you|talk (?:to you )?soon|(?:thank you|thanks) (?:so much |again )?for (?:calling|your (?:call|time|business|patience)|choosing|being)|you(?:'re| are) (?:very |most )?welcome|appreciate your (?:business|call|time))\b/i,
  ],
} as const satisfies Record<string, readonly RegExp[]>

/** The customer reports something that went wrong, whatever the tone. */
export const PROBLEM_CUES: readonly RegExp[] = [
  /\b(?:problem|issue|trouble|broken?|broke|isn't working|not working|fail(?:s|ed|ing)?|doesn't work|stopped working|won't (?:turn|start|open|load|work|connect|let)|can't (?:log|get|access|connect|open|find|use)|error|crash\w*|leak\w*|outage|went out|is down|been down|keeps? (?:dropping|crashing|freezing|cutting|happening|beeping|going))\b/i,
  /\b(?:overcharg\w*|charged (?:me )?(?:twice|double|wrong|for|extra)|double.charged|wrong (?:item|order|size|amount|bill)|never (?:arrived|came|showed|received|got)|(?:didn't|hasn't|haven't) (?:arrive|show|come|receive|get)\w*|missing|damaged|defective|late|delayed|complain\w*|mistake|refund)\b/i,
  /\b(?:pain|painful|hurts?|hurting|aching|ache|toothache|swollen|swelling|bleeding|emergency|accident|injur\w+|sick|passed away|lost my|stolen|fraud\w*)\b/i,
]
