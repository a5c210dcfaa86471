import type { Role } from '../../plugin-host/contract.ts'
import { CUES, INBOUND_CUES, OUTBOUND_CUES } from './role-cues.ts'
import { isParty, labelWords, roleOfLabel } from './speaker-labels.ts'

export interface RoleHints {
  agent_name?: string | null
  direction?: 'inbound' | 'outbound' | null
  /** The channel that `Channel n` labels give to the agent when nothing said tells; 0 is left. */
  agent_channel?: number
}

interface Said {
  speaker: string
  text: string
}

/** Maps each speaker label to a role: by the label, by the agent's name, and what is left by what was said. */
export function assignRoles(turns: readonly Said[], hints: RoleHints = {}): Map<string, Role> {
  const labels = [...new Set(turns.map((turn) => turn.speaker))]
  const roles = new Map<string, Role>()
  for (const label of labels) {
    const role = namedRole(label, labels, hints)
    if (role) roles.set(label, role)
  }
  const unknown = labels.filter((label) => !roles.has(label))
  if (unknown.length > 0) assignByContent(unknown, roles, turns, hints)
  return roles
}

/** The turns with the role of their speaker. */
export function withRoles<T extends Said>(
  turns: readonly T[],
  hints: RoleHints = {},
): (T & { role: Role })[] {
  const roles = assignRoles(turns, hints)
  return turns.map((turn) => ({ ...turn, role: roles.get(turn.speaker) ?? 'other' }))
}

function namedRole(label: string, labels: string[], hints: RoleHints): Role | undefined {
  if (isAgentName(label, hints.agent_name)) return 'agent'
  if (isCaller(label) && isOutboundCaller(labels, hints)) return 'agent'
  if (isParty(label)) return hints.direction === 'outbound' ? 'customer' : 'agent'
  return roleOfLabel(label)
}

function isAgentName(label: string, name: string | null | undefined): boolean {
  const words = labelWords(label)
  const names = labelWords(name ?? '')
  if (names.length === 0 || words.length === 0) return false
  return words.every((word) => names.includes(word)) || names.every((part) => words.includes(part))
}

const isCaller = (label: string) => labelWords(label).includes('caller')

/** On an outbound call «Caller» is the agent, unless another label already is. */
function isOutboundCaller(labels: string[], hints: RoleHints): boolean {
  const others = labels.filter((label) => !isCaller(label))
  if (hints.direction !== 'outbound') return false
  return others.length > 0 && others.every((label) => isParty(label) || roleOfLabel(label) === 'customer')
}

const CERTAIN = 2

function assignByContent(
  unknown: string[],
  roles: Map<string, Role>,
  turns: readonly Said[],
  hints: RoleHints,
) {
  const known = new Set(roles.values())
  const evidence = new Map(unknown.map((label) => [label, agentEvidence(label, turns, hints)]))
  const ranked = [...unknown].sort((a, b) => (evidence.get(b) ?? 0) - (evidence.get(a) ?? 0))
  if (unknown.length === 1 && known.size === 0) {
    roles.set(unknown[0] ?? '', loneRole(evidence.get(unknown[0] ?? '') ?? 0))
    return
  }
  if (!known.has('agent')) roles.set(ranked.shift() ?? '', 'agent')
  if (!known.has('customer') && ranked.length > 0)
    roles.set(likelyCustomer(ranked, evidence, turns), 'customer')
  for (const label of ranked) {
    if (!roles.has(label)) roles.set(label, (evidence.get(label) ?? 0) >= CERTAIN ? 'agent' : 'other')
  }
}

const loneRole = (evidence: number): Role =>
  evidence >= CERTAIN ? 'agent' : evidence <= -CERTAIN ? 'customer' : 'other'

function likelyCustomer(labels: string[], evidence: Map<string, number>, turns: readonly Said[]): string {
  const candidates = labels.filter((label) => (evidence.get(label) ?? 0) < CERTAIN)
  const said = (label: string) => turns.filter((turn) => turn.speaker === label).length
  const pool = candidates.length > 0 ? candidates : labels
  return pool.reduce((best, label) => (said(label) > said(best) ? label : best))
}

/** Above zero speaks for the agent; who speaks first and the channel only settle what the words leave open. */
function agentEvidence(label: string, turns: readonly Said[], hints: RoleHints): number {
  const said = turns.filter((turn) => turn.speaker === label)
  const cues = hints.direction === 'outbound' ? [...CUES, ...OUTBOUND_CUES] : [...CUES, ...INBOUND_CUES]
  const early = said.slice(0, EARLY_TURNS).map((turn) => turn.text.replaceAll('’', "'"))
  let score = 0
  for (const text of early) for (const [pattern, weight] of cues) if (pattern.test(text)) score += weight
  const first = turns[0]?.speaker === label
  const answers = hints.direction === 'outbound' ? -TIE : TIE
  const channel = /(?:channel|ch)[ _-]?(\d)/i.exec(label)?.[1]
  const byChannel = channel !== undefined && Number(channel) === (hints.agent_channel ?? 0) ? 2 * TIE : 0
  return score + (first ? answers : 0) + byChannel
}

const TIE = 0.2
const EARLY_TURNS = 12
