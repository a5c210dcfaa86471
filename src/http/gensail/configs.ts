import { z } from 'zod'
import type { App } from '../../app.ts'
import { defaultAlgorithmIds } from '../../core/algorithms/catalogue.ts'
import {
  type ConfigChange,
  getConfig,
  type OwnConfig,
  patchConfig,
  patchSection,
  replaceConfig,
} from '../../core/config/configs.ts'
import { type Resolution, resolveEntity } from '../../core/config/resolve.ts'
import { type Config, configSchema, configSections } from '../../core/config/schema.ts'
import type { Actor, Entity } from '../../core/tenancy/actors.ts'
import type { Tx } from '../../db/db.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { HeaderList } from '../responses.ts'
import { routes } from '../routes.ts'
import { invalidFields } from '../validation.ts'
import { entityOf, entityParams } from './entities.ts'
import { contentTag, expectedRevision, revisionTag } from './etags.ts'

const Schema = z.record(z.string(), z.unknown()).meta({ id: 'ConfigSchema', description: 'A JSON Schema' })
const ConfigShape = configSchema.meta({
  id: 'Config',
  description: 'What this level sets itself; secrets are masked',
  example: {
    processing: { filters: { min_duration_seconds: 10 }, algorithms: ['sentiment_v1'] },
    webhooks: { endpoints: [{ url: 'https://hooks.example.com/calls' }] },
  },
})
const ResolvedShape = z
  .object({
    config: z.record(z.string(), z.unknown()),
    provenance: z.record(z.string(), z.string()).meta({
      description: 'The level that sets each value: default, partner, organization or workspace',
      example: { 'processing.filters.min_duration_seconds': 'workspace' },
    }),
  })
  .meta({ id: 'ResolvedConfig', description: 'What counts at this level, inherited values included' })
const ValidShape = z.object({ valid: z.literal(true), resolved: ResolvedShape })
const WrittenShape = z.union([ConfigShape, ValidShape]).meta({
  description:
    'The configuration as it is now; with `validate_only` how it would count, and nothing is changed',
})

const WriteQuery = z.object({ validate_only: z.enum(['true', 'false']).optional() })
const MERGES = 'Merges (RFC 7396): objects merge, lists replace, null removes.'
const SectionsBody = z
  .record(z.string(), z.unknown())
  .meta({ example: { processing: { filters: { min_duration_seconds: 10 } } } })
const SectionBody = z
  .record(z.string(), z.unknown())
  .nullable()
  .meta({ example: { filters: { min_duration_seconds: 10 } } })

const writing = {
  query: WriteQuery,
  headers: { 'if-match': 'The `etag` that was read; 412 when it is no longer that' },
  answers: { 200: WrittenShape },
  refusals: [412],
}

export const configRoutes = (app: App) =>
  routes<Actor>('Configuration', '/config')
    .get(
      '/schema',
      { summary: 'Read the schema of the configuration', answers: { 200: Schema } },
      ({ headers }) => tagged(headers, schemaOf(configSchema)),
    )
    .get(
      '/schema/:section',
      { summary: 'Read the schema of one section', answers: { 200: Schema } },
      ({ params, headers }) => tagged(headers, schemaOf(configSchema.shape[sectionOf(params.section)])),
    )
    .get(
      '/:entity_type/:entity_id',
      { summary: 'Read what a level sets itself', params: entityParams, answers: { 200: ConfigShape } },
      async ({ actor, params, headers }) =>
        present(await getConfig(app.db, await entityOf(app, actor, params)), headers),
    )
    .put(
      '/:entity_type/:entity_id',
      {
        summary: 'Replace what a level sets itself',
        description: 'Strict. A masked secret that comes back stays as it is.',
        params: entityParams,
        body: ConfigShape,
        ...writing,
      },
      async ({ actor, params, query, body, request, headers }) => {
        const entity = await entityOf(app, actor, params)
        const { validate_only } = query()
        const document = await body()
        const change = changeOf(app, entity, request)
        const write = (tx: Tx) => replaceConfig(tx, actor, change, document)
        return validate_only === 'true' ? tryOut(app, entity, write) : carryOut(app, write, headers)
      },
    )
    .patch(
      '/:entity_type/:entity_id',
      {
        summary: 'Change what a level sets itself',
        description: MERGES,
        params: entityParams,
        body: SectionsBody,
        ...writing,
      },
      async ({ actor, params, query, body, request, headers }) => {
        const entity = await entityOf(app, actor, params)
        const { validate_only } = query()
        const patch = await body()
        const change = changeOf(app, entity, request)
        const write = (tx: Tx) => patchConfig(tx, actor, change, patch)
        return validate_only === 'true' ? tryOut(app, entity, write) : carryOut(app, write, headers)
      },
    )
    .patch(
      '/:entity_type/:entity_id/:section',
      {
        summary: 'Change one section',
        description: MERGES,
        params: entityParams,
        body: SectionBody,
        ...writing,
      },
      async ({ actor, params, query, body, request, headers }) => {
        const entity = await entityOf(app, actor, params)
        const section = sectionOf(params.section)
        const { validate_only } = query()
        const patch = await body()
        const change = changeOf(app, entity, request)
        const write = (tx: Tx) => patchSection(tx, actor, change, section, patch)
        return validate_only === 'true' ? tryOut(app, entity, write) : carryOut(app, write, headers)
      },
    )
    .get(
      '/:entity_type/:entity_id/resolved',
      { summary: 'Read what counts at a level', params: entityParams, answers: { 200: ResolvedShape } },
      async ({ actor, params, headers }) => {
        const entity = await entityOf(app, actor, params)
        return tagged(headers, presentResolved(app, await resolveEntity(app.db, entity)))
      },
    )

function sectionOf(name: string): keyof Config {
  if (!configSections.includes(name as keyof Config)) throw notFound('Section')
  return name as keyof Config
}

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' })

function tagged<Value>(headers: HeaderList, value: Value): Value {
  headers.etag = contentTag(value)
  return value
}

function present({ document, revision }: OwnConfig, headers: HeaderList): Config {
  headers.etag = revisionTag(revision)
  return document
}

const changeOf = ({ keepers }: App, entity: Entity, request: Request): ConfigChange => ({
  entity,
  expected: expectedRevision(request),
  keepers,
})

type Write = (tx: Tx) => Promise<OwnConfig>

const carryOut = async (app: App, write: Write, headers: HeaderList) =>
  present(await app.db.tx(write).catch(inItsField), headers)

/** Written, read back as it would count, and undone. */
async function tryOut(app: App, entity: Entity, write: Write) {
  let resolution: Resolution | undefined
  const undo = new Error('tried out')
  const tried = app.db.tx(async (tx) => {
    await write(tx)
    resolution = await resolveEntity(tx, entity)
    throw undo
  })
  await tried.catch((error: unknown) => {
    if (error !== undo) return inItsField(error)
  })
  return { valid: true, resolved: presentResolved(app, resolution!) }
}

/** On submission an unknown algorithm has the document's own answer; in a configuration it is a wrong field. */
function inItsField(error: unknown): never {
  if (!(error instanceof Refusal) || error.details.reason !== 'unavailable') throw error
  throw invalidFields([{ field: 'processing.algorithms', message: error.message }])
}

function presentResolved(app: App, { config, provenance }: Resolution) {
  const { processing } = config
  const algorithms = processing.algorithms ?? defaultAlgorithmIds(app.catalogue())
  return {
    config: { ...config, processing: { ...processing, algorithms } },
    provenance: { 'processing.algorithms': 'default', ...provenance },
  }
}
