import type { Call, Turn } from '../../plugin-host/contract.ts'
import { asName, likeness } from '../values/spelling.ts'
import type { NameMention } from './name-mentions.ts'
import { nameMentions } from './names.ts'

export interface Identity {
  name: string
  /** The other ways in which the transcript has the name. */
  spellings: string[]
  mentions: NameMention[]
}

/** Who answered for the business: by self-introduction, the speaker's label, or what came with the call. */
export function agentIdentity(call: Call, mentions = nameMentions(call.turns)): Identity | undefined {
  const own = mentions.filter((one) => one.owner === 'agent' && !one.spelled)
  const said = own.find((one) => one.stated) ?? own[0]
  const name = said?.name ?? labelName(call.turns, 'agent') ?? call.agent_name?.trim()
  if (!name) return undefined
  const full = own.find((one) => one.name.startsWith(`${name} `))?.name ?? name
  return { name: full, spellings: [], mentions: own.filter((one) => sharesWord(one.name, full)) }
}

/** The person the call is about, put together from all that was said, spelled and read back. */
export function customerIdentity(call: Call, mentions = nameMentions(call.turns)): Identity | undefined {
  const agent = agentIdentity(call, mentions)?.name
  const others = mentions.filter((one) => one.owner === 'other').map((one) => one.name)
  const own = mentions.filter(
    (one) => isCustomers(one, agent) && (one.stated || !others.some((other) => sharesWord(one.name, other))),
  )
  const patients = own.filter((one) => one.owner === 'patient')
  const first = patients[0]
  const usable = first
    ? own.filter(
        (one) => one.owner === 'patient' || (one.index > first.index && (one.spelled || one.part === 'last')),
      )
    : own
  const build = assemble(usable)
  const name = nameOf(build) ?? labelName(call.turns, 'customer')
  if (!name) return undefined
  const spellings = [...new Set(build.variants)].filter((variant) => variant !== name)
  return { name, spellings, mentions: usable }
}

const isCustomers = (one: NameMention, agent: string | undefined) => {
  if (one.owner !== 'customer' && one.owner !== 'patient') return false
  return one.stated || agent === undefined || !sharesWord(one.name, agent)
}

const sharesWord = (one: string, other: string) => {
  const words = new Set(one.toLowerCase().split(' '))
  return other
    .toLowerCase()
    .split(' ')
    .some((word) => words.has(word))
}

const GENERIC =
  /^(?:agent|customer|caller|client|user|speaker|assistant|bot|ai|rep|representative|operator|receptionist|patient|guest|staff|support|system|host|dispatcher|advisor|unknown|person|other|channel|left|right|technician|clerk|manager|doctor|nurse|office|front desk|customer service|ivr|voicemail|human|lead|prospect|member|tenant|buyer|seller)\b/i

