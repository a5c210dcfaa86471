import { z } from 'zod'
import { fallbacksOf, type ResolvedOf, setting } from './settings.ts'

const algorithmIds = z.array(z.string().min(1).max(100)).max(100)
const httpUrl = z
  .string()
  .max(2000)
  .regex(/^https?:\/\/[^\s/]+/i, 'Must be an http(s) address')
const pluginId = z.string().min(1).max(100)
const days = z.int().min(0).max(36_500)
const flag = z.boolean()

const endpoint = z.strictObject({
  id: z.uuid().optional(),
  url: httpUrl,
  secret: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'Signs the deliveries unless a credential of type hmac does.' }),
  algorithm_ids: algorithmIds
    .min(1)
    .optional()
    .meta({ description: "Only these algorithms' results go there; all when absent." }),
  enabled: z.boolean().optional(),
})

const filters = z.strictObject({
  min_duration_seconds: setting(z.number().min(0).max(86_400), 30, 'Shorter calls are skipped.'),
})

const processing = z
  .strictObject({
    filters: filters.optional(),
    algorithms: setting(
      algorithmIds,
      null,
      'What runs on each call; else all shipped algorithms of kind analysis.',
    ),
    prefer: setting(
      z.record(z.string().min(1).max(100), z.string().min(1).max(100)),
      {},
      'Algorithm → the prompt algorithm that is tried first, for a result of the same form. Its own id: none.',
    ),
    agent_channel: setting(z.int().min(0).max(1), 0, "The agent's channel of a stereo recording; 0 is left."),
    language: setting(z.string().min(2).max(35), 'en', 'Of calls that do not say theirs.'),
  })
  .meta({ description: 'Which calls are processed, and how.' })

const transcription = z
  .strictObject({
    transcriber: setting(pluginId, null, "The recogniser; else the operator's choice."),
    fallbacks: setting(z.array(pluginId).max(5), [], 'Tried one after the other when it fails.'),
    vocabulary: setting(z.array(z.string().min(1).max(100)).max(500), [], 'Names worth hinting at.'),
    settings: setting(z.record(z.string(), z.unknown()), {}, "The recogniser's own settings."),
  })
  .meta({ description: 'How recordings become text.' })

const redaction = z
  .strictObject({
    enabled: setting(flag, false, 'Transcripts are stored and delivered with personal data masked.'),
    keep_original: setting(
      flag,
      false,
      'Keeps the unmasked transcript, encrypted, for tokens with the right to read originals.',
    ),
    analyze_original: setting(
      flag,
      false,
      'Algorithms read the unmasked transcript; what they extract (names, numbers) is then stored and delivered.',
    ),
  })
  .meta({ description: 'What becomes of personal data in transcripts. Recordings are never changed.' })

const retention = z
  .strictObject({
    audio_days: setting(days, null, 'Days after a call came in until its recording is deleted.'),
    transcript_days: setting(
      days,
      null,
      'The same for its transcript, also as it stands in stored deliveries.',
    ),
    result_days: setting(days, null, 'The same for results and the bodies of deliveries.'),
    log_days: setting(days, null, "The same for its jobs' logs."),
  })
  .meta({ description: 'How long what is kept; for ever where nothing is said.' })

const limits = z
  .strictObject({
    jobs_per_day: setting(z.int().min(0).max(1e9), null, 'New jobs of a workspace in one day (UTC).'),
    stored_minutes: setting(
      z.number().min(0).max(1e9),
      null,
      'Minutes of recordings that a workspace may keep.',
    ),
    upload_bytes: setting(z.int().min(1).max(1e12), null, 'Size of one recording.'),
  })
  .meta({ description: 'Quotas of each workspace. The strictest level counts.' })

/**
 * Every key of the configuration, once, with what holds where no level says anything. Each level of the hierarchy
 * stores such a document with what it sets itself; what it leaves out is inherited.
 */
export const configSchema = z.strictObject({
  processing: processing.optional(),
  transcription: transcription.optional(),
  webhooks: z
    .strictObject({
      endpoints: setting(
        z.array(endpoint).max(50),
        [],
        'Where results are sent; the nearest level that names any counts.',
      ),
    })
    .optional()
    .meta({ description: 'Where results are sent.' }),
  integrations: setting(z.record(z.string(), z.unknown()), {}, 'Other systems that calls come from.'),
  redaction: redaction.optional(),
  retention: retention.optional(),
  limits: limits.optional(),
})

/** What one level sets itself. */
export type Config = z.infer<typeof configSchema>
export type ConfigEndpoint = z.infer<typeof endpoint>
export const configSections = Object.keys(configSchema.shape) as (keyof Config)[]

/** The configuration that counts for a workspace, after inheritance. */
export type ResolvedConfig = ResolvedOf<typeof configSchema>

/** What holds where no level says anything. */
export const defaults: ResolvedConfig = fallbacksOf(configSchema)

/** Quotas that no level below may loosen. */
export const limitKeys = Object.keys(limits.shape) as (keyof ResolvedConfig['limits'])[]
