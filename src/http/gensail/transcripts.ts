import { z } from 'zod'
import type { App } from '../../app.ts'
import { isReadable, openOriginal } from '../../core/calls/originals.ts'
import { getTranscript } from '../../core/calls/transcripts.sql.ts'
import { formatTranscript, type Turn, transcriptFormats } from '../../core/calls/transcripts.ts'
import type { Job } from '../../core/jobs/jobs.sql.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { audit } from '../../core/tenancy/audit.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
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
      description:
        '`text`, `srt` and `vtt` are answered as such, without JSON around them. Under redaction it is the masked one; ' +
        '`original=true` gives the unmasked one, if it is kept, to tokens that may read originals.',
      params: jobParams,
      query: z.object({
        format: z.enum(transcriptFormats).default('json'),
        original: z.enum(['true', 'false']).default('false'),
      }),
      answers: { 200: TranscriptShape },
    },
    async ({ actor, params, query }) => {
      const job = await requireJob(app.db, actor, params.job_id)
      const { format, original } = query()
      const turns = await (original === 'true' ? readOriginal(app, actor, job) : readStored(app, job))
      if (format === 'json') return presentTranscript(job, turns)
      return new Response(formatTranscript(turns.turns, format), {
        headers: { 'content-type': TYPES[format] },
      })
    },
  )

interface Read {
  language: string | null
  turns: Turn[]
}

async function readStored({ db }: App, job: Job): Promise<Read> {
  const transcript = job.transcriptId === null ? undefined : await getTranscript(db, job.transcriptId)
  if (!transcript || !isReadable(transcript)) throw notFound('Transcript')
  return { language: transcript.language, turns: JSON.parse(transcript.turns) as Turn[] }
}

/** Each reading is written down before anything is shown. */
function readOriginal({ db, sealer }: App, actor: Actor, job: Job): Promise<Read> {
  if (actor.mayReadOriginals === 0) throw new Refusal('forbidden', 'This token may not read originals')
  return db.tx(async (tx) => {
    const transcript = job.transcriptId === null ? undefined : await getTranscript(tx, job.transcriptId)
    if (!transcript || (transcript.masked === 1 && transcript.original === null)) throw notFound('Original')
    await audit(tx, actor, 'original.read', { type: 'job', id: job.id })
    const turns = openOriginal(sealer, transcript) ?? (JSON.parse(transcript.turns) as Turn[])
    return { language: transcript.language, turns }
  })
}

const presentTranscript = (job: Job, { language, turns }: Read): z.input<typeof TranscriptShape> => ({
  job_id: job.id,
  language: language ?? job.language,
  duration_seconds: secondsOrNull(job.durationMs),
  turns: turns.map((turn, index) => ({ turn: index, ...turn })),
})
