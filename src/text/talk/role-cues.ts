/** What only one side says, with its weight: above zero the agent, below the customer. */
export const CUES: [RegExp, number][] = [
  [/\bhow (?:can|may|could|might) (?:i|we) (?:help|assist|direct|be of)/i, 4],
  [/\b(?:thank you|thanks) for (?:calling|contacting|choosing|holding|your patience)/i, 4],
  [/\bwhat can i (?:do|help|get)\b.{0,20}\b(?:for|with)? ?you/i, 3],
  [/\bthis (?:call|line) (?:is|may be|will be) (?:being )?(?:recorded|monitored)/i, 3],
  [
    /\b(?:this is|my name is|you're speaking (?:with|to)) [\p{L}' ]{2,30}? (?:with|from|at|calling from)\b/iu,
    3,
  ],
  [/\b(?:calling (?:you )?(?:from|on behalf of))\b/i, 3],
  [/\b(?:can|could|may|might) i (?:please )?(?:have|get|take|grab) (?:your|the|a) /i, 2],
  [
    /\b(?:what is|what's|could you (?:confirm|verify|spell|give me)|can you (?:confirm|verify|spell)) (?:your|the) /i,
    2,
  ],
  [
    /\b(?:let me|i'll|i will|i can) (?:check|pull|look|transfer|connect|put you|get you|see if|book you|schedule you)/i,
    2,
  ],
  [/\banything else (?:i|we) can\b|\bhelp you with (?:anything|today)/i, 3],
  [/\b(?:i'd be|i'm|i would be) happy to (?:help|assist)/i, 2],
  [
    /\b(?:bear with me|one moment,? please|brief hold|our records|i see here|on our end|our (?:team|office|policy|technician)s?)\b/i,
    1.5,
  ],
  [
    /\b(?:we (?:offer|have (?:an? )?(?:opening|availability)|are open|close at|can get you|charge)|does that work for you)\b/i,
    1.5,
  ],
  [
    /\b(?:i(?:'d| would) like to|i want to|i need to|can i|could i|i'm trying to|looking to) (?:book|schedule|make|cancel|reschedule|order|speak|talk|return|report|set up|pay|file|dispute)\b/i,
    -3,
  ],
  [
    /\bmy (?:account|bill|order|car|truck|appointment|tooth|teeth|insurance|internet|phone|router|package|reservation|card|daughter|son|wife|husband|dog|cat|kid|sink|furnace|heater|house|policy|subscription|login|password)\b/i,
    -1.5,
  ],
  [
    /\bdo you (?:guys )?(?:have|take|accept|offer|do|sell|know if)\b|\bhow much (?:is|does|do|would|will)\b|\bare you (?:guys )?open\b/i,
    -2,
  ],
  [
    /\bi(?:'ve| have) (?:a|an) (?:problem|question|issue|appointment|reservation|leak)\b|\bi need (?:a|an|some|help)\b/i,
    -2,
  ],
  [
    /\b(?:who is this|not interested|take me off|stop calling|speaking with your (?:manager|supervisor))\b/i,
    -3,
  ],
]
export const INBOUND_CUES: [RegExp, number][] = [
  [/\bi(?:'m| am|'ve been| was) (?:just )?calling (?:about|because|to|for|in|regarding|since)\b/i, -3],
]
export const OUTBOUND_CUES: [RegExp, number][] = [
  [/\bi(?:'m| am|'m just| was) (?:just )?calling (?:about|because|to|for|regarding)\b/i, 3],
  [/\b(?:am i speaking (?:with|to)|is this|may i speak (?:with|to)|is [\p{L}]+ (?:there|available))\b/iu, 3],
  [/\b(?:yes,? (?:this is|speaking)|speaking\b|this is (?:he|she|him|her))\b/i, -2],
]
