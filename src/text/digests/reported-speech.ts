import type { Role } from '../../plugin-host/contract.ts'
import { isQuestion } from '../talk/questions.ts'

/** «I need my car back» said by the customer becomes «The customer said they need their car back.» */
export function reported(sentence: string, role: Role, speaker: string): string {
  const who = role === 'other' ? speaker : `The ${role}`
  const said = withoutOpening(sentence).replace(/[\s,;:.!…]+$/, '')
  if (isQuestion(said)) return `${who} asked: “${capitalise(said.replace(/\?*$/, '?'))}”`
  if (role === 'other' || ADDRESSES.test(said)) return `${who} said: “${capitalise(said)}.”`
  return `${who} said ${lowerFirst(said).replace(PERSON, (word) => REPLACED[role][word.toLowerCase()] ?? word)}.`
    .replace(
      /\bthe (customer|agent) (are|have|were|do|need|want)\b/g,
      (_, who: string, verb: string) => `the ${who} ${SINGULAR[verb] ?? verb}`,
    )
    .replace(AFTER_CONJUNCTION, '$1s')
    .replace(/\bthey (am|was)\b/g, (_, verb: string) => `they ${PLURAL[verb] ?? verb}`)
}

/** A sentence without «hi, um, yeah, so» and the speaker's own name in front. */
export function withoutOpening(sentence: string): string {
  let text = sentence.trim()
  for (let before = ''; before !== text; ) {
    before = text
    text = text.replace(OPENING, '').trimStart()
  }
  return text === '' ? sentence.trim() : text
}

export const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const OPENING =
  /^(?:(?:hi|hello|hey|thanks|thank you|yes|no|okay),? \p{Lu}\p{Ll}+[,.!]+\s+|(?:hi|hello|hey) \p{L}+ (?=(?:i|i'm|i'd|i've|my|we|our|this|it's|can|could|um|uh|yeah)\b)|(?:hi|hello|hey|um+|uh+|erm|yeah|yes|yep|no|oh|ah|so|well|okay|ok|alright|all right|right|and|but|because|sure|great|perfect|absolutely|certainly|of course|thank you|thanks|good (?:morning|afternoon|evening)|you know|i mean|actually|basically)(?: there| so much| very much)?[,.!\s]+(?=\S)|(?:this is|it's|my name is|my name's) \p{L}+(?: \p{Lu}\p{L}+)?(?:,? and |[,.]\s+))/iu

/** Orders and courtesies to the other side cannot be told as a statement. */
const ADDRESSES =
  /^(?:please|let me|let's|go ahead|just|tell|give|send|take|put|can|could|would|what|how|why|don't|never|always|have|hold|call|cancel|fix|check|look|listen|try|make|thank)\b/i

const lowerFirst = (text: string) =>
  STARTER.test(text) && !/^I/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text

const STARTER =
  /^(?:the|a|an|my|your|our|we|you|it|its|it's|they|he|she|this|that|that's|there|there's|these|those|i'm|i've|i'd|i'll|if|when|since|after|before|last|every|everything|nobody|someone|one|some|all|now|then|we're|we've|we'll|you're|you've|you'll|but|and|at|for|in|on|two|three)\b/i

const PERSON =
  /\b(?:i'm|i've|i'd|i'll|i|my|mine|me|myself|we're|we've|we'd|we'll|we|our|ours|us|you're|you've|you'd|you'll|your|yours|you)\b/gi

const FIRST = {
  "i'm": "they're",
  "i've": "they've",
  "i'd": "they'd",
  "i'll": "they'll",
  i: 'they',
  my: 'their',
  mine: 'theirs',
  me: 'them',
  myself: 'themselves',
  "we're": "they're",
  "we've": "they've",
  "we'd": "they'd",
  "we'll": "they'll",
  we: 'they',
  our: 'their',
  ours: 'theirs',
  us: 'them',
}
const REPLACED: Record<'agent' | 'customer', Record<string, string>> = {
  customer: {
    ...FIRST,
    you: 'the agent',
    your: "the agent's",
    yours: "the agent's",
    "you're": 'the agent is',
    "you've": 'the agent has',
    "you'd": 'the agent would',
    "you'll": 'the agent will',
  },
  agent: {
    ...FIRST,
    you: 'the customer',
    your: "the customer's",
    yours: "the customer's",
    "you're": 'the customer is',
    "you've": 'the customer has',
    "you'd": 'the customer would',
    "you'll": 'the customer will',
  },
}
const AFTER_CONJUNCTION =
  /\b((?:if|when|that|once|what|as|because|before|after|until|since|which|whether) the (?:customer|agent) (?:like|see|get|come|call|pay|use|know|prefer|choose|keep|owe|live|wish|leave|bring|order|decide|send|give|provide|want|need|tell|ask|make|take|do not|go))\b/g
const SINGULAR: Record<string, string> = {
  are: 'is',
  have: 'has',
  were: 'was',
  do: 'does',
  need: 'needs',
  want: 'wants',
}
const PLURAL: Record<string, string> = { am: 'are', was: 'were' }
