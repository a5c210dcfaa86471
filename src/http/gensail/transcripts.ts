import { z } from 'zod'
import type { App } from '../../app.ts'
import { getTranscript, type StoredTranscript } from '../../core/calls/transcripts.sql.ts'
import { formatTranscript, type Turn, transcriptFormats } from '../../core/calls/transcripts.ts'
import type { Job } from '../../core/jobs/jobs.sql.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { notFound } from '../../lib/refusal.ts'
import { routes } from '../routes.ts'
import { jobParams } from './jobs.ts'
import { Id, secondsOrNull } from './present.ts'

const TYPES = {
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
}

const milliseconds = z.int().min(0)

const TurnShape = z.object({
  turn: z.int().min(0),
  speaker: z.string(),
  role: z
    .enum(['agent', 'customer'])
    .optional()
    .meta({ description: 'Where the recording’s channel tells it' }),
  text: z.string(),
  start_ms: milliseconds.nullable(),
  end_ms: milliseconds.nullable(),
  confidence: z.number().optional(),
  words: z
    .array(
      z.object({
        text: z.string(),
        start_ms: milliseconds,
        end_ms: milliseconds,
        confidence: z.number().optional(),
      }),
    )
    .optional(),
})

const TranscriptShape = z
  .object({
    job_id: Id,
    language: z.string().nullable(),
    duration_seconds: z.number().nullable(),
    turns: z.array(TurnShape),
  })
  .meta({ id: 'Transcript', description: 'Turns are numbered from 0' })

export const transcriptRoutes = (app: App) =>
  routes<Actor>('Jobs').get(
    '/jobs/:job_id/transcript',
    {
      summary: "Read a job's transcript",
      description: '`text`, `srt` and `vtt` are answered as such, without JSON around them.',
      params: jobParams,
      query: z.object({ format: z.enum(transcriptFormats).default('json') }),
      answers: { 200: TranscriptShape },
    },
    async ({ actor, params, query }) => {
      const job = await requireJob(app.db, actor, params.job_id)
      const { format } = query()
      const transcript = job.transcriptId === null ? undefined : await getTranscript(app.db, job.transcriptId)
      if (!transcript) throw notFound('Transcript')
      if (format === 'json') return presentTranscript(job, transcript)
      const text = formatTranscript(JSON.parse(transcript.turns) as Turn[], format)
      return new Response(text, { headers: { 'content-type': TYPES[format] } })
    },
  )

const presentTranscript = (job: Job, transcript: StoredTranscript): z.input<typeof TranscriptShape> => ({
  job_id: job.id,
  language: transcript.language ?? job.language,
  duration_seconds: secondsOrNull(job.durationMs),
  turns: (JSON.parse(transcript.turns) as Turn[]).map((turn, index) => ({ turn: index, ...turn })),
})
