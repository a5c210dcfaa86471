import type { Call } from '../../plugin-host/contract.ts'
import type { EmailMention } from './emails.ts'
import type { PhoneMention } from './phones.ts'

const BUSINESS =
  /\b(?:our (?:\w+ )?(?:number|line|office|e-?mail)|(?:call|reach|text|contact|e-?mail) (?:us|me|our|the (?:office|front desk|clinic|shop))|(?:my|the) direct|give us a call|you can (?:call|reach|text|e-?mail) (?:us|me|him|her|them)|send (?:it|them|that|those) to us|press|dial)\b[^.?!]*$/i

const SECONDARY =
  /\b(?:work|home|other|alternate|alternative|second|backup|emergency|if (?:you can't|you don't|i'm not|i don't)|husband's|wife's|mother's|his|her|also)\b[^.?!]*$/i

/** The last number that is the caller's own: not the office's, not a second one given beside it. */
export function customersPhone(call: Call, phones: PhoneMention[]): PhoneMention | undefined {
  const before = (one: PhoneMention) => roleAndText(call, one)
  const own = phones.filter(
    (one) => one.e164 && !(before(one).role === 'agent' && BUSINESS.test(before(one).text)),
  )
  const first = own[0]
  const main = own.filter(
    (one) =>
      one === first ||
      one.corrects ||
      !SECONDARY.test(before(one).text) ||
      /\b(?:no|sorry|actually)\b/i.test(before(one).text),
  )
  return main.at(-1)
}

/** «And Derek's is …», «her email»: another person's. */
const isSomebodys = (before: string) =>
  SECONDARY.test(before) ||
  /\b(?!(?:it|that|here|what|there|name|email|mail|one)['’]s)\p{L}+['’]s (?:is|would be|e-?mail|address|number)\b[^.?!]*$/iu.test(
    before,
  )

function roleAndText(call: Call, one: { turn: number; start: number }) {
  const turn = call.turns.find((other) => other.turn === one.turn)!
  return { role: turn.role, text: turn.text.slice(0, one.start) }
}

export function customersEmail(call: Call, emails: EmailMention[]): EmailMention | undefined {
  const own = emails.filter((one) => {
    const { role, text } = roleAndText(call, one)
    return !(role === 'agent' && BUSINESS.test(text))
  })
  const main = own.filter((one, at) => at === 0 || !isSomebodys(roleAndText(call, one).text))
  return main.at(-1)
}

export const THIS_NUMBER =
  /\b(?:this (?:number|phone|one|cell|line)|the (?:number|one|phone|line) (?:that )?(?:i'm|i am|im|you're|you have|i) (?:calling|call|called)|(?:number|one) i(?:'m| am)? (?:calling|called) (?:you )?(?:from|on|with)|same number|this(?:'s| is)? (?:the|a|your) (?:best |good |right |correct )?(?:phone |contact |callback |cell )?number|number (?:that )?you(?:'re| are|'ve| have)? (?:just )?(?:called|calling|call) (?:us )?(?:from|on|with|in)|number (?:i have|that came up|on my screen|showing)|number (?:on|from) (?:your |the )?caller ?id)\b/i
