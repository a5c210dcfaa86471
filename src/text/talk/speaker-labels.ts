import type { Role } from '../../plugin-host/contract.ts'

/** What a speaker label says by itself; undefined when it is a name or a number. */
export function roleOfLabel(label: string): Role | undefined {
  const words = labelWords(label)
  if (words.some((word) => AGENT_WORDS.has(word))) return 'agent'
  if (words.some((word) => CUSTOMER_WORDS.has(word))) return 'customer'
  if (words.some((word) => MACHINE_WORDS.has(word))) return 'other'
  return undefined
}

/** A label that can only be a speaker: a role, `Speaker 1`, `spk_0`, `Channel 2`. */
export function isRoleLabel(label: string): boolean {
  const words = labelWords(label)
  if (words.length === 0 || words.length > 4) return false
  if (words.length > 1 && words.some((word) => SENTENCE_WORDS.has(word))) return false
  return NUMBERED.test(words.join(' ')) || roleOfLabel(label) !== undefined || isParty(label)
}

/** Decides whether «X:» at the start of a line names a speaker; `counts` says how often each X starts a line. */
export function isLabel(label: string, counts: ReadonlyMap<string, number>): boolean {
  if (isRoleLabel(label)) return true
  const words = labelWords(label)
  if (words.length === 0 || words.length > 4 || words.some((word) => NO_LABEL.has(word))) return false
  if (words.some((word) => SENTENCE_WORDS.has(word))) return false
  const isName = label.split(/\s+/).every((word) => /^[\p{Lu}\p{Lo}\d(#]/u.test(word))
  if ((counts.get(label) ?? 0) >= 2) return isName || words.length === 1
  return isName && (words.length > 1 || countRoles(counts) < 2)
}

/** Asked for every line of a transcript, which may have as many labels as lines: counted once for each. */
const roleCounts = new WeakMap<ReadonlyMap<string, number>, number>()

function countRoles(counts: ReadonlyMap<string, number>): number {
  const known = roleCounts.get(counts)
  if (known !== undefined) return known
  const roles = [...counts.keys()].filter(isRoleLabel).length
  roleCounts.set(counts, roles)
  return roles
}

export const labelWords = (label: string) =>
  label
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** Both ends of a line, which only the direction of the call turns into roles. */
export const isParty = (label: string) => labelWords(label).some((word) => PARTIES.has(word))

const set = (words: string) => new Set(words.trim().split(/\s+/))

const NUMBERED =
  /^(?:speaker|spk|channel|ch|party|participant|person|voice|line|side|s) ?(?:\d+|[a-d]|left|right)?$/
const PARTIES = set('callee receiver recipient called answerer')
const AGENT_WORDS = set(`
  agent rep representative assistant ai bot chatbot receptionist operator support clinic advisor adviser
  dispatcher dispatch csr associate specialist technician tech staff employee office reception desk service services
  care sales salesperson seller consultant counselor manager supervisor concierge coordinator scheduler
  teller banker officer clerk helpdesk interviewer hostess attendant broker recruiter
`)
const CUSTOMER_WORDS = set(`
  customer caller patient client user guest member lead consumer subscriber buyer tenant resident prospect
  human passenger policyholder shopper cardholder borrower student parent homeowner visitor claimant
  applicant traveler traveller purchaser donor interviewee
`)
const MACHINE_WORDS = set('ivr system automated voicemail recording announcement prompt machine narrator')
const NO_LABEL = set(`
  note notes total address email mail phone number date time subject ps reminder warning important question
  answer summary http https example update tip plan step option item price cost name reference ref re
  attention caution info also remember listen look result status order code password
`)
const SENTENCE_WORDS = set(`
  i you we they he she it is are was were be been the this that these those and or but so if then because
  my your our their his her do does did have has had will would can could should to at on in of for with
  from not just please here there what when where who why how following says said
`)
