import type { Call } from '../core/calls/calls.sql.ts'
import type { Recording } from '../core/calls/recordings.sql.ts'
import type { Turn } from '../core/calls/transcripts.ts'
import type { ResolvedConfig } from '../core/config/schema.ts'
import type { Job } from '../core/jobs/jobs.sql.ts'
import type { SpeechSegment } from '../plugin-host/contract.ts'
import type { CallInput } from '../plugin-host/messages.ts'

interface Sources {
  job: Job
  call: Call
  turns: Turn[]
  recording: Recording | undefined
  config: ResolvedConfig
}

/** The call as algorithms see it. */
export function callInput({ job, call, turns, recording, config }: Sources): CallInput {
  return {
    job_id: job.id,
    call_id: call.id,
    turns: turns.map((turn, at) => ({ turn: at, ...turn })),
    channels: channelsOf(recording, agentChannel(call, config)),
    started_at: call.startedAt,
    time_zone: call.timeZone,
    duration_seconds: job.durationMs === null ? null : job.durationMs / 1000,
    direction: call.direction,
    from_number: call.fromNumber,
    to_number: call.toNumber,
    agent_name: call.agentName,
    language: job.language ?? call.language ?? config.processing.language,
    metadata: JSON.parse(call.metadata) as Record<string, unknown>,
  }
}

export const agentChannel = (call: Call, config: ResolvedConfig) =>
  call.agentChannel ?? config.processing.agent_channel

/** Who is on a channel: only where there are two of them does it tell agent from customer. */
export const roleOfChannel = (channel: number, channels: number, agent: number) =>
  channels < 2 ? 'other' : channel === agent ? 'agent' : 'customer'

function channelsOf(recording: Recording | undefined, agent: number): CallInput['channels'] {
  if (!recording?.speech) return []
  const speech = JSON.parse(recording.speech) as SpeechSegment[][]
  return speech.map((segments, channel) => ({
    channel,
    role: roleOfChannel(channel, speech.length, agent),
    segments,
  }))
}
