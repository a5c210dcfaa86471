import type { Turn } from '../../plugin-host/contract.ts'
import { answersTo, type Finding } from '../talk/replies.ts'

const NAMES =
  "blue cross (?:and )?blue shield(?: of \\w+)?|blue cross|blue shield|bcbs|delta dental|united ?health ?care|united health|uhc|united concordia|aetna|cigna|humana|kaiser(?: permanente)?|met ?life|guardian|principal|ameritas|dentaquest|sun ?life|lincoln financial|anthem|tricare|medicare(?: advantage)?|medicaid|medi-?cal|chip|oscar(?: health)?|molina|ambetter|centene|well ?care|highmark|independence blue cross|emblem ?health|oxford|health ?net|premera|regence|care ?first|geha|vsp|eye ?med|davis vision|spectera|mutual of omaha|bupa|axa(?: ppp)?|vitality|aviva|allianz|zurich|geico|state farm|progressive|allstate|liberty mutual|farmers|nationwide|usaa|travelers|esurance|american family|safeco|the general|the hartford|erie|amica|trupanion|healthy paws|embrace|pets best|pet ?plan|home ?warranty|american home shield|workers'? comp(?:ensation)?"
const PLAN =
  '(?:\\s+(?:ppo|hmo|epo|pos|premier|gold|silver|bronze|plus|advantage|choice|federal|dental|vision|insurance plan))*'
const INSURER = new RegExp(`\\b(?:${NAMES})\\b${PLAN}`, 'gi')
/** Without the word insurance nearby these are everyday words. */
const EVERYDAY =
  /^(?:guardian|principal|progressive|oscar|oxford|travelers|farmers|nationwide|embrace|erie|anthem|chip|vitality|the general|zurich|highmark)$/i
const ABOUT = /\b(?:insur|coverage|covered|carrier|plan\b|provider|policy|ppo|hmo|network|copay)/i

const ASKS =
  /\b(?:insurance|coverage|carrier|insured|insurer|(?:dental|health|medical|vision) plan)\b[^.!]*\?|\b(?:what|which|any|have|do you have|your) (?:\w+ ){0,3}(?:insurance|coverage)\b/i
const NONE =
  /\b(?:(?:i |we )?(?:don't|do not|dont|doesn't) have (?:any |an? )?(?:\w+ )?(?:insurance|coverage)|no (?:dental |health |medical )?insurance|uninsured|self[- ]?pay(?:ing)?|pay(?:ing)? (?:in )?(?:cash|out of pocket|myself|privately)|out of pocket|private pay)\b/i
const STATED =
  /\b(?:my|our|the) insurance (?:is|company is|provider is|carrier is)(?: with| through)? ([^.,;!?]{2,40})|\b(?:insured (?:with|by|through)|insurance (?:through|with|from)|covered (?:by|under)) ([^.,;!?]{2,40})|\bi have ([\p{Lu}][\p{L}&' ]{1,30}?) (?:insurance|dental|ppo|hmo)\b/u

/** The insurance the caller has: the insurer as it was said, with its plan; `Self-pay` when there is none. */
export function insuranceOf(turns: Turn[]): Finding | undefined {
  const answers = answersTo(turns, ASKS)
  const about = new Set(answers.map((answer) => answer.turn))
  const customer = turns.filter((turn) => turn.role !== 'agent')
  return (
    customer.map((turn) => namedIn(turn, about.has(turn.turn))).findLast((found) => found !== undefined) ??
    customer.map(noneIn).find((found) => found !== undefined) ??
    customer.map(statedIn).find((found) => found !== undefined) ??
    declined(turns, answers)
  )
}

function namedIn(turn: Turn, asked: boolean): Finding | undefined {
  for (const match of turn.text.matchAll(INSURER)) {
    if (EVERYDAY.test(match[0]) && !asked && !ABOUT.test(turn.text)) continue
    if (
      /\b(?:not|no longer|used to have|had|switched from|instead of|don't have)\s+$/i.test(
        turn.text.slice(0, match.index),
      )
    )
      continue
    return {
      value: styled(match[0]),
      turn: turn.turn,
      start: match.index,
      end: match.index + match[0].length,
    }
  }
  return undefined
}

const UPPER = /\b(?:ppo|hmo|epo|pos|bcbs|uhc|vsp|geha|usaa|axa|chip)\b/gi

/** Raw recogniser output gets the capitals an insurer is written with. */
const styled = (text: string) =>
  /\p{Lu}/u.test(text)
    ? text
    : text
        .replace(/\b(?!of\b|and\b)\p{Ll}/gu, (letter) => letter.toUpperCase())
        .replace(UPPER, (word) => word.toUpperCase())

function noneIn(turn: Turn): Finding | undefined {
  const match = NONE.exec(turn.text)
  return match
    ? { value: 'Self-pay', turn: turn.turn, start: match.index, end: match.index + match[0].length }
    : undefined
}

function statedIn(turn: Turn): Finding | undefined {
  const match = STATED.exec(turn.text)
  const value = (match?.[1] ?? match?.[2] ?? match?.[3])
    ?.replace(/\s+(?:and|but|so|is|insurance)\b.*$/, '')
    .trim()
  if (!match || !value || /^(?:my|our|the|a|an|you|work|not|what|it|that)\b/i.test(value)) return undefined
  const start = match.index + match[0].indexOf(value)
  return { value: styled(value), turn: turn.turn, start, end: start + value.length }
}

/** «Do you have insurance?» «No.» */
function declined(turns: Turn[], answers: Finding[]): Finding | undefined {
  const bare = answers.find((answer) =>
    /^(?:no|nope|none|not right now|i don't|no i don't)\b/i.test(answer.value),
  )
  return bare && turns.some((turn) => turn.turn === bare.turn) ? { ...bare, value: 'Self-pay' } : undefined
}
