import { LEAD } from './name-words.ts'

export type NamePart = 'full' | 'first' | 'last'

export type Whose = 'speaker' | 'listener' | 'customer' | 'patient' | 'other'

export interface Cue {
  pattern: RegExp
  whose: Whose
  part?: NamePart
  /** A weak cue («this is», «thanks») needs a name that looks like one. */
  weak?: boolean
}

const KIN =
  'daughter|son|wife|husband|mother|mom|mum|father|dad|sister|brother|partner|fiancee?|girlfriend|boyfriend|child|kid|baby|boy|girl|grandson|granddaughter|grandmother|grandfather|aunt|uncle|niece|nephew|boss|friend|roommate|client'

export const CUES: Cue[] = [
  {
    pattern: /\b(?:last|sur|family|second) ?name(?: is|'s|,|:)?(?: going to be| it's| is)?\s+/gi,
    whose: 'customer',
    part: 'last',
  },
  {
    pattern: /\b(?:first|given) name(?: is|'s|,|:)?(?: going to be| it's| is)?\s+/gi,
    whose: 'customer',
    part: 'first',
  },
  {
    pattern:
      /\b(?:her|his|their|(?:the )?(?:patient|child|guest|client|baby|kid)(?:'s)?|(?:daughter|son|wife|husband|mother|father|mom|dad|partner)'s) (?:full |first )?name(?: is|'s| would be)\s+/gi,
    whose: 'patient',
  },
  { pattern: /\b(?:mine's|mine is)\s+/gi, whose: 'speaker', weak: true },
  {
    pattern:
      /\b(?:my|our|his|her) (?:\w+ )?(?:dog|cat|puppy|kitten|horse|pony|rabbit|bird|bunny|hamster|pet),?\s+/gi,
    whose: 'other',
    weak: true,
  },
  { pattern: /\bmy (?:full )?name(?: is|'s)\s+/gi, whose: 'speaker' },
  {
    pattern:
      /(?<!(?:first|last|her|his|their|sur|family|given|patient's|my|full|second|company|business|street) ?)\bname(?:'s| is| would be)\s+/gi,
    whose: 'customer',
  },
  {
    pattern: new RegExp(
      `\\b(?:for|bring(?:ing)?(?: in)?|book(?:ing)?|schedule|regarding|about) (?:my|our) (?:\\w+ )?(?:${KIN})(?:'s name is)?,?\\s+`,
      'gi',
    ),
    whose: 'patient',
    weak: true,
  },
  { pattern: new RegExp(`\\b(?:my|our|his|her) (?:${KIN}),?\\s+`, 'gi'), whose: 'other', weak: true },
  {
    pattern: /\b(?:under (?:the name(?: of)?)?|in the name of|under the last name)\s*/gi,
    whose: 'customer',
    weak: true,
  },
  {
    pattern:
      /\b(?:i (?:have|see|show|do have|'ve got) an?|i have you (?:down |here |listed )?as|i see you here,?|pull(?:ed|ing)? up your (?:file|account|chart),?)\s+/gi,
    whose: 'listener',
    weak: true,
  },
  {
    pattern:
      /\b(?:am i (?:speaking|talking) (?:with|to)|may i (?:please )?speak (?:with|to)|can i (?:please )?speak (?:with|to)|could i (?:please )?speak (?:with|to)|is this|looking for|trying to reach|calling for|this message is for|message for)\s+/gi,
    whose: 'listener',
    weak: true,
  },
  {
    pattern:
      /\b(?:you(?:'re| are) (?:speaking|talking) (?:with|to)|you(?:'ve| have)? got|you(?:'ve| have) reached)\s+/gi,
    whose: 'speaker',
    weak: true,
  },
  {
    pattern: new RegExp(
      `\\b(?:i'm|i am|im|this is|my name is|it's) (?=\\p{L}+(?: \\p{L}+)?,? (?:and )?(?:i'm |i am |im )?(?:her|his|their|the) (?:${KIN}))`,
      'giu',
    ),
    whose: 'other',
    weak: true,
  },
  {
    pattern:
      /(?<![\p{L}'’])(?=(?!(?:what|who|that|it|she|he|there|let|patient|child|guest|customer|client|company|business)['’]s)\p{L}{3,}['’]s (?:(?:full |first |last )?name|birth ?da(?:y|te)|date of birth)\b)/giu,
    whose: 'patient',
    weak: true,
  },
  {
    pattern:
      /\b(?:it's|is it|have|see|under|showing|listed (?:as|under))\s+(?=\p{L}+(?: \p{L}+){0,2} on (?:file|(?:the|this|your) (?:account|file|policy|reservation|booking|order|card|lease|title|contract|ticket))\b)/giu,
    whose: 'listener',
    weak: true,
  },
  {
    pattern:
      /\b(?:this is|this's|i'm|i am|it's|it is|im)\s+(?!\p{L}+(?: \p{L}+){0,2} on (?:file|(?:the|this|your) (?:account|file|policy|reservation|booking|order|card|lease|title|contract|ticket))\b)/giu,
    whose: 'speaker',
    weak: true,
  },
  { pattern: /\b(?:mr|mrs|ms|miss|mister|missus)\.?\s+/gi, whose: 'listener', part: 'last' },
  { pattern: /\b(?:dr|doctor|prof|professor)\.?\s+/gi, whose: 'other', part: 'last', weak: true },
]

export const VOCATIVE =
  /\b(?:thank you(?: so much| very much)?|thanks(?: so much| a lot)?|hi(?: there)?|hello|hey|good (?:morning|afternoon|evening)|okay|ok|alright|all right|great|perfect|sure|wonderful|excellent|got it|no problem|of course|welcome(?: back)?|sorry|bye|goodbye|you're all set|all set|nice to meet you|yes|so|well),?\s+/gi

export const TRAILING = /,\s+(?=\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?[.!?]?$)/gu

export const REVERSED = /^(?:(?:hi|hello|hey|yes|yeah|good morning|good afternoon|um|uh),?\s+)*/i

export const ASKS =
  /\b(?:(?:by|your|the|her|his|their|patient's|child's|guest's|daughter's|son's|whose) (?:full |first |last |first and last |complete )*name|name and (?:date|birth|dob|phone|number|address|account|zip|your)|name (?:please|for|on|under|of|is it)|first and last name|who(?:'s| is| am i) (?:this|calling|speaking|(?:speaking|talking) (?:with|to)|the (?:appointment|booking|reservation) for|it for)|who (?:do i have|should i|shall i|am i)|under what name|who(?:'s| is) (?:it|this|that) (?:under|for)|what (?:is it|is that|was it|was that) under|what name|may i ask who|whom am i|a name|names?\?|\bname\W*$)/i

/** «You're Marguerite?» is answered with the whole name. */
export const ASKS_WHETHER =
  /\b(?:[Yy]ou're|[Ii]s this|[Uu]nder|[Ff]or|speaking with|talking to) \p{Lu}\p{Ll}+\b[^.?!]{0,20}\?$/u

export const ASKS_PATIENT =
  /\b(?:her|his|their|patient's|child's|daughter's|son's) (?:full |first |last )*name\b/i

export const ASKS_LAST = /\b(?:last|sur|family) ?name\b/i

export const ASKS_FIRST = /\b(?:first|full) (?:and last )?name\b/i

export const IS_KIN = new RegExp(`^(?:${KIN})(?:'s)?$`)

export const isLead = (word: string) => LEAD.has(word) || /^(?:my|for|our|a)$/.test(word) || IS_KIN.test(word)

export const WITH_LETTER = /\b(\p{L}{2,})(?: \p{L}{2,})?,? with an? ["']?([a-z])\b/giu

export const SAME_SOUND = /^(?:ck|kc|gj|jg|sz|zs|fp|pf)$/

export const SPELLED_LAST = /\b(?:last|sur|family) ?name\b[^.?!]*$/i

export const SPELLED_FIRST = /\bfirst name\b[^.?!]*$/i

export const SPELLED_OTHER =
  /\b(?:street|road|avenue|city|town|company|e-?mail|iban|account|policy|serial|reference|vin|postcode|postal code|confirmation|code|address|plate|license|at)\b[^.?!]*$/i

export const partAsked = (question: string): NamePart =>
  ASKS_LAST.test(question) && !ASKS_FIRST.test(question)
    ? 'last'
    : ASKS_FIRST.test(question) && !ASKS_LAST.test(question)
      ? 'first'
      : 'full'
