import { z } from 'zod'
import type { App } from '../../app.ts'
import { getConfig, patchConfig, patchSection, replaceConfig } from '../../core/config/configs.ts'
import { resolveEntity } from '../../core/config/resolve.ts'
import { type Config, configSchema, configSections } from '../../core/config/schema.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { notFound } from '../../lib/refusal.ts'
import type { HeaderList } from '../responses.ts'
import { routes } from '../routes.ts'
import { ConfigShape, presentResolved, ResolvedShape, SchemaShape, WrittenShape } from './config-shapes.ts'
import { carryOut, presentConfig } from './config-writes.ts'
import { entityOf, entityParams } from './entities.ts'
import { contentTag } from './etags.ts'

const MERGES = 'Merges (RFC 7396): objects merge, lists replace, null removes.'

const writing = {
  query: z.object({ validate_only: z.enum(['true', 'false']).optional() }),
  headers: { 'if-match': 'The `etag` that was read; 412 when it is no longer that' },
  answers: { 200: WrittenShape },
  refusals: [412],
}

const SectionsBody = z
  .record(z.string(), z.unknown())
  .meta({ example: { processing: { filters: { min_duration_seconds: 10 } } } })
const SectionBody = z
  .record(z.string(), z.unknown())
  .nullable()
  .meta({ example: { filters: { min_duration_seconds: 10 } } })

export const configRoutes = (app: App) =>
  routes<Actor>('Configuration', '/config')
    .get(
      '/schema',
      { summary: 'Read the schema of the configuration', answers: { 200: SchemaShape } },
      ({ headers }) => tagged(headers, schemaOf(configSchema)),
    )
    .get(
      '/schema/:section',
      { summary: 'Read the schema of one section', answers: { 200: SchemaShape } },
      ({ params, headers }) => tagged(headers, schemaOf(configSchema.shape[sectionOf(params.section)])),
    )
    .get(
      '/:entity_type/:entity_id',
      { summary: 'Read what a level sets itself', params: entityParams, answers: { 200: ConfigShape } },
      async ({ actor, params, headers }) =>
        presentConfig(app, await getConfig(app.db, await entityOf(app, actor, params)), headers),
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
        const wish = { entity, request, headers, ...query() }
        const document = await body()
        return carryOut(app, wish, (tx, change) => replaceConfig(tx, actor, change, document))
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
        const wish = { entity, request, headers, ...query() }
        const patch = await body()
        return carryOut(app, wish, (tx, change) => patchConfig(tx, actor, change, patch))
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
        const wish = { entity, request, headers, ...query() }
        const patch = await body()
        return carryOut(app, wish, (tx, change) => patchSection(tx, actor, change, section, patch))
      },
    )
    .get(
      '/:entity_type/:entity_id/resolved',
      { summary: 'Read what counts at a level', params: entityParams, answers: { 200: ResolvedShape } },
      async ({ actor, params, headers }) => {
        const entity = await entityOf(app, actor, params)
        return tagged(headers, await presentResolved(app, entity, await resolveEntity(app.db, entity)))
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
