import type { Sealer } from '../../lib/sealed.ts'
import type { StoredTranscript, TurnsOf } from './transcripts.sql.ts'
import type { Turn } from './transcripts.ts'

const aadOf = (callId: number) => `transcripts:original:${callId}`

/** A transcript that is still to be masked touches the disk only sealed. */
export const beforeMasking = (sealer: Sealer, callId: number, turns: Turn[]): TurnsOf => ({
  turns: '[]',
  original: sealer.seal(JSON.stringify(turns), aadOf(callId)),
  masked: 0,
})

export const plain = (turns: Turn[]): TurnsOf => ({ turns: JSON.stringify(turns), original: null, masked: 0 })

/** The unmasked turns, if there are any that differ from the ones stored. */
export function openOriginal(sealer: Sealer, { callId, original }: StoredTranscript): Turn[] | undefined {
  return original === null ? undefined : (JSON.parse(sealer.open(original, aadOf(callId))) as Turn[])
}

/** Whether it has been said what may be shown of it. */
export const isReadable = ({ original, masked }: TurnsOf) => masked === 1 || original === null

export const isEmpty = ({ turns, original }: TurnsOf) => turns === '[]' && original === null
