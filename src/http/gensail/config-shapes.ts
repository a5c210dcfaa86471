import { z } from 'zod'
import type { App } from '../../app.ts'
import { defaultAlgorithmIds } from '../../core/algorithms/catalogue.ts'
import type { Resolution } from '../../core/config/resolve.ts'
import { configSchema } from '../../core/config/schema.ts'

export const SchemaShape = z
  .record(z.string(), z.unknown())
  .meta({ id: 'ConfigSchema', description: 'A JSON Schema' })

export const ConfigShape = configSchema.meta({
  id: 'Config',
  description: 'What this level sets itself; secrets are masked',
  example: {
    processing: { filters: { min_duration_seconds: 10 }, algorithms: ['sentiment_v1'] },
    webhooks: { endpoints: [{ url: 'https://hooks.example.com/calls' }] },
  },
})

export const ResolvedShape = z
  .object({
    config: z.record(z.string(), z.unknown()),
    provenance: z.record(z.string(), z.string()).meta({
      description: 'The level that sets each value: default, partner, organization or workspace',
      example: { 'processing.filters.min_duration_seconds': 'workspace' },
    }),
  })
  .meta({ id: 'ResolvedConfig', description: 'What counts at this level, inherited values included' })

const ValidShape = z.object({ valid: z.literal(true), resolved: ResolvedShape })

export const WrittenShape = z.union([ConfigShape, ValidShape]).meta({
  description:
    'The configuration as it is now; with `validate_only` how it would count, and nothing is changed',
})

/** The algorithms that run where nobody says which are named, too. */
export function presentResolved(app: App, { config, provenance }: Resolution): z.input<typeof ResolvedShape> {
  const { processing } = config
  const algorithms = processing.algorithms ?? defaultAlgorithmIds(app.catalogue())
  return {
    config: { ...config, processing: { ...processing, algorithms } },
    provenance: { 'processing.algorithms': 'default', ...provenance },
  }
}
