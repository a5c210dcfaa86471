import { z } from 'zod'
import type { App } from '../../app.ts'
import { defaultAlgorithms, warningsAbout } from '../../core/algorithms/configured.ts'
import type { Resolution } from '../../core/config/resolve.ts'
import { configSchema } from '../../core/config/schema.ts'
import { maskSecrets } from '../../core/config/secrets.ts'
import type { Entity } from '../../core/tenancy/actors.ts'

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
  .extend({
    warnings: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .meta({ description: 'What is named in vain, such as a deprecated algorithm' }),
  })
  .meta({ id: 'ResolvedConfig', description: 'What counts at this level, inherited values included' })

const ValidShape = z.object({ valid: z.literal(true), resolved: ResolvedShape })

export const WrittenShape = z.union([ConfigShape, ValidShape]).meta({
  description:
    'The configuration as it is now; with `validate_only` how it would count, and nothing is changed',
})

/** The algorithms that run where nobody says which are named, too. */
export async function presentResolved(
  app: App,
  entity: Entity,
  { config, provenance }: Resolution,
): Promise<z.input<typeof ResolvedShape>> {
  const { processing } = config
  const algorithms = processing.algorithms ?? (await defaultAlgorithms(app.db, app.catalogue(), entity))
  return {
    config: maskSecrets(app.sealer, { ...config, processing: { ...processing, algorithms } }),
    provenance: { 'processing.algorithms': 'default', ...provenance },
    warnings: await warningsAbout(app.db, app.catalogue(), entity, config),
  }
}
