/** Greetings, identification and courtesies: every call has them, no summary needs them. */
export const ROUTINE =
  /\b(?:thank(?:s| you) for (?:calling|holding|contacting|your patience)|how (?:can|may) (?:i|we) (?:help|assist)|is there anything else|have a (?:great|good|nice|wonderful|lovely)|(?:can|could|may) i (?:please )?(?:have|get) your|what(?:'s| is) your (?:full )?(?:name|number|phone|address|email|date of birth)|spell (?:that|your|the)|(?:one|just a) moment|bear with me|calls? (?:is|are|may be) (?:being )?recorded|you(?:'re| are) welcome|^(?:\W*(?:hi|hello|hey|yes)\W+(?:\w+\W+)?)?(?:this is|my name is|it's) [^.]{2,40} (?:with|from|at) [^.,]{2,30}[.!]?$|^.{0,40}\bthis is \S+(?: speaking)?[.!]?$|my name is \S+(?: \S+)?[.!]?$|(?:hold|wait) (?:on|one|a) )/i

/** Each cue with its weight: what the customer wants, what is done about it, how the call ends. */
export const WANTS: [RegExp, number][] = [
  [
    /\b(?:i|we)(?:'ve| have)? (?:just )?(?:dropped off|brought|ordered|bought|booked|received|rented|moved|signed up|noticed|chipped|broke)\b/i,
    2,
  ],
  [/\b(?:i(?:'m| am)|just|was) calling (?:about|because|to|for|in|regarding|since|on)\b|\bthe reason\b/i, 4],
  [
    /\b(?:i(?:'d| would) like|i need|i want|i was hoping|i(?:'m| am) (?:looking|trying|hoping)|we need|we(?:'d| would) like|i have to)\b/i,
    3,
  ],
  [
    /\b(?:can|could|may) (?:i|you|we)\b|\bdo you (?:have|do|take|offer)\b|\bi was wondering\b|\bi wanted to\b|\bi(?:'ve| have) (?:got )?(?:a|an) (?:question|appointment|reservation|issue|problem)\b/i,
    2,
  ],
  [
    /\b(?:problem|issue|trouble|broken|not working|doesn't work|won't|can't|error|fail\w*|chipped|crack\w*|expired|locked|leak\w*|charged|bill|noise|pain|hurts?|missing|wrong|stopped|(?:is|been|went|goes) down|damaged)\b/i,
    2,
  ],
]
export const DONE: [RegExp, number][] = [
  [
    /\b(?:i(?:'ve| have|'ll| will| can| just)|we(?:'ve| have|'ll| will| can)|let me|i'm going to|we're going to)\b/i,
    1.5,
  ],
  [
    /\b(?:book\w*|schedul\w*|reschedul\w*|reserv\w*|cancel\w*|refund\w*|credit\w*|reset\w*|fix\w*|updat\w*|sent|send\w*|email\w*|transfer\w*|escalat\w*|ticket|technician|replac\w*|install\w*|order\w*|appl(?:y|ied)|waive\w*|remov\w*|chang\w*|process\w*|issue[ds]?|restart\w*|quote\w*|estimate\w*)\b/i,
    2,
  ],
  [/\b(?:because|turns out|looks like|it seems|the (?:reason|cause|problem))\b/i, 1],
]
export const ENDED: [RegExp, number][] = [
  [
    /\byour (?:[\w'-]+ ){1,4}is (?:now |set |on |for |at )*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|the \w+th)\b/i,
    3,
  ],
  [
    /\b(?:you(?:'re| are) (?:all set|booked|confirmed|scheduled|set|good to go)|(?:is|are|been) (?:booked|confirmed|scheduled|resolved|cancell?ed|refunded|fixed|credited|processed|reserved)|see you|(?:we|i)(?:'ll| will) (?:see|call|send|follow|email|get back)|(?:i|we)(?:'ve| have) (?:booked|scheduled|put|sent|moved|cancell?ed|reserved|added|opened|escalated|issued|applied))\b/i,
    4,
  ],
  [
    /\b(?:will|'ll|going to) (?:call|email|contact|text|ring) you(?: back)?\b|\bescalat\w+|\b(?:case|ticket|reference|confirmation|order) number\b/i,
    3,
  ],
  [/\b(?:works?|working) (?:now|again)|fixed|solved|that (?:did|worked)|back up\b/i, 3],
  [
    /\b(?:cancel (?:my|the|our)|speak to|manager|supervisor|complaint|think about it|call (?:you )?back|not interested|go ahead)\b/i,
    2,
  ],
]
