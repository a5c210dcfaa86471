import { z } from 'zod'
import { isZoneName } from '../../lib/zones.ts'
import { parseTranscript } from '../../text/talk/turns.ts'
import { algorithmIds } from './algorithm-ids.ts'
import { hasClock, hasOffset, parseTime, plainTime } from './times.ts'

const MAX_METADATA = 64 * 1024
const MAX_TURNS = 5000
const MAX_TURN = 20_000
const MAX_TRANSCRIPT = 1_000_000
const MAX_SECONDS = 7 * 86_400
const MAX_MS = MAX_SECONDS * 1000

const id = z.string().min(1, 'Must not be empty').max(200)
const text = (max: number) => z.string().max(max)
const number = z.string().min(1, 'Must not be empty').max(50)
const time = z
  .string()
  .refine((value) => hasClock(value) && parseTime(value) !== undefined, {
    message: 'Expected an ISO 8601 time with its offset, such as 2026-03-04T10:30:00-05:00',
  })
  .transform(plainTime)
const timeZone = z.string().refine(isZoneName, 'Expected an IANA time zone, such as America/New_York')

/** The fields that all submissions share; null counts as absent, what is not named here is ignored. */
const shared = {
  source_call_id: id
    .nullish()
    .meta({ description: 'Your id of the call: the same one again gives the first job' }),
  source_company_id: text(200).nullish(),
  workspace_id: z
    .string()
    .min(1)
    .max(100)
    .nullish()
    .meta({ description: 'UUID or slug; needed with a token wider than a workspace' }),
  started_at: time.nullish().meta({ example: '2026-03-04T10:30:00-05:00' }),
  ended_at: time.nullish(),
  duration_seconds: z.number().min(0).max(MAX_SECONDS).nullish(),
  time_zone: timeZone.nullish().meta({ example: 'America/New_York' }),
  direction: z.enum(['inbound', 'outbound']).nullish(),
  from_number: number.nullish(),
  to_number: number.nullish(),
  agent_name: text(200).nullish(),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}$/, 'Expected a language tag, such as en or en-US')
    .nullish(),
  metadata: z
    .record(z.string(), z.unknown())
    .refine(
      (value) => JSON.stringify(value).length <= MAX_METADATA,
      `At most ${MAX_METADATA} characters as JSON`,
    )
    .nullish(),
  algorithm_ids: algorithmIds.nullish().meta({ description: "Instead of the workspace's algorithms" }),
  analytics_only: z.boolean().nullish().meta({ description: 'No webhooks; default false' }),
  agent_channel: z.int().min(0).max(1).nullish().meta({ description: 'Of a stereo recording; 0 is left' }),
}

const Fields = z.object(shared)
export type SharedFields = z.output<typeof Fields>

const milliseconds = z.int().min(0).max(MAX_MS)

const Turn = z
  .object({
    speaker: z.string().min(1, 'Must not be empty').max(100),
    text: text(MAX_TURN),
    start_ms: milliseconds.nullish(),
    end_ms: milliseconds.nullish(),
  })
  .refine(({ start_ms, end_ms }) => start_ms == null || end_ms == null || end_ms >= start_ms, {
    path: ['end_ms'],
    message: 'Must not be before start_ms',
  })
  .transform(({ speaker, text, start_ms, end_ms }) => ({
    speaker,
    text,
    start_ms: start_ms ?? null,
    end_ms: end_ms ?? null,
  }))

const Transcript = z
  .union([
    z.string().max(MAX_TRANSCRIPT).transform(turnsOf),
    z.array(Turn).max(MAX_TURNS, `At most ${MAX_TURNS} turns`),
  ])
  .refine((turns) => turns.length <= MAX_TURNS, `At most ${MAX_TURNS} turns`)
  .refine((turns) => turns.some(({ text }) => text.trim() !== ''), 'The transcript is empty')
  .meta({ description: 'Text with `Speaker: …` lines, or an array of turns' })

const example = {
  source_call_id: 'call-4711',
  started_at: '2026-03-04T10:30:00-05:00',
  direction: 'inbound',
}

export const TranscriptBody = consistent(z.object({ ...shared, transcript: Transcript })).meta({
  id: 'TranscriptSubmission',
  example: {
    ...example,
    transcript: 'Agent: Good morning, how can I help?\nCustomer: I need an appointment.',
  },
})

export const AudioBody = consistent(
  z.object({
    ...shared,
    audio_url: z
      .string()
      .max(2000)
      .refine(
        (value) => /^https?:\/\/[^\s/]/i.test(value) && URL.canParse(value),
        'Expected an http(s) address',
      ),
  }),
).meta({
  id: 'AudioSubmission',
  example: { ...example, audio_url: 'https://recordings.example.com/4711.wav' },
})

export const FileFields = consistent(Fields)

/** What the document says about the parts; they are read by `uploads`. */
export const AudioFileForm = z
  .object({
    ...shared,
    file: z.file().meta({ description: 'The recording' }),
    payload: z
      .string()
      .optional()
      .meta({ description: 'The fields as one JSON object, instead of a part each' }),
  })
  .meta({ id: 'AudioFileSubmission' })

/** Rules between fields. */
function consistent<Schema extends z.ZodType<SharedFields>>(schema: Schema) {
  return schema
    .refine(({ started_at, time_zone }) => !started_at || hasOffset(started_at) || Boolean(time_zone), {
      path: ['started_at'],
      message: 'Needs an offset or Z, unless time_zone is given',
    })
    .refine(({ started_at, ended_at }) => !started_at || !ended_at || spanMs(started_at, ended_at) >= 0, {
      path: ['ended_at'],
      message: 'Must not be before started_at',
    })
}

/** Two local times are compared as they stand: both are of the same zone. */
export const spanMs = (from: string, to: string) =>
  hasOffset(from) === hasOffset(to) ? parseTime(to)! - parseTime(from)! : 0

function turnsOf(transcript: string) {
  return parseTranscript(transcript).map(({ speaker, text, start_ms, end_ms }) => ({
    speaker,
    text,
    start_ms: start_ms ?? null,
    end_ms: end_ms ?? null,
  }))
}
