import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../../src/plugin-host/contract.ts'
import { callOf, type TurnLike } from '../support/calls.ts'

const FOLDER = join(import.meta.dir, 'calls')

/** What a native listener would write down; null where the call does not say. */
export interface Expected {
  appointment_scheduling?: Record<string, string | null>
  sentiment_v1?: { sentiment: string }
  competitor_mentions_v1?: { counts: Record<string, number> }
  /** Optional ones, such as the last four digits read back, may be found or not. */
  pii_v1?: { entities: { type: string; turn: number; text: string; optional?: true }[] }
}

export interface LabelledCall {
  name: string
  call: Call
  expected: Expected
}

/** The labelled calls whose name holds one of the given parts; all when none is given. */
export async function loadCalls(parts: string[] = []): Promise<LabelledCall[]> {
  const files = readdirSync(FOLDER)
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
  return Promise.all(files.map(loadCall))
}

async function loadCall(file: string): Promise<LabelledCall> {
  const { call, expected } = (await Bun.file(join(FOLDER, file)).json()) as {
    call: Partial<Call> & { turns: TurnLike[] }
    expected: Expected
  }
  const { turns, ...facts } = call
  return { name: file.replace('.json', ''), call: callOf(turns, facts), expected }
}
