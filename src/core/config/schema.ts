import { z } from 'zod'

const algorithmIds = z.array(z.string().min(1).max(100)).max(100)
const httpUrl = z
  .string()
  .max(2000)
  .regex(/^https?:\/\/[^\s/]+/i, 'Must be an http(s) address')

const endpoint = z.strictObject({
  id: z.uuid().optional(),
  url: httpUrl,
  /** Signs the deliveries unless a credential of type hmac does. */
  secret: z.string().min(1).max(500).optional(),
  /** Only these algorithms' results go there; all when absent. */
  algorithm_ids: algorithmIds.min(1).optional(),
  enabled: z.boolean().optional(),
})

/**
 * Every key of the configuration, once. Each level of the hierarchy stores such a document with what it sets itself;
 * what it leaves out is inherited. The defaults stand in `defaults` below.
 */
export const configSchema = z.strictObject({
  processing: z
    .strictObject({
      filters: z.strictObject({ min_duration_seconds: z.number().min(0).max(86_400).optional() }).optional(),
      algorithms: algorithmIds.optional(),
      agent_channel: z.int().min(0).max(1).optional(),
      language: z.string().min(2).max(35).optional(),
    })
    .optional(),
  transcription: z
    .strictObject({
      transcriber: z.string().min(1).max(100).optional(),
      fallbacks: z.array(z.string().min(1).max(100)).max(5).optional(),
      vocabulary: z.array(z.string().min(1).max(100)).max(500).optional(),
      settings: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  webhooks: z.strictObject({ endpoints: z.array(endpoint).max(50).optional() }).optional(),
  integrations: z.record(z.string(), z.unknown()).optional(),
  redaction: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  retention: z.strictObject({}).optional(),
  limits: z.strictObject({}).optional(),
})

/** What one level sets itself. */
export type Config = z.infer<typeof configSchema>
export type ConfigEndpoint = z.infer<typeof endpoint>
export const configSections = Object.keys(configSchema.shape) as (keyof Config)[]

/** What holds where no level says anything. Algorithms: all shipped ones of kind analysis, see `resolve`. */
export const defaults = {
  processing: { filters: { min_duration_seconds: 30 }, agent_channel: 0, language: 'en' },
  transcription: { fallbacks: [], vocabulary: [], settings: {} },
  webhooks: { endpoints: [] },
  integrations: {},
  redaction: { enabled: false },
  retention: {},
  limits: {},
} satisfies Config

/** The configuration that counts for a workspace, after inheritance. */
export interface ResolvedConfig {
  processing: {
    filters: { min_duration_seconds: number }
    /** Null: the shipped algorithms of kind analysis. */
    algorithms: string[] | null
    agent_channel: number
    language: string
  }
  transcription: {
    transcriber: string | null
    fallbacks: string[]
    vocabulary: string[]
    settings: Record<string, unknown>
  }
  webhooks: { endpoints: ConfigEndpoint[] }
  redaction: { enabled: boolean }
}