/** A speaker's label that is a person's name: `Maria`, `John Smith`. */
function labelName(turns: Turn[], role: 'agent' | 'customer'): string | undefined {
  const label = turns.find((turn) => turn.role === role)?.speaker.trim()
  const isName = label && /^\p{Lu}\p{Ll}+(?:[ -]\p{Lu}[\p{Ll}.']*){0,3}$/u.test(label) && !GENERIC.test(label)
  return isName ? label : undefined
}

interface Build {
  first: string
  last: string
  variants: string[]
}

const nameOf = ({ first, last }: Build) => `${first} ${last}`.trim() || undefined

function assemble(mentions: NameMention[]): Build {
  const build: Build = { first: '', last: '', variants: [] }
  for (const [at, one] of mentions.entries()) {
    if (one.spelled && opensPair(build, one, mentions[at + 1])) replace(build, 'first', one.name)
    else if (one.spelled) takeSpelled(build, one, mentions[at - 1])
    else take(build, one)
  }
  return build
}

/** «S-I-O-B-H-A-N, and C-A-L-L-A-G-H-A-N»: first and last name in letters, in the usual order. */
const opensPair = (build: Build, one: NameMention, next: NameMention | undefined) =>
  next?.spelled === true &&
  next.index === one.index &&
  one.part !== 'last' &&
  build.first !== '' &&
  isNear(build.last, next.name) &&
  !isNear(build.last, one.name)

function take(build: Build, one: NameMention) {
  const words = one.name.split(' ')
  if (one.part === 'last') return takeLast(build, one)
  if (words.length > 1) return takeFull(build, one, words)
  if (matches(build, one.name)) return
  if (!build.first) build.first = one.name
  else if (one.stated && isNear(build.first, one.name)) replace(build, 'first', one.name)
}

function takeFull(build: Build, one: NameMention, words: string[]) {
  const [first, last] = [words.slice(0, -1).join(' '), words.at(-1)!]
  if (!build.first && !build.last) {
    build.first = first
    build.last = last
    return
  }
  const known = nameOf(build)!
  if (known.toLowerCase() === one.name.toLowerCase()) return
  const settled = build.variants.some((variant) => variant.toLowerCase() === one.name.toLowerCase())
  if (settled) return
  if (first.length === 1 && build.first.startsWith(first) && isNear(build.last, last)) return
  if (!build.last && isNear(build.first, first)) Object.assign(build, { last })
  else if (!build.first && isNear(build.last, last)) Object.assign(build, { first })
  else if (one.stated)
    Object.assign(build, {
      first,
      last,
      variants: [...build.variants, ...(isVariant(build, first, last) ? [known] : [])],
    })
  else if (isVariant(build, first, last)) build.variants.push(one.name)
}

function takeLast(build: Build, one: NameMention) {
  const words = one.name.split(' ')
  const last = words.at(-1)!
  if (!build.last && build.first.toLowerCase() === one.name.toLowerCase()) build.first = ''
  if (words.length > 1 && !build.first) build.first = words.slice(0, -1).join(' ')
  if (!build.last || (one.stated && !isNear(build.last, last)))
    build.last = words.length > 1 && build.first.startsWith(words[0]!) ? last : one.name
  else if (last.toLowerCase() !== build.last.toLowerCase())
    build.variants.push(`${build.first} ${last}`.trim())
}

const SIMILAR = 0.5

const isVariant = (build: Build, first: string, last: string) =>
  isNear(build.first, first) && isNear(build.last, last)
const isNear = (one: string, other: string) => likeness(one, other) >= SIMILAR
const matches = (build: Build, word: string) =>
  [build.first, build.last].some((part) => part.toLowerCase() === word.toLowerCase())

/** Letters outrank what the recogniser heard: they replace the part of the name they resemble or follow. */
function takeSpelled(build: Build, one: NameMention, before: NameMention | undefined) {
  const both = splitWhole(build, one.name)
  if (both) {
    replace(build, 'first', both[0])
    return replace(build, 'last', both[1])
  }
  const place = placeOf(build, one, before)
  const written = build[place]
  if (written && written.toLowerCase() === one.name.toLowerCase()) return
  replace(build, place, one.name)
}

/** First and last name spelled in one go. */
function splitWhole(build: Build, letters: string): [string, string] | undefined {
  const whole = build.first + build.last
  if (!build.first || !build.last || letters.includes(' ') || likeness(whole, letters) < SAME_WHOLE)
    return undefined
  return [letters.slice(0, build.first.length), letters.slice(build.first.length)]
}

const SAME_WHOLE = 0.8

function placeOf(build: Build, one: NameMention, before: NameMention | undefined): 'first' | 'last' {
  const [first, last] = [likeness(build.first, one.name), likeness(build.last, one.name)]
  if (Math.max(first, last) >= SIMILAR) return first > last ? 'first' : 'last'
  if (one.part !== 'full') return one.part
  const follows = before?.index === one.index && one.start - before.end < 25
  if (follows && before.part === 'first' && !build.last)
    return sameStart(build.first, one.name) ? 'first' : 'last'
  if (!build.last && build.first) return sameStart(build.first, one.name) ? 'first' : 'last'
  return build.first ? 'last' : 'first'
}

const sameStart = (one: string, other: string) =>
  one[0]?.toLowerCase() === other[0]?.toLowerCase() && Math.abs(one.length - other.length) < 3

function replace(build: Build, place: 'first' | 'last', word: string) {
  const before = nameOf(build)
  const had = build[place]
  build[place] = asName(word)
  if (had && before) build.variants.push(before)
  // Variants heard while only half the name was known are no other spelling of the whole.
  build.variants = build.variants.filter((variant) => variant.includes(' ') || !nameOf(build)!.includes(' '))
}
