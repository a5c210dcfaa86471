import type { App } from '../app.ts'
import { resolveVariables } from '../core/algorithms/variables.ts'
import type { Call } from '../core/calls/calls.sql.ts'
import { beforeMasking, openOriginal, plain } from '../core/calls/originals.ts'
import type { Recording } from '../core/calls/recordings.sql.ts'
import { getTranscript, type StoredTranscript, type TurnsOf } from '../core/calls/transcripts.sql.ts'
import type { Turn } from '../core/calls/transcripts.ts'
import { resolveConfig } from '../core/config/resolve.ts'
import type { ResolvedConfig } from '../core/config/schema.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import type { Queryable } from '../db/db.ts'
import { SECOND } from '../lib/clock.ts'
import type { RunOutcome } from '../plugin-host/pool.ts'
import { callInput } from './call-input.ts'
import { type Entity, maskedFinding } from './masking.ts'

export const MASKER = 'pii_v1'

export interface Reading {
  /** What the algorithms read. */
  turns: Turn[]
  /** What is stored and delivered. */
  shown: Turn[]
  /** How the transcript is to be stored from now on; absent when it stays as it is. */
  stored?: TurnsOf
  /** Under redaction: what was found, already masked itself, and what results must not repeat. */
  masking?: { outcome: RunOutcome; revision: number; entities: Entity[] }
}

export interface Source {
  job: Job
  call: Call
  recording: Recording | undefined
  config: ResolvedConfig
}

/** The transcript as today's configuration wants it read and kept. Throws `CannotMask`. */
export async function readTranscript(app: App, source: Source): Promise<Reading> {
  const { job, config } = source
  const transcript = job.transcriptId === null ? undefined : await getTranscript(app.db, job.transcriptId)
  if (!transcript) return { turns: [], shown: [] }
  const { enabled, analyze_original: analyzeOriginal } = config.redaction
  const stored = JSON.parse(transcript.turns) as Turn[]
  if (!enabled) return unredacted(app, transcript, stored)
  const original = openOriginal(app.sealer, transcript) ?? (transcript.masked ? undefined : stored)
  if (!original || (transcript.masked === 1 && !analyzeOriginal))
    return { turns: stored, shown: stored, stored: kept(source, transcript, transcript.turns) }
  const masking = await mask(app, source, original)
  const shown = transcript.masked === 1 ? stored : withMasks(original, masking.redacted)
  return {
    turns: analyzeOriginal ? original : shown,
    shown,
    stored: kept(source, sealedFrom(app, transcript, original), JSON.stringify(shown)),
    masking,
  }
}

/** Masking found out too late that it cannot be done: then nothing of the call may be shown. */
export class CannotMask extends Error {
  readonly code = 'redaction_failed'
}

/** What may be shown of a job's transcript without asking any plugin. */
export async function readableTurns({ db }: App, tx: Queryable, job: Job): Promise<Turn[]> {
  const transcript = job.transcriptId === null ? undefined : await getTranscript(tx, job.transcriptId)
  if (!transcript) return []
  const { redaction } = await resolveConfig(db, job.workspaceId)
  return redaction.enabled && transcript.masked === 0 ? [] : (JSON.parse(transcript.turns) as Turn[])
}

/** What was masked stays so; what was only waiting for it is kept as it came. */
function unredacted({ sealer }: App, transcript: StoredTranscript, stored: Turn[]): Reading {
  const waiting = transcript.masked === 0 ? openOriginal(sealer, transcript) : undefined
  return waiting
    ? { turns: waiting, shown: waiting, stored: plain(waiting) }
    : { turns: stored, shown: stored }
}

const sealedFrom = ({ sealer }: App, transcript: StoredTranscript, turns: Turn[]): StoredTranscript =>
  transcript.original === null
    ? { ...transcript, ...beforeMasking(sealer, transcript.callId, turns) }
    : transcript

const kept = ({ config }: Source, { original }: StoredTranscript, turns: string): TurnsOf => ({
  turns,
  original: config.redaction.keep_original ? original : null,
  masked: 1,
})

async function mask(app: App, { job, call, recording, config }: Source, turns: Turn[]) {
  const { variables, revision } = await resolveVariables(app.db, app.sealer, job.workspaceId, MASKER)
  const [outcome] = await app.plugins.analyze({
    call: callInput({ job, call, turns, recording, config }),
    runs: [{ algorithmId: MASKER, variables }],
    timeLimitMs: app.settings.algorithm_timeout * SECOND,
  })
  if (outcome?.status !== 'completed')
    throw new CannotMask(`The transcript cannot be masked: ${outcome?.error.message ?? 'no answer'}`)
  const found = outcome.result as { entities: Entity[]; redacted_turns: { text: string }[] }
  return {
    outcome: { ...outcome, result: maskedFinding(found) },
    revision,
    entities: found.entities,
    redacted: found.redacted_turns.map(({ text }) => text),
  }
}

/** Words with times would spell out what the text of their turn hides. */
function withMasks(turns: Turn[], texts: string[]): Turn[] {
  return turns.map((turn, at) => {
    const text = texts[at]
    if (text === undefined) throw new CannotMask('The transcript cannot be masked: a turn is missing')
    if (text === turn.text) return turn
    const { words: _, ...rest } = turn
    return { ...rest, text }
  })
}
